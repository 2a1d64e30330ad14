// How two members agree on keys, over a data channel between them.
//
//   each: hello  { v, key, nonce, given }      in plain text; `key` is its public key (ECDH, P-256), made anew for each line
//   each: seal() of what follows               with keys of this one connection, one for each direction
//
// The keys come from the agreed secret, from the application's key where there is one, and from a digest of all that was said:
// both hellos as they were, the channel's name and both members' ids. Whoever was told anything else has other keys, and what it
// seals does not open. Who has other keys than one's own is told by the first sealed message.
import { bigEndian, concat, fromBase64, hkdf, toBase64, utf8 } from './bytes.js';
import type { Bytes } from './bytes.js';

const curve = { name: 'ECDH', namedCurve: 'P-256' };
const helloMax = 1_000;
const publicKeyBytes = 65;
const nonceBytes = 16;

/** The key pair of one line. The private half can be used and not read. */
export interface Identity {
  readonly pair: CryptoKeyPair;
  readonly publicKey: Bytes;
}

export async function makeIdentity(): Promise<Identity> {
  const pair = await crypto.subtle.generateKey(curve, false, ['deriveBits']);
  return { pair, publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)) };
}

export interface Hello {
  readonly publicKey: Bytes;
  /** Whether its application gave it a key. */
  readonly given: boolean;
}

export const writeHello = ({ publicKey }: Identity, given: boolean): string =>
  JSON.stringify({
    v: 1,
    key: toBase64(publicKey),
    nonce: toBase64(crypto.getRandomValues(new Uint8Array(nonceBytes))),
    given,
  });

/** Null where it is none. */
export function readHello(text: unknown): Hello | null {
  if (typeof text !== 'string' || text.length > helloMax) return null;
  try {
    const { v, key, nonce, given } = JSON.parse(text) as Record<string, unknown>;
    if (v !== 1 || typeof key !== 'string' || typeof nonce !== 'string') return null;
    const publicKey = fromBase64(key);
    if (publicKey.length !== publicKeyBytes || fromBase64(nonce).length !== nonceBytes) return null;
    return { publicKey, given: given === true };
  } catch {
    return null;
  }
}

/** One side of an agreement, as both sides can name it. */
export interface Side {
  readonly id: string;
  readonly hello: string;
}

/** What is said is opened in the order in which it was sealed; anything else throws. */
export interface Sealer {
  seal(bytes: Bytes): Promise<Bytes>;
  open(bytes: Bytes): Promise<Bytes>;
}

/** Keys that an application gave, made ready: 32 bytes. A word is slow to guess, and nothing on the wire helps to guess it. */
export async function secretOf(given: string | Bytes, channel: string): Promise<Bytes> {
  const salt = utf8(`partyline encryption 1 ${channel}`);
  if (typeof given !== 'string') return hkdf(given, salt, utf8('given key'), 32);
  const key = await crypto.subtle.importKey('raw', utf8(given), 'PBKDF2', false, ['deriveBits']);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: 310_000 };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
}

/** Throws where the other's key is none. `secret` is empty where the application gave no key. */
export async function agree(
  identity: Identity,
  theirs: Bytes,
  channel: string,
  me: Side,
  them: Side,
  secret: Bytes,
): Promise<Sealer> {
  const publicKey = await crypto.subtle.importKey('raw', theirs, curve, false, []);
  const how = { name: 'ECDH', public: publicKey };
  const shared = new Uint8Array(await crypto.subtle.deriveBits(how, identity.pair.privateKey, 256));
  const sides = [me, them].sort((a, b) => (a.id < b.id ? -1 : 1));
  const said = utf8(JSON.stringify([channel, ...sides.flatMap(({ id, hello }) => [id, hello])]));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', said));
  const direction = async (from: Side): Promise<CryptoKey> => {
    const info = utf8(`partyline encryption 1 from ${sides.indexOf(from)}`);
    const raw = await hkdf(concat(shared, secret), digest, info, 32);
    return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  };
  const [out, into] = await Promise.all([direction(me), direction(them)]);
  let sent = 0;
  let came = 0;
  const numbered = (count: number): AesGcmParams => ({ name: 'AES-GCM', iv: bigEndian(count, 12) });
  return {
    async seal(bytes) {
      return new Uint8Array(await crypto.subtle.encrypt(numbered(sent++), out, bytes));
    },
    async open(bytes) {
      return new Uint8Array(await crypto.subtle.decrypt(numbered(came++), into, bytes));
    },
  };
}

/** Sixty digits that both sides compute from both public keys: the same on both, or somebody is between them. */
export async function fingerprintOf(one: Bytes, other: Bytes): Promise<string> {
  const [low, high] = [one, other].sort((a, b) => (toBase64(a) < toBase64(b) ? -1 : 1));
  const text = utf8('partyline fingerprint 1');
  const digest = await crypto.subtle.digest('SHA-512', concat(text, low!, high!));
  const view = new DataView(digest);
  const group = (_: unknown, index: number): string => {
    const value = view.getUint8(index * 5) * 2 ** 32 + view.getUint32(index * 5 + 1);
    return String(value % 100_000).padStart(5, '0');
  };
  return Array.from({ length: 12 }, group).join(' ');
}
