#!/usr/bin/env node
// `npm test`: every ring of tests, from the fastest to the most real. Named, only those rings: node scripts/test.mjs core sim
import { readFileSync } from 'node:fs';
import { buildAll, cmake } from './build.mjs';
import { fuzzSlice } from './fuzz.mjs';
import { lint } from './lint.mjs';
import { at, logFile, root } from './lib/places.mjs';
import { files } from './lib/stale.mjs';
import { Failure, run, say, script, step } from './lib/steps.mjs';
import { setup } from './setup.mjs';

const sanitizers = {
  ASAN_OPTIONS: 'detect_stack_use_after_return=1:strict_string_checks=1:detect_leaks=1',
  UBSAN_OPTIONS: 'print_stacktrace=1',
};

const built = (preset, ...path) => at('build', preset, 'tests', ...path);

/** The line in which a test runner sums up. */
function summary(log) {
  const lines = readFileSync(log, 'utf8')
    .replace(/\x1b\[[\d;]*m/g, '')
    .split('\n')
    .map((line) => line.trim());
  const pass = lines.findLast((line) => /^(# pass|ℹ pass) \d/.test(line));
  if (pass) return `${/\d+/.exec(pass)[0]} tests`;
  return lines.findLast((line) => /assertions? in|\d+ passed|\d+ seeds/.test(line)) ?? '';
}

async function program(log, env, command, ...args) {
  await run(command, args, { env, cwd: root, log });
  return summary(log);
}

/** Node's own test runner on every *.test.mjs in a folder. */
function nodeTests(log, env, folder) {
  const tests = [...files([folder])]
    .map(({ path }) => path)
    .filter((path) => /\.test\.m?[jt]s$/.test(path));
  if (tests.length === 0) throw new Failure(`no *.test.mjs in ${folder}`);
  return program(log, env, 'node', '--test', '--test-reporter=spec', ...tests);
}

const simulator = (env) =>
  cmake('native', env, { tests: true, targets: ['sim_tests', 'partyline-sim'] });

// Each ring: its name, what it needs built when it runs alone, what it does; that returns a few words on what was tested.
const rings = [
  { name: 'lint', what: 'format and purity', work: (env, log) => lint(env, log) },
  {
    name: 'core',
    what: 'core units',
    build: (env) => cmake('native', env, { tests: true, targets: ['core_tests'] }),
    work: (env, log) => program(log, env, built('native', 'core', 'core_tests')),
  },
  {
    name: 'core-sanitizers',
    what: 'core units, address and undefined behaviour checked',
    work: async (env, log) => {
      await cmake('sanitizers', env, { tests: true, targets: ['core_tests'] });
      return program(log, { ...env, ...sanitizers }, built('sanitizers', 'core', 'core_tests'));
    },
  },
  {
    name: 'fuzz',
    what: 'hostile input: what was found before, and a few seconds of more',
    work: (env, log) => fuzzSlice(env, log),
  },
  {
    name: 'endpoint',
    what: 'endpoint',
    build: (env) => cmake('native', env, { tests: true, targets: ['endpoint_tests'] }),
    work: (env, log) => program(log, env, built('native', 'endpoint', 'endpoint_tests')),
  },
  {
    name: 'sim',
    what: 'simulation',
    build: simulator,
    work: async (env, log) => {
      const stories = await program(log, env, built('native', 'sim', 'sim_tests'));
      return `${stories}; ${await nodeTests(`${log}.js`, env, at('tests', 'sim'))} of its data`;
    },
  },
  {
    name: 'wasm',
    what: 'core units as wasm',
    build: (env) => cmake('wasm', env, { tests: true, targets: ['core_tests'] }),
    work: (env, log) => program(log, env, 'node', built('wasm', 'core', 'core_tests.js')),
  },
  {
    name: 'js',
    what: 'shim on a fake platform',
    build: buildAll,
    work: (env, log) => nodeTests(log, env, at('tests', 'js')),
  },
  {
    name: 'pack',
    what: 'the package as its users get it',
    build: buildAll,
    work: (env, log) => nodeTests(log, env, at('tests', 'pack')),
  },
  {
    name: 'e2e',
    what: 'real browsers',
    build: async (env) => {
      await buildAll(env);
      await simulator(env);
    },
    work: (env, log) =>
      program(
        log,
        env,
        'playwright',
        'test',
        '-c',
        at('tests', 'e2e', 'playwright.config.mjs'),
        '--reporter=list',
      ),
  },
];

function chosen(names) {
  const unknown = names.find((name) => !rings.some((ring) => ring.name === name));
  if (unknown)
    throw new Failure(
      `no such ring: ${unknown}; there are ${rings.map(({ name }) => name).join(', ')}`,
    );
  return names.length ? rings.filter(({ name }) => names.includes(name)) : rings;
}

async function runRing({ name, what, build, work }, env) {
  try {
    await build?.(env);
    let found;
    await step(`${name}: ${what}`, async () => {
      found = await work(env, logFile(`test-${name}`));
    });
    if (found) say(`    ${found}`);
    return true;
  } catch (error) {
    say(`${error instanceof Failure ? error.message : error.stack}\n`);
    return false;
  }
}

await script(async () => {
  const asked = chosen(process.argv.slice(2));
  const env = await setup('test');
  // Colours would get into the logs.
  env.FORCE_COLOR = '0';
  // Everything at once, unless only some rings are asked for.
  if (asked.length === rings.length) await buildAll(env, { tests: true });

  const results = new Map();
  for (const ring of asked) results.set(ring.name, await runRing(ring, env));
  const names = (result) =>
    [...results].filter(([, value]) => value === result).map(([name]) => name);
  const failed = names(false);
  if (failed.length) {
    say(`\nFailed: ${failed.join(', ')}`);
    process.exitCode = 1;
  }
  say(`${names(true).length} passed, ${failed.length} failed`);
});
