// A network of the tests' own: a namespace with both ends of a veth pair in it and a default route, so that browsers there
// gather ordinary host candidates and believe themselves online, and nothing in or outside of the machine interferes.
//
// Needs root on Linux. Elsewhere, or with PARTYLINE_HOST_NETWORK=1, the host's network is used, with a flag that lets Chromium
// connect over the loopback interface.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at } from './places.mjs';

const prefix = 'partyline';
const runFolder = at('build', 'e2e');
const address = '198.18.7.1';
const neighbour = '198.18.7.2';
/** What `move` changes to. */
const elsewhere = { address: '198.18.8.1', neighbour: '198.18.8.2' };

const ip = (...args) =>
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
function remove(name) {
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
function removeStale() {
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

/**
 * Where the processes of one worker run.
 *
 * `command(program, args)` is what to spawn so that a program runs in it, `wrapper(program)` the path of an executable that
 * does the same with the arguments that it is given, `folder` a scratch folder that goes with it.
 */
export class Network {
  static create(label = '0') {
    if (canIsolate()) removeStale();
    return new Network(`${prefix}-${process.pid}-${label}`);
  }

  constructor(name) {
    this.name = name;
    this.isolated = canIsolate();
    this.folder = join(runFolder, name);
    mkdirSync(this.folder, { recursive: true });
    if (this.isolated) this.#build();
  }

  #build() {
    const inside = (...args) => ip('-n', this.name, ...args);
    ip('netns', 'add', this.name);
    inside('link', 'set', 'lo', 'up');
    inside('link', 'add', 'one', 'type', 'veth', 'peer', 'name', 'two');
    inside('address', 'add', `${address}/24`, 'dev', 'one');
    inside('link', 'set', 'one', 'up');
    inside('link', 'set', 'two', 'up');
    inside('route', 'add', 'default', 'via', neighbour, 'dev', 'one');
  }

  /** Gives the one interface another address, as a router may; returns how to take that back. */
  move() {
    const change = (from, to, via) => {
      const inside = (...args) => ip('-n', this.name, ...args);
      inside('address', 'add', `${to}/24`, 'dev', 'one');
      inside('route', 'replace', 'default', 'via', via, 'dev', 'one');
      inside('address', 'delete', `${from}/24`, 'dev', 'one');
    };
    change(address, elsewhere.address, elsewhere.neighbour);
    return () => change(elsewhere.address, address, neighbour);
  }

  command(program, args) {
    return this.isolated ? ['ip', ['netns', 'exec', this.name, program, ...args]] : [program, args];
  }

  spawn(program, args, options) {
    return spawn(...this.command(program, args), options);
  }

  wrapper(program) {
    if (!this.isolated) return program;
    const file = join(this.folder, `run-${program.split('/').pop()}`);
    writeFileSync(file, `#!/bin/sh\nexec ip netns exec ${this.name} ${program} "$@"\n`, {
      mode: 0o755,
    });
    return file;
  }

  close() {
    if (this.isolated) remove(this.name);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
