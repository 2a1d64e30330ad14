#!/usr/bin/env node
// `npm run sim -- --seed N`: the simulator. `-- --help` lists its flags; with `--jobs N` so many processes share the seeds.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { cmake } from './build.mjs';
import { at } from './lib/places.mjs';
import { Failure, say, script } from './lib/steps.mjs';
import { setup } from './setup.mjs';

const program = at('build', 'native', 'tests', 'sim', 'partyline-sim');
const failuresMax = 10;

/** Takes `name N` out of the arguments and returns N. */
function take(args, name, otherwise) {
  const place = args.indexOf(name);
  if (place < 0) return otherwise;
  const [, text] = args.splice(place, 2);
  if (!/^[1-9]\d*$/.test(text ?? '')) throw new Failure(`${name} needs a number`);
  return Number(text);
}

/** Everything that a run said. */
async function output(args, env) {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data));
  const [code] = await once(child, 'close');
  return { said, code };
}

/** The failures in what a run said, and how many of its `count` seeds from `first` on it got through. */
export function judge(said, first, count) {
  const failures = said.match(/^seed \d+: (?:FAILED|ABORTED).*\n.*/gm) ?? [];
  const ended = /^(\d+) seeds, \d+ failed/m.exec(said);
  if (ended) return { failures, done: Number(ended[1]) };
  // A check in the core ends the process, with the seed's name.
  const aborted = /^seed (\d+): ABORTED/m.exec(said);
  if (aborted) return { failures, done: Number(aborted[1]) - first + 1 };
  return {
    failures: [...failures, `from seed ${first} on: ${said.trim().slice(-300)}`],
    done: count,
  };
}

const many = (number) => Math.round(number).toLocaleString('en');
const minutes = (seconds) =>
  seconds < 120 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;

/** Seeds in pieces, so many processes at a time; says how far it is, and each failure once. */
async function campaign(args, jobs, env) {
  const keepGoing = args.includes('--keep-going');
  const count = take(args, '--seeds', 1);
  const first = take(args, '--first', 1);
  const piece = Math.min(1_000, Math.ceil(count / jobs));
  const since = performance.now();
  let next = first;
  let done = 0;
  let failed = 0;
  const progress = () => {
    const pace = done / ((performance.now() - since) / 1000);
    const left = done ? `, ${minutes((count - done) / pace)} left` : '';
    say(`${many(done)} of ${many(count)} seeds, ${failed} failed, ${many(pace)} a second${left}`);
  };
  const timer = setInterval(progress, 15_000);
  async function worker() {
    while (next < first + count && (keepGoing || failed < failuresMax)) {
      let from = next;
      next = Math.min(next + piece, first + count);
      for (const end = next; from < end;) {
        const own = [...args, '--first', String(from), '--seeds', String(end - from)];
        const { said, code } = await output(own, env);
        if (code === 2) throw new Failure(said.trim());
        const result = judge(said, from, end - from);
        for (const failure of result.failures) say(failure);
        failed += result.failures.length;
        done += result.done;
        from += result.done;
        if (failed >= failuresMax && !keepGoing) return;
      }
    }
  }
  try {
    await Promise.all(Array.from({ length: jobs }, worker));
  } finally {
    clearInterval(timer);
  }
  progress();
  return failed === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await script(async () => {
    const args = process.argv.slice(2);
    const jobs = take(args, '--jobs', 0);
    const env = await setup('test');
    await cmake('native', env, { tests: true, targets: ['partyline-sim'] });
    if (jobs) {
      process.exitCode = await campaign(args, jobs, env);
      return;
    }
    const child = spawn(program, args, { env, stdio: 'inherit' });
    const [code] = await once(child, 'close');
    process.exitCode = code ?? 1;
  });
}
