// Single modules of the package's sources, for what its entry does not export.
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { partylineModules } from '../../../js/build.mjs';

export async function load(name) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [fileURLToPath(new URL(`../../../js/src/${name}.ts`, import.meta.url))],
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    write: false,
    plugins: [partylineModules()],
  });
  return import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`
  );
}
