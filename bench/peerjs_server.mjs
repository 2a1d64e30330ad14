// The signalling server that belongs to PeerJS, as it is.
//
//   node peerjs_server.mjs [as in listening.mjs]
import { createRequire } from 'node:module';
import { at } from '../tests/e2e/lab/places.mjs';
import { host, port, tell, tls } from './listening.mjs';

const { PeerServer } = createRequire(at('bench', 'package.json'))('peer');

PeerServer({ host, port, ...(tls && { ssl: tls }) }, tell);
