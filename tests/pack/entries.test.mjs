// The other ways into a page than a bundler: files as they are, by import map or script tag, and wasm served apart.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import {
  firstFrame,
  firstSaid,
  helloSaid,
  htmlOf,
  imported,
  inChromium,
  report,
  userProject,
} from './lib/project.mjs';

const user = userProject();

/** Files of the package, as a server has them under /partyline/. */
const served = (...names) =>
  Object.fromEntries(
    names.map((name) => [`/partyline/${name}`, readFileSync(join(user.installed, 'dist', name))]),
  );
const page = (script, files) =>
  inChromium({ '/': htmlOf(script), '/page.js': report + imported, ...files }, async (opened) =>
    assert.equal(await firstSaid(opened), helloSaid),
  );

test('plain HTML with an import map', async () => {
  // The policy lets no script in the page, and so no map: the page names the file, as servers without a bundler do.
  await page('<script type="module" src="/page.js"></script>', {
    '/page.js': (report + imported).replace(`'partyline'`, `'/partyline/index.js'`),
    ...served('index.js'),
  });
});

test('a script tag defines Partyline and PartylineError', async () => {
  await page(
    '<script src="/partyline/partyline.global.js"></script><script src="/page.js"></script>',
    {
      '/page.js': `${report}if (typeof PartylineError !== 'function') report('no PartylineError');\n${firstFrame}`,
      ...served('partyline.global.js'),
    },
  );
});

const slimImported = imported.replace(`'partyline'`, `'/partyline/slim.js'`);

test('partyline/slim finds core.wasm beside it', async () => {
  await page('<script type="module" src="/page.js"></script>', {
    '/page.js': report + slimImported,
    ...served('slim.js', 'core.wasm'),
  });
});

test('partyline/slim takes it from where it is told', async () => {
  const told = `import { serveWasm } from '/partyline/slim.js';\nserveWasm({ core: '/elsewhere.wasm' });\n`;
  await page('<script type="module" src="/page.js"></script>', {
    '/page.js': report + slimImported.replace(firstFrame, told + firstFrame),
    ...served('slim.js'),
    '/elsewhere.wasm': readFileSync(join(user.installed, 'dist', 'core.wasm')),
  });
});

test('partyline/slim says which file is missing', async () => {
  await inChromium(
    {
      '/': htmlOf('<script type="module" src="/page.js"></script>'),
      '/page.js': report + slimImported,
      ...served('slim.js'),
    },
    async (opened) =>
      assert.match(
        await firstSaid(opened),
        /could not be loaded: .*core\.wasm was answered with 404/,
      ),
  );
});

/** A page that joins with encryption, which waits for its worker. */
const encrypted = (options = '') =>
  report +
  `import { encryption } from 'partyline/encryption';\n` +
  imported.replace('platform }', `platform, encryption: encryption(${options}) }`);

test('partyline/encryption finds its worker beside it', async () => {
  const script = encrypted()
    .replace(`'partyline'`, `'/partyline/index.js'`)
    .replace(`'partyline/encryption'`, `'/partyline/encryption.js'`);
  await page('<script type="module" src="/page.js"></script>', {
    '/page.js': script,
    ...served('index.js', 'encryption.js', 'encryption-worker.js'),
  });
});

test('partyline/encryption, bundled by one that moves no worker: words that say what to do, and that done', async () => {
  const script = '<script type="module" src="/page.js"></script>';
  const lost = { '/': htmlOf(script), '/page.js': await user.bundle(encrypted()) };
  await inChromium(lost, async (opened) =>
    assert.match(await firstSaid(opened), /did not start.*serve 'partyline\/encryption-worker'/),
  );
  await page(script, {
    '/page.js': await user.bundle(encrypted(`{ worker: '/worker.js' }`)),
    '/worker.js': await user.bundle(`import 'partyline/encryption-worker';`),
  });
});

test('publint has nothing to say', async () => {
  const { messages } = await publint({ pkgDir: user.installed, strict: true });
  assert.deepEqual(messages, []);
});

test('types are found from every way of resolving modules that knows ESM', async () => {
  const { problems } = await checkPackage(createPackageFromTarballData(readFileSync(user.tarball)));
  const known = [
    // The package is ESM: Node's require() of it works from Node 22 on, and types say so.
    ({ kind, resolutionKind }) => kind === 'CJSResolvesToESM' && resolutionKind === 'node16-cjs',
    // Resolution of TypeScript before 4.7 knows no exports.
    ({ resolutionKind, entrypoint }) => resolutionKind === 'node10' && entrypoint !== '.',
    // A script without exports has no types, and wasm is none.
    ({ entrypoint }) =>
      /^.\/(global|encryption-worker)$/.test(entrypoint ?? '') || entrypoint?.endsWith('.wasm'),
  ];
  assert.deepEqual(
    problems.filter((problem) => !known.some((is) => is(problem))),
    [],
  );
});
