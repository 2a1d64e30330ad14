// What is compared, each with the signalling that it needs: the package, a page by hand, and two packages as they are.
import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '../tests/e2e/lab/places.mjs';

const script =
  (name, ...words) =>
  (place, port) =>
    place.startScript(at('bench', name), words, port);

/** `start(place, port)` starts its signalling there; `bundle` is what the page imports of bench/node_modules. */
export const kinds = {
  sdk: {
    title: 'partyline',
    // The name of the secret makes it know its peers when it comes back.
    start: (place, port) => place.startEndpoint({ port, secret: 'recovery' }),
  },
  raw: { title: 'by hand', start: script('raw_server.mjs', at('bench', 'pages')) },
  metered: {
    title: '@metered-ca/realtime',
    start: script('stand_in_metered.mjs'),
    bundle: { file: 'metered.js', from: '@metered-ca/realtime' },
  },
  peerjs: {
    title: 'PeerJS',
    start: script('peerjs_server.mjs'),
    bundle: { file: 'peerjs.js', from: 'peerjs' },
  },
};

/** Those whose packages are there: the others come by `npm ci --prefix bench`. */
export const presentKinds = () =>
  Object.keys(kinds).filter((name) => {
    const { bundle } = kinds[name];
    return !bundle || existsSync(at('bench', 'node_modules', bundle.from));
  });

/** Puts what the pages import beside them. */
export async function bundleKinds(site, names) {
  for (const { bundle } of names.map((name) => kinds[name])) {
    if (!bundle) continue;
    await build({
      stdin: { contents: `export * from '${bundle.from}';`, resolveDir: at('bench') },
      bundle: true,
      format: 'esm',
      platform: 'browser',
      absWorkingDir: at('bench'),
      outfile: join(site, 'others', bundle.file),
      logLevel: 'error',
    });
  }
}
