// Whether a step's inputs have changed since it last succeeded, by size and time of change of each file.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { at } from './places.mjs';

const skipped = new Set([
  'node_modules',
  'dist',
  '.git',
  'build',
  'test-results',
  'playwright-report',
]);

/** Every file in these files and folders that a step could depend on; what is not there counts as nothing. */
export function* files(paths) {
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) continue;
    if (!stat.isDirectory()) {
      yield { path, stat };
      continue;
    }
    const names = readdirSync(path).filter((name) => !skipped.has(name));
    yield* files(names.sort().map((name) => join(path, name)));
  }
}

const fingerprint = (paths) =>
  [...files(paths)].map(({ path, stat }) => `${path} ${stat.size} ${stat.mtimeMs}`).join('\n');

/** Does `work` unless `inputs` are as they were when it last succeeded and all `outputs` are there. */
export async function whenStale(name, { inputs, outputs }, work) {
  const stamp = at('build', 'stamps', name);
  const before = fingerprint(inputs);
  const kept = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
  if (kept === before && outputs.every((path) => existsSync(path))) return false;
  rmSync(stamp, { force: true });
  await work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, before);
  return true;
}
