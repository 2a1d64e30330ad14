// Every sentence that the page says, in one place: one voice, and one file to translate.
import type { NameProblem } from './channel-name';
import type { Kind, Problem } from './media';

export interface Words {
  title: string;
  text: string;
}

export const nameProblemText: Record<NameProblem, string> = {
  empty: 'Give the channel a name, or take a new one.',
  'too-long': 'This name is too long: 128 bytes is the most, which is 128 plain letters.',
  characters: 'This name has invisible control characters in it. Please type it again.',
};

const device: Record<Kind, string> = { audio: 'microphone', video: 'camera' };
const deviceTitle: Record<Kind, string> = { audio: 'Microphone', video: 'Camera' };

export const problemShort: Record<Exclude<Problem, null>, string> = {
  denied: 'not allowed',
  missing: 'not found',
  busy: 'in use elsewhere',
  insecure: 'needs HTTPS',
  failed: 'did not start',
};

export function deviceState(kind: Kind, problem: Exclude<Problem, null>): string {
  return `${deviceTitle[kind]} ${problemShort[problem]}`;
}

const howToAllow =
  'Allow it with the icon beside this page’s address, and it starts by itself. ' +
  'On phones and Macs, the system’s privacy settings must allow it for the browser, too.';

/** What is wrong with the devices, what to do, and that one can join all the same. */
export function deviceWords(audio: Problem, video: Problem, canJoin = true): Words | null {
  if (audio === 'insecure' || video === 'insecure')
    return {
      title: 'Camera and microphone need a secure page',
      text: `Browsers give them only to pages that come over HTTPS, or from localhost.${canJoin ? ' You can still join to watch and listen.' : ''}`,
    };
  if (audio === 'denied' && video === 'denied')
    return {
      title: 'Camera and microphone are not allowed',
      text: `${howToAllow} Without them you can watch and listen.`,
    };
  if (audio === 'missing' && video === 'missing')
    return {
      title: 'No camera or microphone found',
      text: 'Plug one in and it shows up here by itself. Without them you can watch and listen.',
    };
  const kind: Kind | null = video ? 'video' : audio ? 'audio' : null;
  if (!kind) return null;
  return oneDevice(kind, (kind === 'video' ? video : audio)!, kind === 'video' ? audio : video);
}

function oneDevice(kind: Kind, problem: Exclude<Problem, null>, other: Problem): Words {
  const it = device[kind];
  const instead = other
    ? 'You can still watch and listen.'
    : kind === 'video'
      ? 'Others will hear you.'
      : 'Others will see you, but not hear you.';
  const both =
    other && other !== problem
      ? ` The ${device[kind === 'video' ? 'audio' : 'video']} is ${problemShort[other]}.`
      : '';
  switch (problem) {
    case 'denied':
      return { title: `The ${it} is not allowed`, text: `${howToAllow}${both} ${instead}` };
    case 'missing':
      return {
        title: `No ${it} found`,
        text: `Plug one in and it shows up here by itself.${both} ${instead}`,
      };
    case 'busy':
      return {
        title: `The ${it} is in use`,
        text: `Another program or page holds it. Close that and try again, or choose another ${it}.${both} ${instead}`,
      };
    default:
      return {
        title: `The ${it} did not start`,
        text: `Try again, or choose another ${it}.${both} ${instead}`,
      };
  }
}

export interface Place {
  channel: string;
  host: string;
  origin: string;
}

