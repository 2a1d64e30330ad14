// The package as its users get it: packed, installed into a project of its own, bundled, and run.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import * as esbuild from 'esbuild';
import { bundledSize } from '../../js/build.mjs';

const js = fileURLToPath(new URL('../../js/', import.meta.url));
const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
/** What the default entry may cost a page before it is in a call: bytes of brotli, wasm included. Raising it is a commit of its own. */
const budget = 65_000;
/** What it may load afterwards. */
const laterBudget = 60_000;

let project;
before(() => {
  project = mkdtempSync(join(tmpdir(), 'partyline-pack-'));
  const quiet = { cwd: js, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', project], quiet),
  );
  writeFileSync(
    join(project, 'package.json'),
    '{ "name": "user", "private": true, "type": "module" }',
  );
  const install = ['install', '--offline', '--no-audit', '--no-fund', join(project, filename)];
  execFileSync('npm', install, { ...quiet, cwd: project });
});
after(() => rmSync(project, { recursive: true, force: true }));

const node = (code) =>
  execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: project,
    encoding: 'utf8',
  });

async function bundle(code, options = {}) {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: code, resolveDir: project },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    logLevel: 'error',
    ...options,
  });
  return outputFiles[0].contents;
}

test('the package has the bundle, its map, the types, and nothing else', () => {
  const root = join(project, 'node_modules', 'partyline');
  const { dependencies, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.equal(dependencies, undefined);
  for (const file of Object.values(exports['.'])) assert.ok(existsSync(join(root, file)), file);
  const names = readdirSync(join(root, 'dist'));
  const others = names.filter((name) => !name.endsWith('.d.ts'));
  assert.deepEqual(others.sort(), ['companion.js', 'companion.js.map', 'index.js', 'index.js.map']);
});

test('importing it in Node runs nothing, and a Partyline can be made', () => {
  const said = node(`
    const before = Object.getOwnPropertyNames(globalThis).length;
    const { Partyline, PartylineError } = await import('partyline');
    const line = new Partyline({ endpoint: 'wss://calls.example.com', key: 'pk_demo' });
    const same = Object.getOwnPropertyNames(globalThis).length === before;
    console.log(line.state, typeof PartylineError, same, process.getActiveResourcesInfo().filter((each) => /Timeout|TCP/.test(each)).length);
  `);
  assert.equal(said.trim(), 'idle function true 0');
});

test('in Node, with nothing else under way, the core loads and a join reaches for its socket', () => {
  const said = node(`
    import { Partyline } from 'partyline';
    const platform = {
      createWebSocket(url, protocol) {
        console.log('socket', url, protocol);
        process.exit();
      },
    };
    await new Partyline({ endpoint: 'wss://calls.example.com', key: 'pk', platform }).join('room');
  `);
  assert.equal(said.trim(), 'socket wss://calls.example.com partyline.v1');
});

test(`a user's bundle of it is at most ${budget} bytes of brotli, and ${laterBudget} that are loaded later`, async (t) => {
  const { entry, later } = await bundledSize(
    join(project, 'node_modules', 'partyline', 'dist', 'index.js'),
  );
  t.diagnostic(`${entry.brotli} bytes of brotli, later ${later.brotli}`);
  assert.ok(entry.brotli <= budget, `${entry.brotli} bytes`);
  assert.ok(later.brotli > 0 && later.brotli <= laterBudget, `${later.brotli} bytes later`);
});

test('what is not used costs nothing', async () => {
  const bytes = await bundle(
    `import 'partyline'; import { Partyline } from 'partyline'; console.log(1);`,
  );
  assert.ok(bytes.length < 100, `${bytes.length} bytes`);
});

for (const [module, moduleResolution] of [
  ['ESNext', 'Bundler'],
  ['NodeNext', 'NodeNext'],
]) {
  test(`the types hold for a strict user with ${moduleResolution}`, () => {
    writeFileSync(
      join(project, 'user.ts'),
      `
import { Partyline, PartylineError } from 'partyline';
import type { Channel, Peer, PartylineOptions } from 'partyline';
const options: PartylineOptions = { endpoint: ['wss://a.example.com'], key: 'pk_demo', reconnect: { giveUpAfterMs: Infinity } };
export async function call(): Promise<Channel> {
  const line = new Partyline(options);
  line.on('state', ({ from, to, retryInMs }) => console.log(from, to, retryInMs?.toFixed()));
  const channel = await line.join('room-42', { metadata: { name: 'Ann' }, signal: AbortSignal.timeout(1000) });
  const stop: () => void = channel.on('stream-added', ({ stream, peer }) => {
    const video = Object.assign(document.createElement('video'), { srcObject: stream });
    document.body.append(video, peer.id);
  });
  channel.once('peer-left', ({ peer, reason }: { peer: Peer; reason: string }) => console.log(peer.state, reason));
  channel.on('error', ({ error }) => console.log(error instanceof PartylineError && error.code === 'channel_full'));
  const publication = await channel.publish({ audio: true, video: { width: 1280 } }, { name: 'camera' });
  publication.mute('audio');
  const chat = [...channel.peers.values()][0]?.openDataChannel('chat');
  chat?.addEventListener('message', ({ data }) => console.log(data));
  stop();
  // @ts-expect-error there is no such event
  channel.on('peer-joind', () => {});
  // @ts-expect-error there is no such option
  new Partyline({ endpoint: 'wss://a', key: 'pk', iceserver: [] });
  return channel;
}
`,
    );
    const flags = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'ES2022'];
    const types = ['--lib', 'ES2022,DOM,DOM.Iterable'];
    const how = ['--module', module, '--moduleResolution', moduleResolution];
    try {
      execFileSync(process.execPath, [tsc, ...flags, ...types, ...how, 'user.ts'], {
        cwd: project,
        encoding: 'utf8',
      });
    } catch (error) {
      assert.fail(error.stdout);
    }
  });
}

