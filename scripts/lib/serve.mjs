// Runs the endpoint in the foreground: what stops this process stops it, gracefully.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { at } from './places.mjs';
import { Failure } from './steps.mjs';

export const program = at('build', 'native', 'endpoint', 'partyline-endpoint');

/**
 * Runs the endpoint until it ends, and returns its exit code. Calls `onListening` with the port when it says that it listens.
 */
export function serve(args, env, onListening = () => {}) {
  return new Promise((resolve, reject) => {
    // A process group of its own: Ctrl-C reaches it once, from here, and not a second time from the terminal.
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
      process.on(signal, () => child.kill(signal));
    let listening = false;
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      createInterface({ input: from }).on('line', (line) => {
        to.write(`${line}\n`);
        const port = listening ? undefined : /listening\b.*?:(\d+)\b/i.exec(line)?.[1];
        if (!port) return;
        listening = true;
        onListening(Number(port));
      });
    }
    child.once('error', (error) => reject(new Failure(`cannot run ${program}: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (signal) reject(new Failure(`the endpoint was ended by ${signal}`));
      else resolve(code);
    });
  });
}
