#!/usr/bin/env node
// Builds what is stale: native programs, wasm, the package, the demo. Ninja knows for C++; for the rest see lib/stale.mjs.
//
//   node scripts/build.mjs [native|sanitizers|thread|wasm|package|demo]...
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { at, logFile } from './lib/places.mjs';
import { Failure, run, script, step } from './lib/steps.mjs';
import { whenStale } from './lib/stale.mjs';
import { setup } from './setup.mjs';

/** Whether a tree is configured as asked: with its tests or without, and by the tools that are in use now. */
function configuredFor(folder, tests, env) {
  const cacheFile = join(folder, 'CMakeCache.txt');
  if (!existsSync(cacheFile) || !existsSync(join(folder, 'build.ninja'))) return false;
  const text = readFileSync(cacheFile, 'utf8');
  const toolchain = /^CMAKE_TOOLCHAIN_FILE:\w+=(.*)$/m.exec(text)?.[1];
  return (
    (!tests || text.includes('PARTYLINE_TESTS:BOOL=ON')) &&
    (!toolchain || toolchain === env.EMSCRIPTEN_CMAKE_TOOLCHAIN)
  );
}

/**
 * Builds one CMake preset. Without tests what runs is built, so that `npm start` needs no test framework; a tree that has its
 * tests keeps them.
 */
export async function cmake(preset, env, { tests = false, targets = [], defines = [] } = {}) {
  const folder = at('build', preset);
  const log = logFile(preset);
  const options = { cwd: at(), env, append: true, log };
  await run('true', [], { ...options, append: false });
  if (!configuredFor(folder, tests, env)) {
    await step(`configure ${preset}`, () =>
      run(
        'cmake',
        ['--preset', preset, `-DPARTYLINE_TESTS=${tests ? 'ON' : 'OFF'}`, ...defines],
        options,
      ),
    );
  }
  // A build that has nothing to do is not worth a line.
  const build = ['--build', folder, ...targets.flatMap((target) => ['--target', target])];
  const idle = await run('ninja', ['-n', '-C', folder, ...targets], {
    ...options,
    log: `${log}.idle`,
    append: false,
  }).then(
    (last) => last.includes('no work to do'),
    () => false,
  );
  if (!idle) await step(`build ${preset}`, () => run('cmake', build, options), log);
}

/** The endpoint; with `tests`, every native program. */
export const native = (env, tests) =>
  cmake('native', env, { tests, targets: tests ? [] : ['partyline-endpoint'] });

/** The module that the package carries; with `tests`, the core's tests as well. */
export const wasm = (env, tests) =>
  cmake('wasm', env, { tests, targets: tests ? [] : ['partyline_wasm'] });

const common = [at('package-lock.json'), at('scripts', 'build.mjs')];

export async function packageOf(env) {
  const outputs = [at('js', 'dist')];
  const inputs = [...common, at('js'), at('build', 'wasm', 'wasm', 'partyline_wasm.wasm')];
  await whenStale('package', { inputs, outputs }, () =>
    step('build the package', () =>
      run('npm', ['run', 'build', '-w', 'partyline'], { cwd: at(), env, log: logFile('package') }),
    ),
  );
}

export async function demo(env) {
  const inputs = [
    ...common,
    at('demo'),
    at('build', 'stamps', 'package'),
    at('js', 'package.json'),
  ];
  await whenStale('demo', { inputs, outputs: [at('demo', 'dist', 'index.html')] }, () =>
    step('build the demo', () =>
      run('node', [at('demo', 'build.mjs')], { cwd: at(), env, log: logFile('demo') }),
    ),
  );
}

/** All that `npm start` runs; with `tests`, what the tests need of the same trees as well. */
export async function buildAll(env, { tests = false } = {}) {
  // Each of the two compilers keeps all processors busy, so one after the other is as fast, and easier to read.
  await wasm(env, tests);
  const page = async () => {
    await packageOf(env);
    await demo(env);
  };
  const done = await Promise.allSettled([native(env, tests), page()]);
  const failed = done.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await script(async () => {
    const parts = {
      native: (env) => native(env, true),
      wasm: (env) => wasm(env, true),
      package: packageOf,
      demo,
      sanitizers: (env) => cmake('sanitizers', env, { tests: true }),
      thread: (env) => cmake('thread', env, { tests: true }),
    };
    const asked = process.argv.slice(2);
    const unknown = asked.find((name) => !(name in parts));
    if (unknown)
      throw new Failure(`no such part: ${unknown}; there are ${Object.keys(parts).join(', ')}`);
    const needsTests = asked.some((name) => !['package', 'demo'].includes(name));
    const env = await setup(needsTests ? 'test' : 'start');
    if (asked.length === 0) await buildAll(env);
    for (const name of asked) await parts[name](env);
  });
}
