#!/usr/bin/env node
// `npm run docs:machines`: draws the diagrams of docs/MACHINES.md anew from the transition tables in the code.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { cmake } from './build.mjs';
import { at } from './lib/places.mjs';
import { Failure, say, script } from './lib/steps.mjs';
import { setup } from './setup.mjs';

export const page = at('docs', 'MACHINES.md');
const program = at('build', 'native', 'tests', 'sim', 'partyline-sim');
const block = /<!-- machine (\w+) -->\n\n```mermaid\n[\s\S]*?\n```\n/g;

/** What the program draws: a block for each machine's name. */
export function drawn() {
  const said = execFileSync(program, ['--machines'], { encoding: 'utf8' });
  return new Map([...said.matchAll(block)].map(([text, name]) => [name, text]));
}

/** The page with these blocks in it; every machine has its place there, once. */
export function redraw(text, diagrams) {
  const missing = new Set(diagrams.keys());
  const fresh = text.replace(block, (_, name) => {
    if (!missing.delete(name)) throw new Failure(`${name}: no machine, or there twice`);
    return diagrams.get(name);
  });
  if (missing.size) throw new Failure(`${page} has no place for ${[...missing].join(', ')}`);
  return fresh;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await script(async () => {
    const env = await setup('test');
    await cmake('native', env, { tests: true, targets: ['partyline-sim'] });
    const before = readFileSync(page, 'utf8');
    const after = redraw(before, drawn());
    writeFileSync(page, after);
    say(before === after ? 'The diagrams were right.' : 'The diagrams were drawn anew.');
  });
}
