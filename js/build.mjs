#!/usr/bin/env node
// Builds js/dist: the entry and the companion, which it loads later, each an ESM file with its wasm inside; the same without wasm,
// and the wasm; a script for pages without modules; source maps; the types.
//
//   node js/build.mjs [folder of partyline_wasm.wasm and partyline_companion_wasm.wasm]
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import * as esbuild from 'esbuild';
import { encode } from './bytes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const defaultWasm = join(here, '..', 'build', 'wasm', 'wasm');

const wasmFiles = { core: 'partyline_wasm.wasm', companion: 'partyline_companion_wasm.wasm' };

/** What the names in src/modules.d.ts stand for. `slim`: without bytes of WebAssembly. */
export function partylineModules(wasm = defaultWasm, { slim = false } = {}) {
  const bytes = (name) => encode(readFileSync(join(wasm, wasmFiles[name])), name);
  const served = `export { coreModule as core, companionModule as companion } from ${JSON.stringify(join(here, 'src', 'slim', 'serve-wasm.ts'))};`;
  const nothing = 'export const companion = undefined;';
  const contents = {
    'partyline:wasm': () => (slim ? served : bytes('core') + nothing),
    'partyline:companion-wasm': () => (slim ? nothing : bytes('companion')),
    'partyline:version': () =>
      `export default ${JSON.stringify(JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')).version)};`,
  };
  const companion = slim ? './slim-companion.js' : './companion.js';
  return {
    name: 'partyline-modules',
    setup(build) {
      build.onResolve({ filter: /^partyline:/ }, ({ path }) => ({ path, namespace: 'partyline' }));
      // A file of its own beside this one, for the user's bundler to find.
      build.onResolve({ filter: /^\.\/companion\/index\.js$/ }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: companion, external: true } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'partyline' }, ({ path }) => ({
        contents: contents[path](),
        loader: 'js',
        resolveDir: here,
      }));
    },
  };
}

/** Options that tests share, so that they test what is shipped. */
export const bundleOptions = (wasm = defaultWasm, how = {}) => ({
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  minify: true,
  // Members marked @internal in the sources begin with an underscore, and nobody else may name them.
  mangleProps: /^_[a-z]/,
  reserveProps: /^__/,
  legalComments: 'none',
  plugins: [partylineModules(wasm, how)],
});

const source = (...parts) => join(here, 'src', ...parts);

/** The files of js/dist that pages load. */
const bundles = [
  {
    entryPoints: {
      index: source('index.ts'),
      companion: source('companion', 'index.ts'),
      encryption: source('encryption', 'index.ts'),
      'encryption-worker': source('encryption', 'worker.ts'),
    },
  },
  {
    slim: true,
    entryPoints: {
      slim: source('slim', 'index.ts'),
      'slim-companion': source('companion', 'index.ts'),
    },
  },
  { format: 'iife', entryPoints: { 'partyline.global': source('global.ts') } },
  {
    entryPoints: { react: source('react', 'index.ts') },
    // The one that the page has.
    external: ['partyline', 'react'],
    banner: { js: "'use client';" },
  },
];

async function bundle(wasm, dist) {
  // The same short names of internal members in all, since each entry works with a file of another.
  let mangleCache = {};
  for (const { slim = false, ...options } of bundles) {
    ({ mangleCache } = await esbuild.build({
      ...bundleOptions(wasm, { slim }),
      ...options,
      mangleCache,
      outdir: dist,
      sourcemap: true,
      sourcesContent: false,
      logLevel: 'warning',
    }));
  }
  for (const [name, file] of Object.entries(wasmFiles))
    copyFileSync(join(wasm, file), join(dist, `${name}.wasm`));
}

/** The types that the entries lead to, and no others. */
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
  for (const entry of ['index', 'slim/index', 'react/index', 'encryption/index'].map(
    (e) => `${e}.d.ts`,
  ))
    visit(join(dist, entry));
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
  await bundle(wasm, dist);
  emitTypes(dist);
  const { entry, later } = await bundledSize(join(dist, 'index.js'));
  const show = ({ bytes, brotli }) => `${bytes} bytes, ${brotli} bytes brotli`;
  const ofWasm = (name) => {
    const bytes = readFileSync(join(dist, `${name}.wasm`));
    return show({ bytes: bytes.length, brotli: brotliSize(bytes) });
  };
  console.log(`in a user's bundle, the entry: ${show(entry)} (of the wasm ${ofWasm('core')})`);
  console.log(`loaded later, the companion: ${show(later)} (of the wasm ${ofWasm('companion')})`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
