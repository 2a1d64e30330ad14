// The channel's name: it lives in the URL's fragment, so that the page's address is the invitation.

const qualities =
  'amber bold brisk bright calm clear cosy crisp early easy fair fond gentle glad golden green happy ' +
  'hazel kind late light lively lucky merry mild misty near neat noble open plain proud quick quiet ' +
  'rosy silver snug soft still sunny swift tidy true warm wild wise';
const things =
  'acorn badger beacon birch brook cedar clover comet cove crane creek dale delta dune ember falcon ' +
  'fern finch fjord fox garden glade grove harbor heron hill island juniper lagoon lantern lark maple ' +
  'meadow moss oak orchard otter pebble pine plover prairie reef ridge river robin sparrow spruce ' +
  'summit swallow tulip valley willow wren';

function pick(words: string): string {
  const list = words.split(' ');
  const random = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  return list[random % list.length] ?? '';
}

/** A name that is easy to say on the phone and that hardly two groups get at once. */
export function generateChannelName(): string {
  const number = 10 + ((crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % 90);
  return `${pick(qualities)}-${pick(things)}-${number}`;
}

/** What the user meant: outer spaces are slips, and so is the # of an address. */
export function tidyChannelName(text: string): string {
  return text.trim().replace(/^#+/, '').trim();
}

export type NameProblem = 'empty' | 'too-long' | 'characters';

const bytesMax = 128;

export function channelNameProblem(name: string): NameProblem | null {
  if (name === '') return 'empty';
  if (/\p{Cc}|\p{Cs}/u.test(name)) return 'characters';
  if (new TextEncoder().encode(name).length > bytesMax) return 'too-long';
  return null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The channel that the address names, or ''. Both `#name` and `?channel=name` are understood. */
export function channelFromUrl(): string {
  const fragment = decode(location.hash.slice(1));
  return tidyChannelName(fragment || new URLSearchParams(location.search).get('channel') || '');
}

/** The address that leads into the channel, with whatever else this page was given. */
export function invitation(name: string): string {
  const url = new URL(location.href);
  url.searchParams.delete('channel');
  // Readable where it can be: only what would end or break an address in a chat is escaped.
  url.hash = encodeURIComponent(name).replace(/%2F/g, '/');
  return url.href;
}

export function putChannelIntoUrl(name: string): void {
  const url = invitation(name);
  if (url !== location.href) history.replaceState({ own: true }, '', url);
}

/** Whether the name in the address was put there by this page, as opposed to a link that was followed. */
export function isOwnAddress(): boolean {
  const state: unknown = history.state;
  return typeof state === 'object' && state !== null && 'own' in state;
}
