// Runs the endpoint in the foreground: what stops this process stops it, gracefully.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { at } from './places.mjs';
import { Failure } from './steps.mjs';

export const program = at('build', 'native', 'endpoint', 'partyline-endpoint');

/**
 * Runs the endpoint until it ends, and returns its exit code. Calls `onListening` with the URL at which it listens.
 */
export function serve(args, env, onListening) {
  return new Promise((resolve, reject) => {
    // A process group of its own: Ctrl-C reaches it once, from here, and not a second time from the terminal.
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
      process.on(signal, () => child.kill(signal));
    process.on('exit', () => child.kill());
    child.stderr.pipe(process.stderr);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /^listening on (\S+)$/.exec(line)?.[1];
      if (url) onListening(url);
      else process.stdout.write(`${line}\n`);
    });
    child.once('error', (error) => reject(new Failure(`cannot run ${program}: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (signal) reject(new Failure(`the endpoint was ended by ${signal}`));
      else resolve(code);
    });
  });
}
