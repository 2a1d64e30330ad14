// The signalling server that belongs to PeerJS, as it is.
//
//   node peerjs_server.mjs [PORT]
import { createRequire } from 'node:module';
import { at } from '../tests/e2e/lab/places.mjs';

const { PeerServer } = createRequire(at('bench', 'package.json'))('peer');

PeerServer({ host: '127.0.0.1', port: Number(process.argv[2] ?? 0) }, (server) =>
  console.log(`listening on http://127.0.0.1:${server.address().port}`),
);
