#!/usr/bin/env node
// Gets what this machine lacks: system packages, the Emscripten toolchain, Catch2, npm packages. Knows in a moment when nothing
// is lacking.
//
//   node scripts/setup.mjs [--for start|test]
import { createHash } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as packages from './lib/packages.mjs';
import { at, cache, logFile } from './lib/places.mjs';
import { Failure, run, script, step } from './lib/steps.mjs';

const needsOf = { start: ['build'], test: ['build', 'test', 'browser'] };
const emscripten = join(cache, 'emscripten');
const catch2 = join(cache, 'catch2');
const pinned = process.env.CI ? ['--pinned'] : [];

const digest = (...texts) =>
  texts.reduce((hash, text) => hash.update(text), createHash('sha256')).digest('hex');
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, text);
  renameSync(fresh, file);
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    throw new Failure(
      `Partyline needs Node 20 or newer, and this is ${process.versions.node}: see https://nodejs.org`,
    );
  }
}

// ---- System packages ----

const canBeRoot = () =>
  process.getuid?.() === 0 || spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;

const quoted = (text) => (/^[\w./:+~=-]+$/.test(text) ? text : `'${text}'`);

const isDebian = () => packages.system().startsWith('debian');
const catch2Source = join(process.env.PARTYLINE_CATCH2 ?? catch2, 'source');

/** What set-up gets from Debian's archive, and another system has to have. */
function notFromDebian(needs) {
  if (isDebian()) return [];
  const sdk = process.env.EMSDK && join(process.env.EMSDK, 'upstream', 'emscripten');
  const missing = [];
  if (!packages.there({ probe: 'emcc>=3.1.69' }, sdk)) {
    missing.push({
      words: 'Emscripten 3.1.69 or newer, on PATH or in $EMSDK: https://emscripten.org',
    });
  }
  if (needs.includes('test') && !existsSync(join(catch2Source, 'CMakeLists.txt'))) {
    missing.push({ words: `Catch2 3.7.1, its source unpacked to ${catch2Source}` });
  }
  return missing;
}

/** Of coturn we want the program. Its package would start a relay, and again at each start of the machine; not where its unit is masked. */
async function keepRelayOff() {
  const sudo = process.getuid() === 0 ? [] : ['sudo', '-n'];
  const script = `unit=/etc/systemd/system/coturn.service
[ -e "$unit" ] || [ -L "$unit" ] || { mkdir -p "\${unit%/*}" && ln -s /dev/null "$unit"; }`;
  const [command, ...args] = [...sudo, 'sh', '-c', script];
  await run(command, args, { log: logFile('apt'), append: true });
}

async function systemPackages(needs) {
  const missing = await step('look for system packages', () => [
    ...packages.missing(packages.wanted(needs)),
    ...notFromDebian(needs),
  ]);
  if (missing.length === 0) return;

  const list = missing.map(({ words }) => `  ${words}`).join('\n');
  if (packages.system() !== 'debian 12') {
    throw new Failure(`These are missing, and this is not Debian 12, where set-up would install them:
${list}
Install them in your system's way, then run this again. Nothing has been changed.`);
  }
  if (!canBeRoot()) {
    const plain = missing.map(({ name, pattern }) =>
      pattern.startsWith('*') ? name : `${name}=${pattern}`,
    );
    const unwanted = plain.some((spec) => spec.startsWith('coturn'))
      ? 'sudo systemctl mask coturn; '
      : '';
    throw new Failure(`These are missing:
${list}
Installing them needs root. Run this, then try again; nothing has been changed:

  ${unwanted}sudo apt-get update && sudo apt-get install --no-install-recommends ${plain.map(quoted).join(' ')}`);
  }

  const apt = (...args) => {
    const sudo = process.getuid() === 0 ? [] : ['sudo', '-n'];
    const command = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
    const options = ['-o', 'DPkg::Lock::Timeout=600', ...args];
    return run(command[0], [...command.slice(1), ...options], {
      log: logFile('apt'),
      append: true,
    });
  };
  await step('update the list of Debian packages', () => apt('update'));
  if (missing.some(({ name }) => name === 'coturn')) await keepRelayOff();
  await step(`install ${missing.length} system packages`, () =>
    apt('install', '-y', '--no-install-recommends', ...missing.map(packages.aptArgument)),
  );
}

// ---- What is kept in the cache folder ----

