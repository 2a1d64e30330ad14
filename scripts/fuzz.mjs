#!/usr/bin/env node
// `npm run fuzz`: programs that are fed with whatever reaches new code, until one fails or the time is over.
//
//   npm run fuzz -- [--target NAME] [--seconds N] [--jobs N]   a minute for each target, by one process
//   npm run fuzz -- --target NAME --replay FILE                one input once more
//   npm run fuzz -- [--target NAME] --keep                     what was found, as little of it as covers the same, into tests/fuzz/corpus
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { cmake } from './build.mjs';
import { at, logFile, root } from './lib/places.mjs';
import { Failure, run, say, script, step } from './lib/steps.mjs';
import { setup } from './setup.mjs';

// Longest input in bytes; stories are text.
const targets = {
  client_frames: ['-max_len=4096'],
  hub_frames: ['-max_len=4096'],
  hub_steps: ['-max_len=1500', '-only_ascii=1'],
  client_steps: ['-max_len=1500', '-only_ascii=1'],
  config: ['-max_len=4096'],
};
const sliceSeconds = 4;

const corpus = (target) => at('tests', 'fuzz', 'corpus', target);
const crashes = (target) => at('tests', 'fuzz', 'crashes', target);
const found = (target) => at('build', 'fuzz', 'found', target);
const failed = at('build', 'fuzz', 'failed');
const program = (target) => at('build', 'fuzz', 'tests', 'fuzz', target);
const shown = (path) => relative(root, path);
const many = (number) => number.toLocaleString('en');

// Long stacks of each allocation would be half of the work.
const fast = { ASAN_OPTIONS: 'malloc_context_size=2' };

const noClang = `Fuzzing needs a clang that has libFuzzer, and there is none here. Debian: apt-get install clang-14.
macOS: Apple's has none; brew install llvm, and set CXX to its clang++.`;

/** A compiler that links a fuzz target, or nothing. */
function clang(env) {
  const source = 'extern "C" int LLVMFuzzerTestOneInput(const char*, long) { return 0; }';
  const args = ['-fsanitize=fuzzer,address', '-x', 'c++', '-', '-o', at('build', 'fuzz', 'probe')];
  mkdirSync(at('build', 'fuzz'), { recursive: true });
  const names = [env.CXX, 'clang++-14', 'clang++'].filter(Boolean);
  return names.find((name) => spawnSync(name, args, { input: source, env }).status === 0);
}

async function build(env, names) {
  const compiler = clang(env);
  if (!compiler) throw new Failure(noClang);
  await cmake('fuzz', env, { targets: names, defines: [`-DCMAKE_CXX_COMPILER=${compiler}`] });
}

function folders(target) {
  for (const folder of [found(target), failed]) mkdirSync(folder, { recursive: true });
  // A crash that was mended is a good beginning, too.
  return [corpus(target), crashes(target)].filter((folder) => {
    mkdirSync(folder, { recursive: true });
    return readdirSync(folder).length > 0;
  });
}

const options = (target) => [
  ...targets[target],
  `-dict=${at('tests', 'fuzz', 'dictionaries', `${target}.dict`)}`,
  `-artifact_prefix=${failed}/${target}-`,
  // Of machines that are slow and shared; what is endless is found all the same.
  '-timeout=120',
  '-report_slow_units=120',
  '-rss_limit_mb=2048',
  '-print_final_stats=1',
];

function howToReplay(target, said) {
  const file = /Test unit written to (\S+)/.exec(said)?.[1];
  if (!file) return '';
  return `\nnpm run fuzz -- --target ${target} --replay ${shown(file)}
When it is mended, keep it: mv ${shown(file)} ${shown(crashes(target))}/`;
}

/** What a failure said first, without libFuzzer's own lines. */
function excerpt(said) {
  const start = said.search(/^(WRONG:|==\d+==\s?ERROR|.*runtime error:)/m);
  return said
    .slice(Math.max(start, 0))
    .split('\n')
    .slice(0, start < 0 ? undefined : 25)
    .join('\n')
    .slice(-4000);
}

