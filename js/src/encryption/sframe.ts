// Frames, sealed after RFC 9605 (SFrame), cipher suite AES_128_GCM_SHA256_128. What differs from it: some bytes at the beginning stay
// readable for those who cut frames into packets (clear-bytes.ts), so header and trailer come last:
//
//   clear bytes │ ciphertext and tag │ SFrame header │ trailer
//
// Header, clear bytes and the kind of media are authenticated. The trailer says how many bytes are clear and how long the header
// is; each of its bytes is above 0x7f, so that it needs no escaping whatever comes before it.
import { bigEndian, concat, hkdf, utf8 } from './bytes.js';
import type { Bytes } from './bytes.js';
import { clearBytes, escape, unescape } from './clear-bytes.js';

export type Kind = 'audio' | 'video';

const suite = 0x0004;
const tagBytes = 16;
const trailerBytes = 4;
const magic = 0xe1;
const escapedBit = 0x20;
const clearMax = 0x3fff;
/** Of one key; far below what AES-GCM allows, and more than a call of years. */
const counterMax = 2 ** 40;
/** Frames of one sender that may overtake one another: some seconds of several streams to many. */
const window = 16_384;

/** Why a frame was not let through. */
export type Refusal = 'plain' | 'unknown-key' | 'forged' | 'replayed' | 'codec' | 'no-key';

export class FrameRefused extends Error {
  constructor(readonly why: Refusal) {
    super(why);
  }
}

/** The key and the salt of RFC 9605 section 4.4.2. */
export interface FrameKey {
  readonly key: CryptoKey;
  readonly salt: Bytes;
}

export async function deriveFrameKey(base: Bytes, kid: number): Promise<FrameKey> {
  const about = concat(bigEndian(kid, 8), bigEndian(suite, 2));
  const none = new Uint8Array();
  const label = (text: string): Bytes => concat(utf8(text), about);
  const raw = await hkdf(base, none, label('SFrame 1.0 Secret key '), 16);
  const salt = await hkdf(base, none, label('SFrame 1.0 Secret salt '), 12);
  const usages: KeyUsage[] = ['encrypt', 'decrypt'];
  return { key: await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, usages), salt };
}

/** The configuration byte, the key's number and the counter (RFC 9605 section 4.3). */
export function encodeHeader(kid: number, counter: number): Bytes {
  const field = (value: number): [bits: number, bytes: Bytes] => {
    if (value < 8) return [value, new Uint8Array()];
    let length = 1;
    while (value >= 256 ** length) length += 1;
    return [8 | (length - 1), bigEndian(value, length)];
  };
  const [kidBits, kidBytes] = field(kid);
  const [counterBits, counterBytes] = field(counter);
  return concat(Uint8Array.of((kidBits << 4) | counterBits), kidBytes, counterBytes);
}

/** Null where it is none, or is longer than `bytes`. */
export function decodeHeader(bytes: Uint8Array): { kid: number; counter: number } | null {
  const config = bytes[0];
  if (config === undefined) return null;
  let at = 1;
  const field = (bits: number): number => {
    if (bits < 8) return bits;
    let value = 0;
    for (const end = at + (bits & 7) + 1; at < end; at += 1)
      value = value * 256 + (bytes[at] ?? NaN);
    return value;
  };
  const kid = field(config >> 4);
  const counter = field(config & 15);
  if (at !== bytes.length || !Number.isSafeInteger(kid) || !Number.isSafeInteger(counter)) {
    return null;
  }
  return { kid, counter };
}

function nonce(salt: Bytes, counter: number): Bytes {
  const bytes = bigEndian(counter, salt.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at]! ^= salt[at]!;
  return bytes;
}

const parameters = (
  { salt }: FrameKey,
  counter: number,
  header: Uint8Array,
  clear: Uint8Array,
  kind: Kind,
): AesGcmParams => ({
  name: 'AES-GCM',
  iv: nonce(salt, counter),
  additionalData: concat(header, clear, Uint8Array.of(kind === 'audio' ? 1 : 2)),
  tagLength: tagBytes * 8,
});

/** One of our own keys. All that is sealed with it is counted in one place: no nonce is ever used twice. */
export class SealingKey {
  readonly #kid: number;
  readonly #key: Promise<FrameKey>;
  #counter = 0;

  constructor(kid: number, base: Bytes) {
    this.#kid = kid;
    this.#key = deriveFrameKey(base, kid);
    this.#key.catch(() => undefined);
  }

