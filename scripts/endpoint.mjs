#!/usr/bin/env node
// `npm run endpoint -- --config FILE`: the endpoint alone. `-- --help` lists its flags.
import { native } from './build.mjs';
import { serve } from './lib/serve.mjs';
import { say, script } from './lib/steps.mjs';
import { setup } from './setup.mjs';

await script(async () => {
  const env = await setup('start');
  await native(env);
  process.exitCode = await serve(process.argv.slice(2), env, (url) => {
    say(`The endpoint listens on ${url}. Ctrl-C stops it.`);
  });
});
