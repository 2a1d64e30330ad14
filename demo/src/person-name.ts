// Names come from other people's computers. They are shown as text only, but text can misbehave too: control characters,
// marks that turn the direction of what follows, or a thousand letters.

const lengthMax = 48;

export function tidyPersonName(value: unknown): string {
  if (typeof value !== 'string') return '';
  const text = value
    .slice(0, 1000)
    // Controls, lone surrogates, line and paragraph separators, direction marks and overrides.
    .replace(/[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ')
    // Stacks of combining marks climb out of their line.
    .replace(/(\p{M}{3})\p{M}+/gu, '$1')
    .replace(/\s+/g, ' ')
    .trim();
  const letters = [...text];
  return letters.length > lengthMax ? `${letters.slice(0, lengthMax - 1).join('')}…` : text;
}

/** The name in somebody's metadata, whatever that is. */
export function nameInMetadata(metadata: unknown): string {
  if (typeof metadata !== 'object' || metadata === null) return '';
  return tidyPersonName((metadata as Record<string, unknown>)['name']);
}

export function initials(name: string): string {
  const letters = name.split(/[\s\-_.]+/).flatMap((word) => word.match(/[\p{L}\p{N}]/u)?.[0] ?? []);
  const last = letters.length > 1 ? letters[letters.length - 1] : '';
  return `${letters[0] ?? ''}${last}`.toLocaleUpperCase();
}

/** One of eight tints, always the same for the same text. */
export function tint(text: string): number {
  let hash = 7;
  for (const letter of text) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return hash % 8;
}
