#!/usr/bin/env node
// Builds js/dist: one ESM file with the wasm inside, its source map and the types.
//
//   node js/build.mjs [folder of partyline_wasm.wasm]
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import * as esbuild from 'esbuild';
import { encode } from './bytes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const defaultWasm = join(here, '..', 'build', 'wasm', 'wasm');

/** What the names in src/modules.d.ts stand for. */
export function partylineModules(wasm = defaultWasm) {
  const contents = {
    'partyline:bytes': () => encode(readFileSync(join(wasm, 'partyline_wasm.wasm'))),
    'partyline:version': () =>
      `export default ${JSON.stringify(JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')).version)};`,
  };
  return {
    name: 'partyline-modules',
    setup(build) {
      build.onResolve({ filter: /^partyline:/ }, ({ path }) => ({ path, namespace: 'partyline' }));
      build.onLoad({ filter: /.*/, namespace: 'partyline' }, ({ path }) => ({
        contents: contents[path](),
        loader: 'js',
      }));
    },
  };
}

/** Options that tests share, so that they test what is shipped. */
export const bundleOptions = (wasm = defaultWasm) => ({
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  minify: true,
  // Members marked @internal in the sources begin with an underscore, and nobody else may name them.
  mangleProps: /^_[a-z]/,
  reserveProps: /^__/,
  legalComments: 'none',
  plugins: [partylineModules(wasm)],
});

/** The types that index.d.ts leads to, and no others. */
function emitTypes(dist) {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', here, '--outDir', dist], { stdio: 'inherit' });
  const reached = new Set();
  const visit = (file) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const [, name] of readFileSync(file, 'utf8').matchAll(
      /(?:from |import\()'(\.[^']+)\.js'/g,
    )) {
      visit(resolve(dirname(file), `${name}.d.ts`));
    }
  };
  visit(join(dist, 'index.d.ts'));
  for (const name of readdirSync(dist)) {
    if (name.endsWith('.d.ts') && !reached.has(join(dist, name))) rmSync(join(dist, name));
  }
}

const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
export const brotliSize = (bytes) => brotliCompressSync(bytes, { params: quality }).length;

/** What the package adds to an application: everything of it, bundled and minified as users do. */
export async function bundledSize(entry) {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: `export * from ${JSON.stringify(entry)};`, resolveDir: here },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  const [{ contents }] = outputFiles;
  return { bytes: contents.length, brotli: brotliSize(contents) };
}

async function main() {
  const wasm = resolve(process.argv[2] ?? defaultWasm);
  const dist = join(here, 'dist');
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  await esbuild.build({
    ...bundleOptions(wasm),
    entryPoints: [join(here, 'src', 'index.ts')],
    outfile: join(dist, 'index.js'),
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  });
  emitTypes(dist);
  const { bytes, brotli } = await bundledSize(join(dist, 'index.js'));
  const wasmBytes = readFileSync(join(wasm, 'partyline_wasm.wasm'));
  console.log(
    `${relative(process.cwd(), dist)}/index.js in a user's bundle: ${bytes} bytes, ${brotli} bytes brotli` +
      ` (of the wasm ${wasmBytes.length}, brotli ${brotliSize(wasmBytes)})`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
