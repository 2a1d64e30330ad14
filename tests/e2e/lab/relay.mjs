// A relay of the tests' own: coturn at the router of an internet, which shares a secret with the endpoint. The system's service,
// where there is one, has no part in it.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const address = '203.0.113.20';
const program = 'turnserver';
const secrets = {
  'relay.secret': 'a secret of the relay and the endpoint',
  'other.secret': 'a secret of another relay than this one',
};

let possible;

/** Whether coturn is here. */
export function hasRelay() {
  try {
    possible ??= Boolean(execFileSync('sh', ['-c', `command -v ${program}`]));
  } catch {
    possible = false;
  }
  return possible;
}

export class Relay {
  #router;
  #child;
  #config;

  /** Starts one at the router, with the certificate and key of `tls`. */
  static async start(router, tls) {
    const relay = new Relay(router, tls);
    await relay.start();
    return relay;
  }

  constructor(router, { certificate_file, key_file }) {
    this.#router = router;
    this.log = [];
    router.ip('address', 'add', `${address}/32`, 'dev', 'lo');
    const file = (name) => join(router.folder, name);
    for (const [name, secret] of Object.entries(secrets))
      writeFileSync(file(name), `${secret}\n`, { mode: 0o600 });
    this.#config = file('turnserver.conf');
    const lines = [
      `listening-ip=${address}`,
      `relay-ip=${address}`,
      'listening-port=3478',
      'tls-listening-port=443',
      'realm=relay.test',
      'fingerprint',
      'use-auth-secret',
      `static-auth-secret=${secrets['relay.secret']}`,
      'no-cli',
      'no-multicast-peers',
      'verbose',
      `cert=${certificate_file}`,
      `pkey=${key_file}`,
      `pidfile=${file('turnserver.pid')}`,
      `userdb=${file('turnserver.db')}`,
      'log-file=stdout',
    ];
    writeFileSync(this.#config, `${lines.join('\n')}\n`);
  }

  /**
   * As the endpoint's configuration has it. `over` is 'tcp', 'tls', 'udp', or 'all' of them, `lifetime` in seconds; `wrong`: with a
   * secret that is not the relay's.
   */
  entry({ over = 'tcp', lifetime, wrong = false } = {}) {
    const urls = {
      udp: `turn:${address}:3478?transport=udp`,
      tcp: `turn:${address}:3478?transport=tcp`,
      tls: `turns:${address}:443?transport=tcp`,
    };
    return {
      urls: over === 'all' ? Object.values(urls) : urls[over],
      secret_file: join(this.#router.folder, wrong ? 'other.secret' : 'relay.secret'),
      ...(lifetime && { lifetime_s: lifetime }),
    };
  }

  async start() {
    this.#child = this.#router.spawn(program, ['-c', this.#config]);
    this.#child.stdout.on('data', (text) => this.log.push(String(text)));
    const listens = `until (exec 3<>/dev/tcp/${address}/3478) 2>&-; do sleep 0.1; done`;
    const looking = this.#router.spawn('bash', ['-c', listens]);
    await new Promise((resolve, reject) => {
      looking.once('exit', resolve);
      this.#child.once('exit', () => {
        looking.kill();
        reject(new Error(`${program} ended\n${this.log.join('')}`));
      });
    });
  }

  async stop() {
    this.#child.removeAllListeners('exit');
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    if (this.#child.exitCode !== null || !this.#child.kill('SIGKILL')) return;
    await ended;
  }
}
