// An application bundled as its author would, with `partyline` found through node_modules, and served from a folder of its own.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { startPageServer } from './endpoint.mjs';
import { at } from './places.mjs';

const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>App</title><link rel="icon" href="data:,"></head>
<body><div id="root"></div><script type="module" src="app.js"></script></body>
</html>
`;

/** Serves tests/e2e/apps/NAME. Returns the page server. */
export async function serveApp(network, name) {
  const folder = join(network.folder, name.replace(/\W/g, '-'));
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: { app: at('tests', 'e2e', 'apps', name) },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    jsx: 'automatic',
    // As in development: React then does everything twice that must bear it.
    jsxDev: true,
    define: { 'process.env.NODE_ENV': '"development"' },
    // Not that of the package's sources, beside which js/dist lies.
    tsconfigRaw: '{}',
    logLevel: 'error',
  });
  writeFileSync(join(folder, 'index.html'), html);
  return startPageServer(network, folder);
}
