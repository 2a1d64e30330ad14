#!/usr/bin/env node
// `npm run bench`: what we claim about speed and size, measured. Arguments go to bench/run.mjs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buildAll } from './build.mjs';
import { at } from './lib/places.mjs';
import { script } from './lib/steps.mjs';
import { setup } from './setup.mjs';

await script(async () => {
  const env = await setup('test');
  await buildAll(env, { tests: true });
  const child = spawn('node', [at('bench', 'run.mjs'), ...process.argv.slice(2)], {
    env,
    stdio: 'inherit',
  });
  const [code] = await once(child, 'close');
  process.exitCode = code ?? 1;
});