/** Why a call did not come about or came to its end, in words, by the SDK's error codes. */
export function callProblem(code: string, message: string, at: Place): Words {
  switch (code) {
    case 'channel_full':
      return {
        title: 'This channel is full',
        text: 'Somebody has to leave before you can join. Try again in a moment, or open another channel.',
      };
    case 'channel_name_invalid':
      return {
        title: 'This channel name does not work',
        text: 'Use up to 128 letters, digits, spaces and signs.',
      };
    case 'channel_not_allowed':
      return {
        title: 'This channel is not open to you',
        text: 'The key this page uses is for other channels. Check the name, or ask whoever runs the endpoint.',
      };
    case 'key_unknown':
      return {
        title: 'The endpoint does not know this page’s key',
        text: `${at.host} refused it. Whoever runs this page can set the right one, in its address (?key=…) or its <meta name="partyline-key">.`,
      };
    case 'origin_refused':
      return {
        title: 'The endpoint does not take calls from this page',
        text: `The key is for other addresses than ${at.origin}. Whoever runs the endpoint can add this one to the key’s origins.`,
      };
    case 'token_refused':
    case 'token_expired':
      return {
        title: 'Your pass was not accepted',
        text: 'Load the page again to get a new one.',
      };
    case 'session_taken':
      return {
        title: 'The call goes on in another tab',
        text: 'It was opened there with the place that this tab had. Join again to be here as well.',
      };
    case 'identity_in_use':
      return {
        title: 'You are in this call in another tab',
        text: 'Go on there, or close that tab and try again.',
      };
    case 'too_many_connections':
      return {
        title: 'Too many connections',
        text: 'The endpoint takes no more from your network at the moment. Try again a little later.',
      };
    case 'endpoint_unreachable':
    case 'gave_up':
      return {
        title: 'The endpoint cannot be reached',
        text: `Nothing answers at ${at.host}. Check your connection and try again.`,
      };
    case 'unsupported_version':
    case 'protocol_error':
      return {
        title: 'This page and the endpoint do not understand each other',
        text: 'One of them is older than the other. Load the page again to get the newest.',
      };
    case 'load_failed':
      return {
        title: 'A part of this page did not load',
        text: 'Check your connection and load the page again.',
      };
    case 'bad-endpoint':
      return {
        title: 'The endpoint’s address is not one',
        text: `“${at.host}” should look like wss://calls.example.com. It comes from this page’s address (?endpoint=…) or its <meta name="partyline-endpoint">.`,
      };
    case 'insecure-endpoint':
      return {
        title: 'The way to the endpoint is not secure',
        text: `Calls go over wss:// (and https:// for this page); plain ws:// is for localhost only. The address is ${at.host}.`,
      };
    case 'no-webrtc':
      return {
        title: 'This browser cannot make calls',
        text: 'It has no WebRTC. A current Chrome, Edge, Firefox or Safari does.',
      };
    default:
      return { title: 'The call did not work', text: message || `The endpoint said: ${code}.` };
  }
}

/** Things that go wrong in a call that goes on. */
export function hiccup(code: string, message: string, name: string): string | null {
  switch (code) {
    case 'negotiation_failed':
      return `The connection to ${name || 'somebody'} did not come about. It is tried again.`;
    case 'media_unsupported':
      return 'This browser cannot share the screen.';
    case 'media_in_use':
      return 'The screen could not be captured. Try again.';
    case 'media_not_found':
    case 'media_failed':
      return 'There was nothing to share.';
    case 'listener_failed':
    case 'aborted':
    case 'closed':
    case 'media_permission_denied':
      return null;
    case 'unknown':
      return 'Something in this page went wrong. Loading it again may help.';
    default:
      return message || code;
  }
}

const plural = (count: number, one: string, many: string): string =>
  count === 1 ? one : many.replace('#', String(count));

export const say = {
  guest: 'Guest',
  you: 'You',
  watching: 'You can watch and listen: the key of this page does not let you be seen or heard.',
  joinedAlone: 'You joined. Nobody else is here yet.',
  joined: (others: number) =>
    `You joined. ${plural(others, 'One other person is here.', '# other people are here.')}`,
  someoneJoined: (name: string) => `${name} joined`,
  someoneLeft: (name: string) => `${name} left`,
  muted: (name: string) => `${name} muted`,
  unmuted: (name: string) => `${name} unmuted`,
  shares: (name: string) => `${name} shares a screen`,
  sharesNoMore: (name: string) => `${name} stopped sharing`,
  youShare: 'You are sharing your screen',
  youShareNoMore: 'You stopped sharing your screen',
  microphone: (on: boolean) => (on ? 'Your microphone is on' : 'Your microphone is muted'),
  camera: (on: boolean) => (on ? 'Your camera is on' : 'Your camera is off'),
  reconnecting: 'The connection to the endpoint was lost. Reconnecting.',
  reconnected: 'Connected again',
  copied: 'Link copied',
  notCopied: 'Copying is not allowed here. The address of this page is the link.',
  unplugged: (kind: Kind) => `The ${device[kind]} was disconnected`,
  people: (count: number) => plural(count, '1 person', '# people'),
  leftAfter: (ms: number): string => {
    const minutes = Math.floor(ms / 60_000);
    if (minutes < 1) return 'You were on the line for less than a minute.';
    if (minutes < 60)
      return `You were on the line for ${plural(minutes, 'one minute', '# minutes')}.`;
    const hours = Math.floor(minutes / 60);
    return `You were on the line for ${plural(hours, 'one hour', '# hours')} and ${plural(minutes % 60, 'one minute', '# minutes')}.`;
  },
  waiting: (code: string, host: string): string =>
    code === 'overloaded' || code === 'too_many_connections'
      ? `${host} has no room at the moment.`
      : `No answer from ${host}.`,
  retryIn: (seconds: number): string =>
    seconds > 0 ? `Trying again in ${plural(seconds, '1 second', '# seconds')}.` : 'Trying now…',
  offline: 'This device is offline. It goes on by itself once the network is back.',
};
