// What of a frame must stay readable, since browsers look at it when they cut frames into packets and put them together again. It is
// never picture or sound: it says what kind of frame it is, and how large pictures are.
import type { Bytes } from './bytes.js';
import type { Kind } from './sframe.js';

/** The codecs that can be sealed. The packets of AV1 follow its inner structure, of which nothing would be left. */
export const sealable = /^(audio\/opus|video\/(VP8|VP9|H264|rtx))$/i;

/** How many bytes; null where such a frame cannot be sealed. */
export function clearBytes(codec: string, kind: Kind, frame: Uint8Array): number | null {
  if (kind === 'audio') return 0;
  switch (codec.toLowerCase()) {
    // Browsers that do not say (Firefox) have it first.
    case '':
    case 'video/vp8':
      return Math.min(frame.length, vp8(frame));
    case 'video/vp9':
      return 0;
    case 'video/h264':
      return h264(frame);
    default:
      return null;
  }
}

/** The frame tag, and of key frames the start code and the size (RFC 6386 section 9.1). */
const vp8 = ([first = 0]: Uint8Array): number => ((first & 1) === 0 ? 10 : 3);

/** All up to the first slice, and of that its header's beginning: parameter sets and types are read on the way. */
function h264(frame: Uint8Array): number | null {
  for (let at = 0; at + 3 < frame.length; at += 1) {
    if (frame[at] !== 0 || frame[at + 1] !== 0 || frame[at + 2] !== 1) continue;
    const type = frame[at + 3]! & 0x1f;
    if (type === 1 || type === 5) return Math.min(frame.length, at + 3 + 3);
  }
  return null;
}

const zerosAtEnd = (bytes: Uint8Array): number => {
  let count = 0;
  while (count < 2 && bytes[bytes.length - 1 - count] === 0) count += 1;
  return count;
};

/** So that no start code is in it: emulation prevention (H.264 section 7.4.1). `before` is what it follows. */
export function escape(bytes: Uint8Array, before: Uint8Array): Bytes {
  const out: number[] = [];
  let zeros = zerosAtEnd(before);
  for (const byte of bytes) {
    if (zeros >= 2 && byte <= 3) {
      out.push(3);
      zeros = 0;
    }
    out.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Uint8Array.from(out);
}

export function unescape(bytes: Uint8Array, before: Uint8Array): Bytes {
  const out: number[] = [];
  let zeros = zerosAtEnd(before);
  for (const byte of bytes) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    out.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Uint8Array.from(out);
}
