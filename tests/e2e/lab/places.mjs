// Where things are in the repository.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export const at = (...parts) => join(root, ...parts);
