// What a page has to load: the default entry as a user's bundler emits it, everything in it, minified and compressed.
import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { at } from '../tests/e2e/lab/places.mjs';

const others = ['peerjs', 'simple-peer', '@metered-ca/realtime'];

async function sizeOf(name, resolveDir) {
  const { outputFiles, metafile } = await build({
    // Everything that the entry exports is used, so that nothing is shaken off.
    stdin: {
      contents: `export * from '${name}'; import * as all from '${name}'; globalThis.all = all;`,
      resolveDir,
    },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    // What bundlers bring, or ask for, where a package expects Node's own.
    define: { global: 'globalThis' },
    alias: { events: 'events/' },
    absWorkingDir: resolveDir,
    splitting: true,
    outdir: 'bundled',
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  // What is loaded at first; the rest comes when it is needed.
  const entry = Object.values(metafile.outputs).findIndex(
    ({ entryPoint }) => entryPoint === '<stdin>',
  );
  const { contents } = outputFiles[entry];
  const brotli = brotliCompressSync(contents, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: contents.length,
    },
  });
  return {
    minified: contents.length,
    gzip: gzipSync(contents, { level: 9 }).length,
    brotli: brotli.length,
  };
}

export async function size(_, { say }) {
  say('size');
  const found = { partyline: await sizeOf('partyline', at()) };
  for (const name of others) {
    // Installed by `npm ci --prefix bench`, for comparison only.
    if (existsSync(join(at('bench', 'node_modules'), name)))
      found[name] = await sizeOf(name, at('bench'));
  }
  return found;
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

export const sizeRows = (found) =>
  Object.entries(found).map(([name, { minified, brotli }]) => ({
    what: `size of ${name}, minified and brotli`,
    value: `${kilobytes(brotli)} (minified ${kilobytes(minified)})`,
    ...(name === 'partyline'
      ? { goal: 'at most 65 kB', met: brotli <= 65_000 }
      : { goal: '', met: true }),
  }));