const policy =
  "default-src 'none'; connect-src 'self' ws:; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; img-src data:";

/** Serves these files under the policy, and opens the page in Chromium. */
async function inChromium(files, work) {
  const server = createServer((request, response) => {
    const body = files[request.url];
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': request.url.endsWith('.js') ? 'text/javascript' : 'text/html',
      'content-security-policy': policy,
    });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) =>
    existsSync(path),
  );
  const browser = await chromium.launch({
    ...(system && { executablePath: system }),
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
  try {
    const page = await browser.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) problems.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await work(page);
    assert.deepEqual(problems, []);
  } finally {
    await browser.close();
    server.close();
  }
}

// Reports the first frame that the core sends: then it was compiled, and runs.
const firstFrame = `
  import { Partyline } from 'partyline';
  const platform = {
    createWebSocket(url, protocol) {
      const socket = { readyState: 0, send: (text) => report(url + ' ' + JSON.parse(text).type), close() {} };
      setTimeout(() => { socket.readyState = 1; socket.onopen(); });
      return socket;
    },
  };
  new Partyline({ endpoint: 'wss://calls.example.com', key: 'pk_demo', platform }).join('room').catch((error) => report(String(error)));
`;

test('a bundled page under a strict content policy', async () => {
  const page = await bundle(`const report = (said) => { document.title = said; };\n${firstFrame}`);
  const html =
    '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>';
  await inChromium({ '/': html, '/page.js': page }, async (opened) => {
    await opened.waitForFunction(() => document.title !== '');
    assert.equal(await opened.title(), 'wss://calls.example.com hello');
  });
});

test('a worker under the same policy', async () => {
  const worker = await bundle(`const report = (said) => postMessage(said);\n${firstFrame}`);
  const start = `const worker = new Worker('/worker.js', { type: 'module' });
    worker.onmessage = ({ data }) => { document.title = data; };
    worker.onerror = ({ message }) => { document.title = 'error ' + message; };`;
  const html =
    '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>';
  await inChromium({ '/': html, '/page.js': start, '/worker.js': worker }, async (opened) => {
    await opened.waitForFunction(() => document.title !== '');
    assert.equal(await opened.title(), 'wss://calls.example.com hello');
  });
});