/** Installs Emscripten unless it is there, and returns the environment that makes it usable. */
async function emscriptenEnvironment() {
  const said = await step('Emscripten toolchain (0.3 GB the first time)', async () => {
    const file = logFile('emscripten');
    const tool = at('scripts', 'emscripten-toolchain.sh');
    // Its standard output is for a shell to read, so a shell says what came of it.
    const command =
      'env=$("$0" "$@") && eval "$env" && printf "%s\\n" "$PATH" "$EMSCRIPTEN_CMAKE_TOOLCHAIN" "${EMSDK:-}" "${EM_CONFIG:-}" >"$OUT"';
    const out = `${file}.env`;
    const env = { ...process.env, OUT: out };
    await run('bash', ['-c', command, tool, ...pinned, emscripten], { log: file, env });
    return readFileSync(out, 'utf8').split('\n');
  });
  const [path, toolchain, sdk, config] = said;
  const added = path.slice(0, path.length - (process.env.PATH ?? '').length);
  return {
    prepend: added.replace(/:$/, ''),
    variables: {
      EMSCRIPTEN_CMAKE_TOOLCHAIN: toolchain,
      ...(sdk && { EMSDK: sdk }),
      ...(config && { EM_CONFIG: config }),
    },
  };
}

async function testFramework() {
  if (!isDebian()) return;
  await step('Catch2', () =>
    run('bash', [at('scripts', 'catch2.sh'), catch2], { log: logFile('catch2') }),
  );
}

// ---- npm ----

const npmStamp = at('node_modules', '.partyline-stamp');
const npmWanted = () =>
  digest(read(at('package-lock.json')), read(at('.npmrc')), process.versions.node.split('.')[0]);

async function npmPackages() {
  if (read(npmStamp) === npmWanted()) return;
  // No install script runs: what we use needs none, and some of them would download browsers.
  const env = {
    ...process.env,
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1',
    PUPPETEER_SKIP_DOWNLOAD: '1',
  };
  await step('npm packages', () =>
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: at(),
      log: logFile('npm'),
      env,
    }),
  );
  write(npmStamp, npmWanted());
}

// ---- All of it ----

/** Changes when what would be installed does. */
const recipe = () =>
  digest(
    ...[
      'setup.mjs',
      'packages.txt',
      'emscripten-toolchain.sh',
      'catch2.sh',
      'lib/debian-archive.sh',
    ].map((name) => read(at('scripts', name))),
    pinned.join(),
  );

function toolStamp(needs) {
  const file = join(cache, `setup-${needs.length}.json`);
  const key = recipe();
  const load = () => {
    try {
      const stamp = JSON.parse(read(file));
      const usable =
        stamp.key === key &&
        existsSync(stamp.emscripten.variables.EMSCRIPTEN_CMAKE_TOOLCHAIN) &&
        (!needs.includes('test') || existsSync(catch2Source)) &&
        packages.wanted(needs).every(packages.stillThere);
      return usable ? stamp : undefined;
    } catch {
      return undefined;
    }
  };
  return { load, save: (emscripten) => write(file, JSON.stringify({ key, emscripten })) };
}

/**
 * Sees to it that everything for `purpose` ('start' or 'test') is there, and returns the environment in which to build and run.
 */
export async function setup(purpose) {
  checkNode();
  const needs = needsOf[purpose];
  const stamp = toolStamp(needs);
  let tools = stamp.load()?.emscripten;
  if (!tools) {
    await systemPackages(needs);
    const installing = [emscriptenEnvironment(), npmPackages()];
    if (needs.includes('test')) installing.push(testFramework());
    const [first, ...others] = await Promise.allSettled(installing);
    const failed = [first, ...others].find(({ status }) => status === 'rejected');
    if (failed) throw failed.reason;
    tools = first.value;
    stamp.save(tools);
  }
  await npmPackages();

  const path = [at('node_modules', '.bin'), tools.prepend, process.env.PATH, '/usr/sbin', '/sbin'];
  return {
    ...process.env,
    ...tools.variables,
    PARTYLINE_CATCH2: process.env.PARTYLINE_CATCH2 ?? catch2,
    PATH: path.filter(Boolean).join(delimiter),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await script(async () => {
    const flag = process.argv.indexOf('--for');
    const purpose = flag > 0 ? process.argv[flag + 1] : 'start';
    if (!(purpose in needsOf))
      throw new Failure('usage: node scripts/setup.mjs [--for start|test]');
    await setup(purpose);
  });
}
