#!/usr/bin/env node
// `npm run sim -- --seed N`: the simulator. `-- --help` lists its flags.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cmake } from './build.mjs';
import { at } from './lib/places.mjs';
import { script } from './lib/steps.mjs';
import { setup } from './setup.mjs';

await script(async () => {
  const env = await setup('test');
  await cmake('native', env, { tests: true, targets: ['partyline-sim'] });
  const program = at('build', 'native', 'tests', 'sim', 'partyline-sim');
  const child = spawn(program, process.argv.slice(2), { env, stdio: 'inherit' });
  const [code] = await once(child, 'close');
  process.exitCode = code ?? 1;
});
