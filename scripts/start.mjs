#!/usr/bin/env node
// `npm start`: gets what is missing, builds what is stale, and serves the demo. PORT changes the port.
import { buildAll } from './build.mjs';
import { at } from './lib/places.mjs';
import { serve } from './lib/serve.mjs';
import { Failure, say, script } from './lib/steps.mjs';
import { setup } from './setup.mjs';

function portAsked() {
  const text = process.env.PORT || '7400';
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535)
    throw new Failure(`PORT must be a number up to 65535, and is '${text}'`);
  return text;
}

await script(async () => {
  const port = portAsked();
  const env = await setup('start');
  await buildAll(env);
  process.exitCode = await serve(
    [
      '--port',
      port,
      '--static',
      at('demo', 'dist'),
      '--secret-file',
      at('build', 'endpoint-secret'),
    ],
    env,
    (url) => {
      say(`
  Partyline is ready: open http://localhost:${new URL(url).port} in two windows, and join the same channel.
  Ctrl-C stops it.
`);
    },
  );
});
