// Servers that run beside the browsers: started, waited for until they say that they listen, and ended.
import { createInterface } from 'node:readline';

const endOf = (child) =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', resolve);
  });

/** A program that prints `listening on URL` when it is ready. */
export class Server {
  /** @param {import('./network.mjs').Network} network */
  static async start(network, program, args, { env } = {}) {
    const child = network.spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const server = new Server(child);
    server.url = await server.#listening(program);
    return server;
  }

  #orders = [];

  constructor(child) {
    this.child = child;
    this.log = [];
    createInterface({ input: child.stderr }).on('line', (line) => this.log.push(line));
  }

  #listening(program) {
    return new Promise((resolve, reject) => {
      const lines = createInterface({ input: this.child.stdout });
      lines.on('line', (line) => {
        const said = /^listening on (\S+)$/.exec(line);
        if (said) resolve(said[1]);
        else if (line.startsWith('done ')) this.#orders.shift()?.();
        else this.log.push(line);
      });
      this.child.once('error', reject);
      this.child.once('exit', (code, signal) =>
        reject(new Error(`${program} ended with ${code ?? signal}\n${this.log.join('\n')}`)),
      );
    });
  }

  /** Tells it something on its standard input, and waits until it says that this is done. */
  order(what) {
    const done = new Promise((resolve) => this.#orders.push(resolve));
    this.child.stdin.write(`${what}\n`);
    return done;
  }

  get port() {
    return Number(new URL(this.url).port);
  }

  /** The WebSocket address. */
  get socketUrl() {
    return this.url.replace(/^http/, 'ws');
  }

  async #end(signal) {
    this.child.kill(signal);
    await endOf(this.child);
  }

  /** Ends it as an operator does. */
  stop() {
    return this.#end('SIGTERM');
  }

  /** Ends it as a crash does. */
  kill() {
    return this.#end('SIGKILL');
  }
}
