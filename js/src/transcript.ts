// What a core was told, written down: a fault that a user saw can be played to a core again.
import type { Input, Output } from './wire.js';

/** The first line: with what options and which seed the core was made. Keys, tokens, tickets and ICE credentials are left out. */
export const transcriptBegin = (
  options: { key: string | undefined; handed_over: string },
  seed: number,
): string => {
  const handed_over = options.handed_over.replace(/:.*/s, ':x');
  const shown = { ...options, key: options.key && 'pk', ice_servers: [], handed_over };
  return JSON.stringify({ options: shown, seed });
};

/** Stands for a token: the same for the same one, and no way back to it. */
function nameOf(token: string): string {
  let hash = 0;
  for (let i = 0; i < token.length; i++) hash = (Math.imul(hash, 31) + token.charCodeAt(i)) >>> 0;
  return `token-${hash}`;
}

/** Every other line: when, and what; and the types of what the input before was answered with. */
export function transcriptLine(at: number, input: Input, answer: Output[]): string {
  const line = {
    at,
    input: input.type === 'TokenReady' ? { ...input, token: nameOf(input.token) } : input,
    previous: answer.map(({ type }) => type),
  };
  return JSON.stringify(line, (_, value: unknown) =>
    typeof value === 'string'
      ? value
          .replace(/("credential"\s*:\s*")(?:[^"\\]|\\.)*/g, '$1')
          .replace(/("ticket"\s*:\s*")(?:[^"\\]|\\.)+/g, '$1x')
          .replace(/(a=ice-pwd:)\S+/g, '$1x')
      : value,
  );
}