/** One process. `report` gets what it said of itself last; the answer is how many inputs it tried. */
async function fuzz(target, seconds, env, report) {
  const args = [...options(target), `-max_total_time=${seconds}`, '-reload=5'];
  const places = [found(target), ...folders(target)];
  const child = spawn(program(target), [...args, ...places], {
    env: { ...env, ...fast },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const closed = once(child, 'close');
  const said = [];
  for await (const line of createInterface({ input: child.stderr })) {
    const progress = /^#(\d+).*cov: (\d+).*exec\/s: (\d+)/.exec(line);
    if (progress) report(progress.slice(1).map(Number));
    else said.push(line);
    if (said.length > 5_000) said.splice(0, 2_500);
  }
  const [code] = await closed;
  const text = said.join('\n');
  if (code !== 0) throw new Failure(`${excerpt(text)}\n${howToReplay(target, text)}`);
  return Number(/number_of_executed_units: (\d+)/.exec(text)?.[1] ?? 0);
}

async function campaign(target, { seconds, jobs }, env) {
  const reports = new Map();
  const since = performance.now();
  const progress = () => {
    const all = [...reports.values()];
    const sum = (which) => all.reduce((total, report) => total + report[which], 0);
    const left = Math.max(0, Math.round(seconds - (performance.now() - since) / 1000));
    const reached = Math.max(0, ...all.map(([, cov]) => cov));
    say(
      `${target}: ${many(sum(0))} inputs, ${many(sum(2))} a second, ${many(reached)} places reached, ${left} s left`,
    );
  };
  const timer = setInterval(progress, 15_000);
  try {
    const done = await Promise.all(
      Array.from({ length: jobs }, (_, job) =>
        fuzz(target, seconds, env, (report) => reports.set(job, report)),
      ),
    );
    say(`${target}: ${many(done.reduce((a, b) => a + b))} inputs, nothing is wrong`);
  } finally {
    clearInterval(timer);
  }
}

/** The ring of `npm test`: all that is kept, and a few seconds of more for each target. */
export async function fuzzSlice(env, log) {
  if (!clang(env)) {
    if (env.CI) throw new Failure(noClang);
    return `not run. ${noClang}`;
  }
  const names = Object.keys(targets);
  await build(env, names);
  let tried = 0;
  for (const target of names) {
    const fresh = at('build', 'fuzz', 'slice', target);
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { recursive: true });
    const own = `${log}.${target}`;
    const args = [...options(target), `-max_total_time=${sliceSeconds}`, fresh, ...folders(target)];
    await run(program(target), args, { env: { ...env, ...fast }, cwd: root, log: own }).catch(
      (error) => {
        const said = readFileSync(own, 'utf8');
        throw new Failure(`${target}: ${excerpt(said)}\n${howToReplay(target, said)}`, {
          cause: error,
        });
      },
    );
    const units = /number_of_executed_units: (\d+)/.exec(readFileSync(own, 'utf8'))?.[1];
    tried += Number(units ?? 0);
  }
  return `${many(tried)} inputs to ${names.length} targets`;
}

async function replay(target, file, env) {
  const args = ['-timeout=120', resolve(file)];
  const child = spawn(program(target), args, { env, cwd: root, stdio: 'inherit' });
  const [code] = await once(child, 'close');
  process.exitCode = code ?? 1;
}

/** Puts the least of what is there that reaches as much into the repository. */
async function keep(target, env) {
  const fresh = at('build', 'fuzz', 'kept', target);
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  // By what is reached and not by how often, which is a tenth of the files. The others stay where they were found.
  const least = ['-set_cover_merge=1', '-use_counters=0'];
  const args = [...least, ...options(target), fresh, found(target), ...folders(target)];
  await run(program(target), args, { env, log: logFile(`fuzz-keep-${target}`) });
  rmSync(corpus(target), { recursive: true });
  renameSync(fresh, corpus(target));
  const files = readdirSync(corpus(target));
  const bytes = files.reduce(
    (total, name) => total + readFileSync(join(corpus(target), name)).length,
    0,
  );
  return `${target}: ${files.length} inputs, ${many(bytes)} bytes`;
}

function parse() {
  const number = (text, name) => {
    if (!/^[1-9]\d*$/.test(text)) throw new Failure(`--${name} needs a number`);
    return Number(text);
  };
  const { values } = parseArgs({
    options: {
      target: { type: 'string' },
      seconds: { type: 'string', default: '60' },
      jobs: { type: 'string', default: '1' },
      replay: { type: 'string' },
      keep: { type: 'boolean', default: false },
    },
  });
  if (values.target && !(values.target in targets)) {
    throw new Failure(
      `no such target: ${values.target}; there are ${Object.keys(targets).join(', ')}`,
    );
  }
  if (values.replay && !values.target) throw new Failure('--replay needs a --target');
  return {
    ...values,
    names: values.target ? [values.target] : Object.keys(targets),
    seconds: number(values.seconds, 'seconds'),
    jobs: number(values.jobs, 'jobs'),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await script(async () => {
    const asked = parse();
    const env = await setup('test');
    await build(env, asked.names);
    if (asked.replay) return replay(asked.target, asked.replay, env);
    for (const target of asked.names) {
      if (asked.keep) say(await step(`keep ${target}`, () => keep(target, env)));
      else await campaign(target, asked, env);
    }
  });
}
