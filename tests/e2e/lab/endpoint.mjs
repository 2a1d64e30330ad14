// The endpoint under test, as a process of its own in the tests' network.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at } from './places.mjs';
import { Server } from './processes.mjs';

export const endpointProgram = () =>
  process.env.PARTYLINE_ENDPOINT || at('build', 'native', 'endpoint', 'partyline-endpoint');

let configurations = 0;

/**
 * Starts an endpoint. `port` 0 takes a free one; `site` is a folder that it serves; `config` is what its configuration file says.
 * Endpoints with the same word for a `secret` know each other's peers.
 */
export function startEndpoint(
  network,
  { host = '127.0.0.1', port = 0, site, config, secret } = {},
) {
  const program = endpointProgram();
  if (!existsSync(program)) {
    throw new Error(`${program} is not there: npm run build`);
  }
  const flags = ['--host', host, '--port', String(port), '--log-level', 'debug'];
  if (site) flags.push('--static', site);
  if (config) {
    const file = join(network.folder, `config-${++configurations}.json`);
    writeFileSync(file, JSON.stringify(config));
    flags.push('--config', file);
  }
  if (secret) flags.push('--secret-file', join(network.folder, `secret-${secret}`));
  return Server.start(network, program, flags);
}

/** Starts a plain file server, for pages from elsewhere. */
export const startPageServer = (network, folder, port = 0) =>
  Server.start(network, process.execPath, [
    at('tests', 'e2e', 'lab', 'page_server.mjs'),
    folder,
    String(port),
  ]);
