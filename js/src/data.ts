// What applications send to one another, as the body of a message, and back.
import { PartylineError } from './errors.js';
import type { Json } from './wire.js';

/** What can be sent: JSON, which includes strings, or bytes. 64 kB at most, as JSON text or as bytes. */
export type MessageData = Json | ArrayBuffer | ArrayBufferView;
/** What arrives: an `ArrayBuffer` as one, every view (typed arrays, `DataView`, `Buffer`) as a `Uint8Array` of its bytes. */
export type ReceivedData = Json | ArrayBuffer | Uint8Array<ArrayBuffer>;

// What the core could not take either; so much is not copied to it.
const bodyMax = 2 ** 17;
const tag = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);
const tooLarge = (): PartylineError =>
  new PartylineError(
    'message_too_large',
    'A message has 64 kB at most. Send a link to what is larger, or open a data channel for it.',
  );

export function encodeData(data: unknown): { format: string; body: string } {
  const isBuffer = tag(data) === 'ArrayBuffer';
  if (isBuffer || ArrayBuffer.isView(data)) {
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data as ArrayBuffer);
    if (bytes.length > bodyMax) throw tooLarge();
    let text = '';
    // Not all at once: there is a limit to arguments.
    for (let i = 0; i < bytes.length; i += 8192)
      text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return { format: isBuffer ? 'buffer' : 'bytes', body: btoa(text) };
  }
  let body: string | undefined;
  // These would silently become {}.
  if (!/^(Blob|File|Map|Set|Promise|SharedArrayBuffer)$/.test(tag(data))) {
    try {
      body = JSON.stringify(data);
    } catch {
      // Circular, or a BigInt.
    }
  }
  if (body === undefined) {
    throw new TypeError('send(data): data must be JSON, an ArrayBuffer or a typed array.');
  }
  if (body.length > bodyMax) throw tooLarge();
  return { format: '', body };
}

/** Throws where it was written by something else. */
export function decodeData(format: string, body: string): ReceivedData {
  if (format === '') return JSON.parse(body) as Json;
  const bytes = Uint8Array.from(atob(body), (char) => char.charCodeAt(0));
  if (format === 'bytes') return bytes;
  if (format === 'buffer') return bytes.buffer;
  throw new TypeError(`'${format}' is no known format.`);
}
