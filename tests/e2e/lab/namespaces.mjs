// Network namespaces: whether they can be had, and how they are removed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { at } from './places.mjs';

/** What all names begin with; the id of the process that made it follows. */
export const prefix = 'partyline';
/** Scratch folders, of the same names. */
export const runFolder = at('build', 'e2e');

export const ip = (...args) =>
  execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Containers may have a root that must not make namespaces: only trying tells. */
function tryNamespace() {
  if (process.platform !== 'linux' || process.getuid() !== 0) return false;
  if (process.env.PARTYLINE_HOST_NETWORK === '1') return false;
  const probe = `${prefix}-${process.pid}-probe`;
  try {
    ip('netns', 'add', probe);
  } catch {
    return false;
  }
  try {
    // Another mount namespace, too: a chroot that is no mount point cannot have one.
    ip('netns', 'exec', probe, 'true');
    return true;
  } catch {
    return false;
  } finally {
    ip('netns', 'delete', probe);
  }
}

let isolates;

/** Whether a network of our own can be had. */
export const canIsolate = () => (isolates ??= tryNamespace());

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Ends what still runs in a namespace, then removes it. */
export function remove(name) {
  for (const pid of ip('netns', 'pids', name).split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
  ip('netns', 'delete', name);
}

/** Removes what runs that crashed have left: their names carry the id of a process that is no more. */
export function removeStale() {
  const names = ip('netns', 'list')
    .split('\n')
    .map((line) => line.split(' ')[0]);
  for (const name of names) {
    const owner = new RegExp(`^${prefix}-(\\d+)-`).exec(name);
    if (!owner || isAlive(Number(owner[1]))) continue;
    try {
      remove(name);
    } catch {
      // Of another mount namespace; ours has another name.
    }
  }
  mkdirSync(runFolder, { recursive: true });
  for (const entry of readdirSync(runFolder)) {
    const owner = new RegExp(`^${prefix}-(\\d+)-`).exec(entry);
    if (owner && !isAlive(Number(owner[1])))
      rmSync(join(runFolder, entry), { recursive: true, force: true });
  }
}
