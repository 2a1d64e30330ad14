#!/usr/bin/env node
// Builds js/dist: the entry and the companion, which it loads later, each an ESM file with its wasm inside; their source maps; the types.
//
//   node js/build.mjs [folder of partyline_wasm.wasm and partyline_companion_wasm.wasm]
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
    'partyline:companion-bytes': () =>
      encode(readFileSync(join(wasm, 'partyline_companion_wasm.wasm'))),
    'partyline:version': () =>
      `export default ${JSON.stringify(JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')).version)};`,
  };
  return {
    name: 'partyline-modules',
    setup(build) {
      build.onResolve({ filter: /^partyline:/ }, ({ path }) => ({ path, namespace: 'partyline' }));
      // A file of its own beside this one, for the user's bundler to find.
      build.onResolve({ filter: /^\.\/companion\/index\.js$/ }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: './companion.js', external: true } : undefined,
      );
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
  for (const entry of ['index.d.ts', 'encryption/index.d.ts']) visit(join(dist, entry));
  for (const name of readdirSync(dist, { recursive: true })) {
    if (name.endsWith('.d.ts') && !reached.has(join(dist, name))) rmSync(join(dist, name));
  }
}

const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
export const brotliSize = (bytes) => brotliCompressSync(bytes, { params: quality }).length;

/**
 * What the package adds to an application: everything of it, bundled and minified as users do. `entry` is what a page loads at
 * first, `later` what it loads afterwards.
 */
export async function bundledSize(entry) {
  const { outputFiles, metafile } = await esbuild.build({
    stdin: { contents: `export * from ${JSON.stringify(entry)};`, resolveDir: here },
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    outdir: '/bundled',
    write: false,
    metafile: true,
  });
  const first = new Set();
  const reach = (name) => {
    first.add(name);
    for (const { path, kind } of metafile.outputs[name].imports)
      if (kind === 'import-statement' && !first.has(path)) reach(path);
  };
  const names = Object.keys(metafile.outputs);
  reach(names.find((name) => metafile.outputs[name].entryPoint === '<stdin>'));
  const sizes = (chosen) => ({
    bytes: chosen.reduce((sum, { contents }) => sum + contents.length, 0),
    brotli: chosen.reduce((sum, { contents }) => sum + brotliSize(contents), 0),
  });
  const isFirst = (_, index) => first.has(names[index]);
  return {
    entry: sizes(outputFiles.filter(isFirst)),
    later: sizes(outputFiles.filter((file, index) => !isFirst(file, index))),
  };
}

async function main() {
  const wasm = resolve(process.argv[2] ?? defaultWasm);
  const dist = join(here, 'dist');
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  await esbuild.build({
    ...bundleOptions(wasm),
    // In one go, so that members marked @internal have the same short names in both.
    entryPoints: {
      index: join(here, 'src', 'index.ts'),
      companion: join(here, 'src', 'companion', 'index.ts'),
      encryption: join(here, 'src', 'encryption', 'index.ts'),
      'encryption-worker': join(here, 'src', 'encryption', 'worker.ts'),
    },
    outdir: dist,
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  });
  emitTypes(dist);
  const { entry, later } = await bundledSize(join(dist, 'index.js'));
  const show = ({ bytes, brotli }) => `${bytes} bytes, ${brotli} bytes brotli`;
  const ofWasm = (name) =>
    show({
      bytes: readFileSync(join(wasm, name)).length,
      brotli: brotliSize(readFileSync(join(wasm, name))),
    });
  console.log(
    `in a user's bundle, the entry: ${show(entry)} (of the wasm ${ofWasm('partyline_wasm.wasm')})`,
  );
  console.log(
    `loaded later, the companion: ${show(later)} (of the wasm ${ofWasm('partyline_companion_wasm.wasm')})`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
