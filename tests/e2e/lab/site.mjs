// The folder that the endpoint serves to the tests: their pages, and the built package beside them.
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { at } from './places.mjs';

/** The built package. */
export const packageFolder = () => process.env.PARTYLINE_DIST || at('js', 'dist');

export function buildSite(folder, ...pages) {
  const site = join(folder, 'site');
  mkdirSync(site, { recursive: true });
  for (const page of [at('tests', 'e2e', 'pages'), ...pages])
    cpSync(page, site, { recursive: true });
  const dist = packageFolder();
  if (existsSync(dist)) cpSync(dist, join(site, 'partyline'), { recursive: true });
  return site;
}
