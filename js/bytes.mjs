// Bytes as text that still compresses: printable ASCII, a frequent byte as one character, a rare one as two.
//
// Base64 would hide the bytes' pattern from whatever compresses the page, and compressing them here instead would leave it
// nothing to do: brotli on the wire makes this text smaller than deflate makes the bytes. docs/PACKAGING.md has the numbers.

// Characters that no bundler escapes, in none of the quotes. Brotli models a letter by the kinds of characters before it, so
// frequent bytes become punctuation and rarer ones letters: this order was the smallest of those that were tried.
const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
const of = (kind) => ascii.filter((character) => kind.test(character));
const printable = [...of(/[^\w\\"'`$]|_/), ...of(/[a-z]/), ...of(/[A-Z]/), ...of(/[0-9]/)];
const escapes = 2;

function alphabetFor(bytes) {
  const count = new Array(256).fill(0);
  for (const byte of bytes) count[byte] += 1;
  const byFrequency = [...count.keys()].sort((a, b) => count[b] - count[a] || a - b);
  const frequent = byFrequency.slice(0, printable.length - escapes);
  const single = new Map(frequent.map((byte, i) => [byte, printable[i]]));
  const rare = [...count.keys()].filter((byte) => !single.has(byte));
  return { single, rare, escape: printable.slice(frequent.length) };
}

/** A module that exports a function of that name, which returns the bytes. */
export function encode(bytes, name) {
  const { single, rare, escape } = alphabetFor(bytes);
  const codes = [];
  for (const [byte, character] of single) codes[byte] = character;
  rare.forEach((byte, i) => {
    codes[byte] = escape[Math.floor(i / printable.length)] + printable[i % printable.length];
  });
  const text = Array.from(bytes, (byte) => codes[byte]).join('');
  // What the decoder finds for a character: its byte, or for an escape where its bytes begin, after 256, among those
  // that no single character stands for.
  const table = printable.map((character) => {
    const found = [...single].find(([, code]) => code === character);
    return found ? found[0] : 256 + escape.indexOf(character) * printable.length;
  });
  return `
const text = ${JSON.stringify(text)};
const characters = ${JSON.stringify(printable.join(''))};
const single = ${JSON.stringify(table)};
export function ${name}() {
  const rare = [];
  const bytes = new Uint8Array(${bytes.length});
  const index = new Uint8Array(128);
  const found = new Uint16Array(128);
  for (let byte = 0; byte < 256; byte++) if (!single.includes(byte)) rare.push(byte);
  for (let i = 0; i < characters.length; i++) {
    const code = characters.charCodeAt(i);
    index[code] = i;
    found[code] = single[i];
  }
  for (let from = 0, to = 0; from < text.length; from++) {
    let byte = found[text.charCodeAt(from)];
    if (byte > 255) byte = rare[byte - 256 + index[text.charCodeAt(++from)]];
    bytes[to++] = byte;
  }
  return bytes;
}
`;
}
