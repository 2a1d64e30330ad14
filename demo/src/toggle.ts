// The round button that turns the microphone or the camera on and off, in the lobby and in the call.
import { note } from './announcer';
import { attribute, h } from './dom';
import { icon, type IconName } from './icons';
import type { Kind, LocalMedia } from './media';
import { deviceState, deviceWords } from './strings';

interface Look {
  on: IconName;
  off: IconName;
  turnOn: string;
  turnOff: string;
  key: string;
}

const looks: Record<Kind, Look> = {
  audio: {
    on: 'mic',
    off: 'micOff',
    turnOn: 'Unmute microphone',
    turnOff: 'Mute microphone',
    key: 'm',
  },
  video: {
    on: 'camera',
    off: 'cameraOff',
    turnOn: 'Turn camera on',
    turnOff: 'Turn camera off',
    key: 'c',
  },
};

/** `tell`: where no notice says what is in the way, say it. */
export async function toggleMedia(media: LocalMedia, kind: Kind, tell: boolean): Promise<void> {
  const source = media[kind];
  // Where something is in the way, pressing means: try again.
  await media.setOn(kind, source.problem ? true : !source.on);
  const words = source.problem ? deviceWords(media.audio.problem, media.video.problem) : null;
  if (tell && words) note(`${words.title}. ${words.text}`);
}

export function mediaToggle(
  media: LocalMedia,
  kind: Kind,
  testid: string,
  tell: boolean,
): { element: HTMLButtonElement; update: () => void } {
  const look = looks[kind];
  const glyph = h('span.glyph');
  const element = h(
    'button.round',
    { type: 'button', 'data-testid': testid, 'aria-keyshortcuts': look.key },
    glyph,
  );
  element.addEventListener('click', () => void toggleMedia(media, kind, tell));
  let shown: IconName | null = null;
  const update = (): void => {
    const { on, problem, opening } = media[kind];
    const active = on && !problem;
    const name = active ? look.on : look.off;
    if (shown !== name) glyph.replaceChildren(icon(name));
    shown = name;
    attribute(element, 'data-on', active ? 'true' : 'false');
    attribute(element, 'data-problem', problem);
    attribute(element, 'aria-busy', opening ? 'true' : null);
    const action = active ? look.turnOff : look.turnOn;
    attribute(
      element,
      'aria-label',
      problem ? `${action} (${deviceState(kind, problem)})` : action,
    );
    attribute(element, 'data-tip', problem ? deviceState(kind, problem) : action);
    attribute(element, 'data-key', look.key);
  };
  return { element, update };
}
