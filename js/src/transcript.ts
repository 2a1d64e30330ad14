// What a core was told, written down: a fault that a user saw can be played to a core again.
import type { Input } from './wire.js';

/** The first line: with what options and which seed the core was made. Keys, tokens and ICE credentials are left out. */
export const transcriptBegin = (options: { key: string | undefined }, seed: number): string =>
  JSON.stringify({ options: { ...options, key: options.key && 'pk', ice_servers: [] }, seed });

/** Every other line: when, and what. */
export function transcriptLine(at: number, input: Input): string {
  const line = { at, input: input.type === 'TokenReady' ? { ...input, token: 'token' } : input };
  return JSON.stringify(line, (_, value: unknown) =>
    typeof value === 'string'
      ? value
          .replace(/("credential"\s*:\s*")(?:[^"\\]|\\.)*/g, '$1')
          .replace(/(a=ice-pwd:)\S+/g, '$1x')
      : value,
  );
}
