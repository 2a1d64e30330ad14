// The package as its users get it: packed, and installed into a project of its own.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import * as esbuild from 'esbuild';

const js = fileURLToPath(new URL('../../../js/', import.meta.url));

/** A project that has the package installed, from before the tests of a file until after them. */
export function userProject() {
  const user = {
    /** Its folder. */
    path: '',
    /** The package file that was installed. */
    tarball: '',
    /** Where the package is in it. */
    get installed() {
      return join(user.path, 'node_modules', 'partyline');
    },
    /** Runs code in Node; returns what it said. */
    node: (code) =>
      execFileSync(process.execPath, ['--input-type=module', '-e', code], {
        cwd: user.path,
        encoding: 'utf8',
      }),
    /** Bundles code as users do. */
    async bundle(code, options = {}) {
      const { outputFiles } = await esbuild.build({
        stdin: { contents: code, resolveDir: user.path },
        bundle: true,
        minify: true,
        format: 'esm',
        write: false,
        logLevel: 'error',
        ...options,
      });
      return outputFiles[0].contents;
    },
  };
  before(() => {
    user.path = mkdtempSync(join(tmpdir(), 'partyline-pack-'));
    const quiet = { cwd: js, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };
    const [{ filename }] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--pack-destination', user.path], quiet),
    );
    user.tarball = join(user.path, filename);
    const manifest = { name: 'user', private: true, type: 'module' };
    writeFileSync(join(user.path, 'package.json'), JSON.stringify(manifest));
    const install = ['install', '--offline', '--no-audit', '--no-fund', user.tarball];
    execFileSync('npm', install, { ...quiet, cwd: user.path });
  });
  after(() => rmSync(user.path, { recursive: true, force: true }));
  return user;
}

const policy =
  "default-src 'none'; connect-src 'self' ws:; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; img-src data:";

const types = { js: 'text/javascript', wasm: 'application/wasm' };

/** Serves these files under the policy, and opens the page in Chromium. */
export async function inChromium(files, work) {
  const server = createServer((request, response) => {
    const body = files[request.url];
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': types[/\w+$/.exec(request.url)?.[0]] ?? 'text/html',
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

/** Reports the first frame that the core sends: then it was compiled, and runs. `Partyline` and `report` are there. */
export const firstFrame = `
  const platform = {
    createWebSocket(url, protocol) {
      const socket = { readyState: 0, send: (text) => report(url + ' ' + JSON.parse(text).type), close() {} };
      setTimeout(() => { socket.readyState = 1; socket.onopen?.(); });
      return socket;
    },
  };
  new Partyline({ endpoint: 'wss://calls.example.com', key: 'pk_demo', platform }).join('room').catch((error) => report(String(error)));
`;
export const imported = `import { Partyline } from 'partyline';\n${firstFrame}`;
export const report = `const report = (said) => { document.title = said; };\n`;

/** What the page says of the first frame. */
export async function firstSaid(page) {
  await page.waitForFunction(() => document.title !== '');
  return page.title();
}
export const helloSaid = 'wss://calls.example.com hello';
export const htmlOf = (script) => `<!doctype html><link rel="icon" href="data:,">${script}`;
