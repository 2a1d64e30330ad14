// A network of the tests' own: a namespace with both ends of a veth pair in it and a default route, so that browsers there
// gather ordinary host candidates and believe themselves online, and nothing in or outside of the machine interferes.
//
// Needs root on Linux. Elsewhere, or with PARTYLINE_HOST_NETWORK=1, the host's network is used, with a flag that lets Chromium
// connect over the loopback interface.
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canIsolate, ip, prefix, remove, removeStale, runFolder } from './namespaces.mjs';

export { canIsolate };

const address = '198.18.7.1';
const neighbour = '198.18.7.2';
/** What `move` changes to. */
const elsewhere = { address: '198.18.8.1', neighbour: '198.18.8.2' };

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
