// Bundles the demo into demo/dist: static files that any web server can serve, from any folder.
import { build } from 'esbuild';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
await build({
  // 'partyline' is found as an application finds it: through node_modules and its package.json.
  entryPoints: { app: join(here, 'src/main.ts'), style: join(here, 'styles/style.css') },
  outdir: dist,
  bundle: true,
  format: 'esm',
  target: ['es2022', 'chrome109', 'firefox115', 'safari16.4'],
  minify: true,
  sourcemap: true,
  legalComments: 'none',
  logLevel: 'warning',
});
cpSync(join(here, 'public'), dist, { recursive: true });
