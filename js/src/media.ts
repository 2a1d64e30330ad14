// Where tracks come from: what an application hands in, or what the SDK opens for it.
import { PartylineError, describe } from './errors.js';
import type { ErrorCode } from './errors.js';
import type { Platform } from './platform.js';
import type { MediaKind } from './wire.js';

/** What can be published. */
export type MediaSource =
  MediaStream | MediaStreamTrack | Devices | { screen: true | DisplayMediaStreamOptions };

/** Tracks to publish, at most one of each kind. */
export interface LocalMedia {
  audio?: MediaStreamTrack;
  video?: MediaStreamTrack;
  /** Whether the SDK opened them, and so has to stop them. */
  owned: boolean;
  /** Why they end when they end by themselves. */
  endReason: EndReason;
  /** How to open them again, where the SDK may: a screen can only be asked for in a gesture. */
  constraints?: Devices;
}

/** Devices to open. */
export interface Devices {
  audio?: boolean | MediaTrackConstraints;
  video?: boolean | MediaTrackConstraints;
}

/** Why a publication's track ended: see the `ended` event. */
export type EndReason = 'device-lost' | 'sharing-stopped' | 'track-ended';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isTrack = (value: unknown): value is MediaStreamTrack =>
  isObject(value) && (value.kind === 'audio' || value.kind === 'video') && 'readyState' in value;
const isStream = (value: unknown): value is MediaStream =>
  isObject(value) && typeof value.getTracks === 'function';

/** Checks a source without opening anything. Throws a `TypeError`. */
export function checkSource(source: unknown): asserts source is MediaSource {
  if (isTrack(source) || isStream(source)) return;
  const wrong = (what: string): never => {
    throw new TypeError(
      `publish(source): ${what}. A source is a MediaStream, a MediaStreamTrack, { audio, video } or { screen: true }.`,
    );
  };
  if (!isObject(source)) return wrong(`${source === null ? 'null' : typeof source} is no source`);
  for (const [name, value] of Object.entries(source)) {
    if (name !== 'audio' && name !== 'video' && name !== 'screen') wrong(`'${name}' is unknown`);
    if (value !== undefined && typeof value !== 'boolean' && !isObject(value)) {
      wrong(`'${name}' must be true, false or constraints`);
    }
  }
  if (source.screen && (source.audio || source.video)) {
    wrong(`'screen' and 'audio' or 'video' are two sources: publish them one by one`);
  }
  if (!source.screen && !source.audio && !source.video) wrong('there is nothing to publish');
}

/** Whether tracks of this source are the SDK's own. */
export const isScreen = (source: MediaSource): source is { screen: true } =>
  'screen' in source && Boolean(source.screen);

/** Gets the tracks of a checked source; asks the user where the browser wants that. */
export async function openSource(source: MediaSource, platform: Platform): Promise<LocalMedia> {
  if (isTrack(source)) return pick([source], { owned: false, endReason: 'track-ended' });
  if (isStream(source)) return pick(source.getTracks(), { owned: false, endReason: 'track-ended' });
  try {
    if (isScreen(source)) {
      // What the computer plays belongs to what it shows, where the browser and the user give it.
      const options =
        (source.screen as unknown) === true
          ? { video: true, audio: true, systemAudio: 'include' }
          : source.screen;
      const stream = await platform.getDisplayMedia(options as DisplayMediaStreamOptions);
      return pick(stream.getTracks(), { owned: true, endReason: 'sharing-stopped' });
    }
    const { audio = false, video = false } = source as Devices;
    const constraints = { audio, video };
    const stream = await platform.getUserMedia(constraints);
    return pick(stream.getTracks(), { owned: true, endReason: 'device-lost', constraints });
  } catch (error) {
    throw error instanceof PartylineError ? error : mediaError(error, source);
  }
}

function pick(tracks: MediaStreamTrack[], rest: Omit<LocalMedia, MediaKind>): LocalMedia {
  const media: LocalMedia = { ...rest };
  const refuse = (why: string): never => {
    // Nobody else could: a camera would stay on.
    if (rest.owned) for (const track of tracks) track.stop();
    throw new PartylineError('invalid_argument', why);
  };
  for (const track of tracks) {
    const kind = track.kind as MediaKind;
    if (media[kind]) {
      refuse(
        `The stream has several ${kind} tracks, and a publication carries one of each kind: publish them under several names.`,
      );
    }
    if (track.readyState === 'ended') refuse(`The ${kind} track has ended already.`);
    media[kind] = track;
  }
  if (!media.audio && !media.video) {
    refuse('The stream has no tracks: there is nothing to publish.');
  }
  return media;
}

/** What the browser's exceptions mean, by their names (W3C mediacapture-streams, screen-capture). */
function mediaError(error: unknown, source: MediaSource): PartylineError {
  const { name, text } = describe(error);
  const screen = isScreen(source);
  const wanted = screen ? 'the screen' : devices(source as Devices);
  const is = (code: ErrorCode, words: string): PartylineError =>
    new PartylineError(code, `${words} (${name}: ${text})`, error);
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
    case 'PermissionDeniedError':
      return is(
        'media_permission_denied',
        screen
          ? 'The user or the browser did not allow sharing the screen. It can only be asked for in a click or another gesture.'
          : `The user, the browser or the system does not allow the use of ${wanted}. It can be allowed in the site settings, beside the address.`,
      );
    case 'NotFoundError':
    case 'OverconstrainedError':
    case 'DevicesNotFoundError':
      return is(
        'media_not_found',
        `There is no device for ${wanted}, or none that fits the constraints.`,
      );
    case 'NotReadableError':
    case 'TrackStartError':
      return is(
        'media_in_use',
        `${capital(wanted)} cannot be opened: another program may be using it, or the system blocks it.`,
      );
    case 'NotSupportedError':
      return is('media_unsupported', `${capital(wanted)} cannot be opened here.`);
    default:
      return is('media_failed', `${capital(wanted)} could not be opened.`);
  }
}

const devices = ({ audio, video }: Devices): string =>
  audio && video ? 'camera and microphone' : video ? 'the camera' : 'the microphone';
const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
