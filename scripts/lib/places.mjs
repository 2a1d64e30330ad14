// Where things are.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** A path in the repository. */
export const at = (...parts) => join(root, ...parts);
/** What set-up keeps on this machine, shared by every clone. */
export const cache =
  process.env.PARTYLINE_CACHE ||
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'partyline');
/** The log of one step. */
export const logFile = (name) => at('build', 'logs', `${name}.log`);
