#!/usr/bin/env node
// `npm run mutations`: puts each fault of tests/sim/mutations.mjs into a copy of the sources and says what found it. Fails where
// nothing does.
//
//   npm run mutations [-- [--only WORDS] [--seeds N]]
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mutations } from '../tests/sim/mutations.mjs';
import { at, logFile, root } from './lib/places.mjs';
import { Failure, run, say, script, step } from './lib/steps.mjs';
import { setup } from './setup.mjs';

const copy = at('build', 'mutations');
const tree = join(copy, 'tree');
const build = join(copy, 'native');
const log = logFile('mutations');

// What hangs has been found as well. In seconds of the processor, which a busy machine does not shorten.
const patience = 120;

/** The text of a file with the fault in it; a Failure where it does not fit. */
export function mutate(text, { name, file, what, by }) {
  const places = text.split(what).length - 1;
  if (places === 1) return text.replace(what, () => by);
  throw new Failure(`"${name}": its text is in ${file} ${places} times and not once`);
}

/** Writes what is not so already, so that nothing is built twice. */
function write(file, text) {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function copySources() {
  const parts = ['CMakeLists.txt', 'bench/native', 'cmake', 'core', 'endpoint', 'tests'];
  const listed = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...parts];
  const names = execFileSync('git', listed, { cwd: root, encoding: 'utf8' }).split('\0');
  for (const name of names.filter(
    (one) => /\.(cc|h|cmake|txt|jsonl)$/.test(one) && existsSync(at(one)),
  ))
    write(join(tree, name), readFileSync(at(name), 'utf8'));
}

// Quick to build rather than quick to run, and without what only a debugger reads. A fault may
// leave something unused.
const configure = (env) =>
  run(
    'cmake',
    [
      ...[
        '-S',
        tree,
        '-B',
        build,
        '-G',
        'Ninja',
        '-DPARTYLINE_TESTS=ON',
        '-DCMAKE_BUILD_TYPE=None',
      ],
      '-DCMAKE_CXX_FLAGS=-O1 -w',
    ],
    { env, cwd: copy, log, append: true },
  );

const compile = (env, ...targets) =>
  run('ninja', ['-C', build, ...targets], { env, cwd: copy, log, append: true });

const firstFailure = /^seed (\d+): (?:FAILED at \d+ ms: |ABORTED )(.*)$/m;

/** What a program says, and whether it ended well. It is not waited for once it has said `enough`. */
function ask(name, args, env, enough) {
  return new Promise((resolve) => {
    const command = [
      '-c',
      `ulimit -t ${patience} && exec "$0" "$@"`,
      join(build, 'tests', 'sim', name),
    ];
    const child = spawn('bash', [...command, ...args], { env, stdio: 'pipe' });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        said += data;
        if (enough?.test(said)) child.kill('SIGTERM');
      });
    }
    child.once('close', (code, signal) => {
      resolve({ said, ok: code === 0, hung: signal === 'SIGXCPU' || signal === 'SIGKILL' });
    });
  });
}

const unescaped = (text) =>
  text
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');

/** The first story that does not hold; nothing where all do. */
async function failingStory(env) {
  const { said, ok, hung } = await ask('sim_tests', ['~[seeds]', '-a', '-r', 'xml'], env);
  if (ok) return undefined;
  const name = [...said.matchAll(/<TestCase name="([^"]*)"/g)].at(-1)?.[1] ?? 'before the first';
  return unescaped(name) + (hung ? ' (hangs)' : '');
}

/** The first seed that fails, and how; nothing where all hold. */
async function failingSeed(env, seeds) {
  const args = ['--seeds', String(seeds)];
  const { said, ok, hung } = await ask('partyline-sim', args, env, firstFailure);
  if (ok) return undefined;
  const found = firstFailure.exec(said);
  if (found) return `${found[1]}: ${found[2]}`;
  return hung ? 'one hangs' : said.trim().split('\n').at(-1);
}

const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** What finds the fault that is in the copy now: a seed, or where none does a story. Nothing where none does, either. */
async function look(env, seeds) {
  await compile(env, 'partyline-sim');
  const seed = await failingSeed(env, seeds);
  if (seed) return `seed ${cut(seed, 110)}`;
  await compile(env, 'sim_tests');
  const story = await failingStory(env);
  return story && `story "${story}"`;
}

async function judge(mutation, env, seeds) {
  const path = join(tree, mutation.file);
  const original = readFileSync(path, 'utf8');
  try {
    writeFileSync(path, mutate(original, mutation));
    return await look(env, seeds);
  } finally {
    writeFileSync(path, original);
  }
}

function parse(args) {
  const asked = { only: '', seeds: 2000 };
  for (let i = 0; i < args.length; i += 2) {
    const name = args[i].replace(/^--/, '');
    if (!(name in asked) || args[i + 1] === undefined) {
      throw new Failure('usage: npm run mutations [-- [--only WORDS] [--seeds N]]');
    }
    asked[name] = name === 'seeds' ? Number(args[i + 1]) : args[i + 1];
  }
  return asked;
}

async function main() {
  const { only, seeds } = parse(process.argv.slice(2));
  const chosen = mutations.filter(({ name }) => name.includes(only));
  const env = await setup('test');
  mkdirSync(copy, { recursive: true });
  copySources();
  for (const mutation of chosen) mutate(readFileSync(join(tree, mutation.file), 'utf8'), mutation);
  await step('build the copy', async () => {
    await configure(env);
    await compile(env, 'partyline-sim', 'sim_tests');
  });
  const sound = await step('without a fault', () => look(env, seeds));
  if (sound) throw new Failure(`The simulator fails before anything was broken: ${sound}`);

  const survivors = [];
  for (const mutation of chosen) {
    const answer = await step(mutation.name, () => judge(mutation, env, seeds));
    say(`    ${answer || 'NOT FOUND'}`);
    if (!answer) survivors.push(mutation.name);
  }
  say(`\n${chosen.length - survivors.length} of ${chosen.length} faults were found`);
  if (survivors.length) throw new Failure(`Not found: ${survivors.join('; ')}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await script(main);