  async seal(frame: Uint8Array, kind: Kind, codec: string): Promise<Bytes> {
    const clearLength = clearBytes(codec, kind, frame);
    if (clearLength === null || clearLength > clearMax) throw new FrameRefused('codec');
    const counter = this.#counter;
    if (counter >= counterMax) throw new FrameRefused('no-key');
    this.#counter += 1;
    const key = await this.#key;
    const clear = frame.slice(0, clearLength);
    const header = encodeHeader(this.#kid, counter);
    const how = parameters(key, counter, header, clear, kind);
    const body = frame.slice(clearLength);
    const sealed = new Uint8Array(await crypto.subtle.encrypt(how, key.key, body));
    const hidden = concat(sealed, header);
    const escaped = /h264/i.test(codec);
    const trailer = Uint8Array.of(
      0x80 | (clearLength >> 7),
      0x80 | (clearLength & 0x7f),
      0x80 | (escaped ? escapedBit : 0) | header.length,
      magic,
    );
    return concat(clear, escaped ? escape(hidden, clear) : hidden, trailer);
  }
}

/** Which counters have come. Nothing comes twice, and nothing that is older than the window. */
export class ReplayWindow {
  readonly #seen = new Uint32Array(window / 32);
  #next = 0;

  has(counter: number): boolean {
    if (counter >= this.#next) return false;
    return counter < this.#next - window || this.#bit(counter);
  }

  add(counter: number): void {
    // What leaves the window makes room.
    if (counter - this.#next >= window) this.#seen.fill(0);
    else for (; this.#next < counter; this.#next += 1) this.#set(this.#next, false);
    this.#next = Math.max(this.#next, counter + 1);
    this.#set(counter, true);
  }

  #bit(counter: number): boolean {
    const at = counter % window;
    return ((this.#seen[Math.floor(at / 32)]! >>> (at % 32)) & 1) === 1;
  }

  #set(counter: number, on: boolean): void {
    const at = counter % window;
    const bit = 1 << (at % 32);
    if (on) this.#seen[Math.floor(at / 32)]! |= bit;
    else this.#seen[Math.floor(at / 32)]! &= ~bit;
  }
}

interface OpeningKey {
  readonly key: FrameKey;
  readonly came: ReplayWindow;
  readonly base: Bytes;
}

/** The keys of one far end. */
export class OpeningKeys {
  /** Of which the sender uses two at most; some more, since they come before they are used. */
  static readonly max = 8;
  readonly #keys = new Map<number, OpeningKey>();

  /** The same again changes nothing: what came with it still counts as come. */
  async add(kid: number, base: Bytes): Promise<void> {
    const known = this.#keys.get(kid);
    if (known && known.base.every((byte, at) => byte === base[at])) return;
    const key = await deriveFrameKey(base, kid);
    this.#keys.set(kid, { key, came: new ReplayWindow(), base });
    if (this.#keys.size > OpeningKeys.max) this.#keys.delete(Math.min(...this.#keys.keys()));
  }

  async open(frame: Uint8Array, kind: Kind): Promise<Bytes> {
    const end = frame.length - trailerBytes;
    if (end < tagBytes + 1 || frame[frame.length - 1] !== magic) throw new FrameRefused('plain');
    const [high = 0, low = 0, flags = 0] = frame.subarray(end);
    const clearLength = ((high & 0x7f) << 7) | (low & 0x7f);
    if ((high & low & flags & 0x80) === 0 || clearLength > end) throw new FrameRefused('plain');
    const clear = frame.slice(0, clearLength);
    const escaped = frame.slice(clearLength, end);
    const hidden = (flags & escapedBit) !== 0 ? unescape(escaped, clear) : escaped;
    const headerAt = hidden.length - (flags & 0x1f);
    const header = hidden.slice(Math.max(0, headerAt));
    const about = headerAt < tagBytes ? null : decodeHeader(header);
    if (!about) throw new FrameRefused('plain');
    const found = this.#keys.get(about.kid);
    if (!found) throw new FrameRefused('unknown-key');
    if (found.came.has(about.counter)) throw new FrameRefused('replayed');
    const how = parameters(found.key, about.counter, header, clear, kind);
    let body: ArrayBuffer;
    try {
      body = await crypto.subtle.decrypt(how, found.key.key, hidden.slice(0, headerAt));
    } catch {
      throw new FrameRefused('forged');
    }
    // Two at once with the same counter: only one of them was first.
    if (found.came.has(about.counter)) throw new FrameRefused('replayed');
    found.came.add(about.counter);
    return concat(clear, new Uint8Array(body));
  }
}
