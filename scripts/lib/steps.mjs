// Steps that are shown while they work: one line each, with the time it took. What a command prints goes into a log file;
// when it fails, the end of that file is shown.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A failure that is the user's to read: its message says all, no stack is wanted. */
export class Failure extends Error {}

const live = process.stdout.isTTY && !process.env.CI;
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const running = new Map();
let ticker;

/** How far Ninja says that it is, at the end of its log: ' [12/80]'. */
function counter(log) {
  if (!log || !existsSync(log)) return '';
  const last = readFileSync(log, 'utf8')
    .match(/^\[\d+\/\d+\]/gm)
    ?.at(-1);
  return last ? ` ${last}` : '';
}

function redraw() {
  if (!live || running.size === 0) return;
  const parts = [...running].map(
    ([name, { since, log }]) => `${name}${counter(log)} ${seconds(since)}`,
  );
  process.stdout.write(
    `\r\x1b[K… ${parts.join(' · ').slice(0, (process.stdout.columns ?? 80) - 3)}`,
  );
}

/** Prints a line that stays, above the one that shows what is at work. */
export function say(text) {
  process.stdout.write(live ? `\r\x1b[K${text}\n` : `${text}\n`);
  redraw();
}

/**
 * Does `work`, visibly, and returns what it returns. Without a terminal a slow step says now and then that it goes on, so that
 * nobody takes it for dead; if Ninja writes to `log`, also how far it is.
 */
export async function step(name, work, log) {
  const since = performance.now();
  running.set(name, { since, log });
  redraw();
  ticker ??= setInterval(redraw, 500).unref();
  const beat = live
    ? undefined
    : setInterval(() => say(`… ${name}${counter(log)} ${seconds(since)}`), 15_000);
  beat?.unref();
  try {
    const result = await work();
    running.delete(name);
    say(`✓ ${name} ${seconds(since)}`);
    return result;
  } catch (error) {
    running.delete(name);
    say(`✗ ${name} ${seconds(since)}`);
    throw error;
  } finally {
    clearInterval(beat);
  }
}

function tail(file, lines = 40) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

const children = new Set();

/** Passes a signal on to every command that is running. */
export function signalChildren(signal) {
  for (const child of children) child.kill(signal);
}

/**
 * Runs a command with its output in the file `log`, and returns that output's last line. Its failure is a Failure with the end
 * of the log.
 */
export function run(command, args, { log, cwd, env = process.env, append = false }) {
  mkdirSync(dirname(log), { recursive: true });
  const out = openSync(log, append ? 'a' : 'w');
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', out, out] });
    children.add(child);
    const end = () => {
      children.delete(child);
      closeSync(out);
    };
    child.once('error', (error) => {
      end();
      reject(new Failure(`cannot run ${command}: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      end();
      if (code === 0) return resolve(tail(log, 1));
      const line = [command, ...args].join(' ').slice(0, 300);
      const how = signal ? `was ended by ${signal}` : `failed with exit code ${code}`;
      reject(new Failure(`${tail(log)}\n\n${line}\n${how}; the whole log is ${log}`));
    });
  });
}

/** Runs a script's `main` and turns its failure into words and an exit code. */
export async function script(main) {
  try {
    await main();
  } catch (error) {
    say(error instanceof Failure ? `\n${error.message}` : `\n${error.stack}`);
    process.exitCode = 1;
  }
}
