// What packages.txt asks for: what of it is missing here, and how to get it.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { at } from './places.mjs';

export const listFile = at('scripts', 'packages.txt');

/** The lines of packages.txt for these needs. */
export function wanted(needs) {
  return readFileSync(listFile, 'utf8')
    .split('\n')
    .filter((line) => line.trim() && !line.startsWith('#'))
    .map((line) => {
      const [need, spec, probe, words] = line.split('|').map((column) => column.trim());
      const [name, pattern] = spec.split('=', 1).concat(spec.slice(spec.indexOf('=') + 1));
      return { need, name, pattern, probe, words };
    })
    .filter((entry) => needs.includes(entry.need));
}

const searchPath = () => [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];

/** The path of the first of these commands that is there. */
function which(commands, folders = searchPath()) {
  for (const command of commands) {
    for (const folder of folders) {
      if (folder && existsSync(join(folder, command))) return join(folder, command);
    }
  }
  return undefined;
}

const atLeast = (version, least) => {
  const [a, b] = [version, least].map((text) => text.split('.').map(Number));
  const differs = b.findIndex((part, i) => (a[i] ?? 0) !== part);
  return differs < 0 || (a[differs] ?? 0) > b[differs];
};

function commandThere(probe, folder) {
  const [names, least] = probe.split('>=');
  const path = which(names.split(','), folder ? [folder, ...searchPath()] : searchPath());
  if (!path || !least) return Boolean(path);
  const said = spawnSync(path, ['--version'], { encoding: 'utf8' });
  const version = /\d+(\.\d+)+|\d+/.exec(said.stdout ?? '')?.[0];
  return Boolean(version) && atLeast(version, least);
}

function headerThere(probe) {
  const [, header, macro, least] = /^(<[^>]+>)(\w+)>=(\d+)$/.exec(probe);
  const compiler = which(['g++', 'clang++', 'c++']);
  if (!compiler) return false;
  const source = `#if __has_include(${header})\n#include ${header}\n${macro}\n#endif\n`;
  const said = spawnSync(compiler, ['-std=c++20', '-E', '-P', '-x', 'c++', '-'], {
    input: source,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return Number(said.stdout?.trim().split('\n').at(-1)) >= Number(least);
}

/** Whether what the entry's probe names is here; a command is looked for in `folder` first. */
export const there = ({ probe }, folder) =>
  probe.startsWith('<') ? headerThere(probe) : commandThere(probe, folder);

/** Whether what the entry's probe names is where it was: cheap enough for every start. */
export const stillThere = ({ probe }) =>
  probe.startsWith('<')
    ? ['/usr/include', '/usr/local/include', '/opt/homebrew/include'].some((folder) =>
        existsSync(join(folder, /<([^>]+)>/.exec(probe)[1])),
      )
    : Boolean(which(probe.split('>=')[0].split(',')));

/** 'debian 12', 'ubuntu 24.04', 'darwin'. */
export function system() {
  if (!existsSync('/etc/os-release')) return process.platform;
  const text = readFileSync('/etc/os-release', 'utf8');
  const field = (name) => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(text)?.[1] ?? '';
  return `${field('ID')} ${field('VERSION_ID')}`.trim();
}

/** The entries that this system lacks. */
export function missing(entries) {
  let installed = new Set();
  if (system() === 'debian 12') {
    const said = spawnSync(
      'dpkg-query',
      ['-W', '-f', '${db:Status-Abbrev} ${Package}\n', ...entries.map(({ name }) => name)],
      { encoding: 'utf8' },
    );
    installed = new Set(
      said.stdout.split('\n').flatMap((line) => (line.startsWith('ii ') ? line.slice(4) : [])),
    );
  }
  return entries.filter((entry) => !installed.has(entry.name) && !there(entry));
}

/** What apt-get is told to install: apt knows patterns that end in *; for others, the newest version that matches is looked up. */
export function aptArgument({ name, pattern }) {
  if (!pattern.startsWith('*')) return `${name}=${pattern}`;
  const versions = execFileSync('apt-cache', ['madison', name], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => line.split('|')[1]?.trim() ?? []);
  const wantedPart = pattern.replaceAll('*', '');
  const version = versions.find((candidate) => candidate.includes(wantedPart));
  return version ? `${name}=${version}` : `${name}=${pattern}`;
}
