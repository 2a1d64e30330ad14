// How servers of signalling listen, whichever it is: on loopback as they are, elsewhere over TLS, as browsers want it there.
//
//   --port N, --host ADDRESS, --certificate FILE, --key FILE, --relay FILE: as the endpoint's configuration has it
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    certificate: { type: 'string' },
    key: { type: 'string' },
    relay: { type: 'string' },
  },
});

export const words = positionals;
export const host = values.host;
export const port = Number(values.port);
/** { urls, secret_file } of a relay that it gives credentials for. */
export const relay = values.relay && JSON.parse(readFileSync(values.relay));
/** What it shows, where it listens over TLS. */
export const tls = values.certificate && {
  cert: readFileSync(values.certificate),
  key: readFileSync(values.key),
};

/** Says where a server listens. */
export const tell = (server) =>
  console.log(`listening on http${tls ? 's' : ''}://${host}:${server.address().port}`);

/** A server that listens, and says where. */
export function listen(answer) {
  const server = tls ? createTlsServer(tls, answer) : createServer(answer);
  return server.listen(port, host, () => tell(server));
}
