#!/usr/bin/env node
// Formatting, purity, and on request clang-tidy.
//
//   node scripts/lint.mjs [--fix | --tidy]
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { native } from './build.mjs';
import { at, logFile, root } from './lib/places.mjs';
import { purity } from './lib/purity.mjs';
import { Failure, run, say, script, step } from './lib/steps.mjs';
import { setup } from './setup.mjs';

/** What git knows of, and what it would add. */
export const sources = () =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((path) => path && existsSync(at(path)))
    .map((path) => at(path));

const isCpp = (path) => /\.(cc|h)$/.test(path);

const clangFormat = (env, log, ...args) =>
  run('clang-format-14', [...args, ...sources().filter(isCpp)], {
    env,
    cwd: root,
    log,
    append: true,
  });

const prettier = (env, log, ...args) =>
  run('prettier', [...args, '--log-level', 'warn', '.'], { env, cwd: root, log, append: true });

/** Formats everything. */
export async function format(env) {
  const log = logFile('format');
  await step('clang-format', () => clangFormat(env, log, '-i'));
  await step('prettier', () => prettier(env, log, '--write'));
}

/** Looks at everything, and says all that is wrong, not only the first. */
export async function lint(env, log = logFile('lint')) {
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, '');
  const found = purity(sources());
  const checks = [
    found.length ? Promise.reject(new Failure(found.join('\n'))) : Promise.resolve(),
    clangFormat(env, `${log}.cpp`, '--dry-run', '--Werror'),
    prettier(env, `${log}.js`, '--check'),
  ];
  const failed = (await Promise.allSettled(checks)).filter(({ status }) => status === 'rejected');
  if (failed.length) throw new Failure(failed.map(({ reason }) => reason.message).join('\n\n'));
  return `${sources().length} files`;
}

// ---- clang-tidy ----

/** For each source file of the native build: what it was compiled from, of this project. */
function translationUnits() {
  const folder = at('build', 'native');
  const commands = JSON.parse(readFileSync(`${folder}/compile_commands.json`, 'utf8'));
  const units = new Map(
    commands.map(({ file, output }) => [output && resolve(folder, output), { file, from: [file] }]),
  );
  let unit;
  const deps = execFileSync('ninja', ['-C', folder, '-t', 'deps'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  for (const line of deps.split('\n')) {
    const object = /^(\S+): #deps/.exec(line)?.[1];
    if (object) unit = units.get(resolve(folder, object));
    else if (line.trim()) {
      const path = resolve(folder, line.trim());
      if (path.startsWith(root) && !path.startsWith(at('build'))) unit?.from.push(path);
    }
  }
  return [...units.values()].filter(
    ({ file }) => file.startsWith(root) && !file.startsWith(at('build')),
  );
}

/** Runs clang-tidy on what has changed since it last found nothing there. */
export async function tidy(env, log = logFile('tidy')) {
  await native(env, true);
  const rules = readFileSync(at('.clang-tidy'), 'utf8');
  const pending = [];
  for (const { file, from } of translationUnits()) {
    const stamp = at('build', 'stamps', 'tidy', relative(root, file));
    const hash = createHash('sha256').update(rules);
    for (const path of new Set(from)) hash.update(readFileSync(path));
    const key = hash.digest('hex');
    const clean = existsSync(stamp) && readFileSync(stamp, 'utf8') === key;
    if (!clean) pending.push({ file, stamp, key, size: statSync(file).size });
  }
  pending.sort((a, b) => b.size - a.size);

  const failures = [];
  const total = pending.length;
  async function worker() {
    for (let next = pending.shift(); next; next = pending.shift()) {
      const { file, stamp, key } = next;
      const own = `${log}.d/${relative(root, file).replaceAll('/', '-')}`;
      const args = [
        '-p',
        at('build', 'native'),
        '--quiet',
        '--extra-arg=-Wno-unknown-warning-option',
        file,
      ];
      try {
        await run('clang-tidy-14', args, { env, cwd: root, log: own });
        mkdirSync(dirname(stamp), { recursive: true });
        writeFileSync(stamp, key);
      } catch (error) {
        failures.push(error.message);
        say(`  clang-tidy: ${relative(root, file)}`);
      }
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  if (failures.length) throw new Failure(failures.join('\n\n'));
  return total ? `${total} changed files` : 'nothing has changed';
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await script(async () => {
    const env = await setup('test');
    if (process.argv.includes('--fix')) await format(env);
    else if (process.argv.includes('--tidy')) await step('clang-tidy', () => tidy(env));
    else await step('lint', () => lint(env));
  });
}
