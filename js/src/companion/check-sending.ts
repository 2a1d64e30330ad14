// What applications say about how a publication is sent, checked before it is believed.
import { checkKnown } from '../checks.js';

const words: { [name: string]: readonly unknown[] } = {
  contentHint: ['', 'motion', 'detail', 'text'],
  degradationPreference: ['balanced', 'maintain-framerate', 'maintain-resolution'],
};

const sendingNames = [
  'maxBitrate',
  'maxAudioBitrate',
  'maxFramerate',
  'maxHeight',
  'scaleResolutionDownBy',
  ...Object.keys(words),
];

const what = 'publish(source, { …how to send })';

/** Throws a `TypeError` that names what is wrong. */
export function checkSending(given: object): void {
  checkKnown(given, what, sendingNames);
  for (const [name, value] of Object.entries(given)) {
    const good = words[name];
    if (value === undefined || value === null || good?.includes(value)) continue;
    const least = name.startsWith('scale') ? 1 : 0.001;
    if (good || typeof value !== 'number' || !(value >= least) || value === Infinity) {
      throw new TypeError(
        `${what}: '${name}' must be ${good ? `one of ${good.join(', ')}` : 'a number'}, not ${String(value)}.`,
      );
    }
  }
}
