// Stands in for the endpoint that @metered-ca/realtime talks to, as far as calls need it and in its kindest form: who comes back
// within a moment as the same has not left, and every subscription is answered with who is there.
//
//   node stand_in_metered.mjs [as in listening.mjs]
import { WebSocketServer } from 'ws';
import { listen } from './listening.mjs';

/** How long somebody without a socket is not reported as gone. */
const kindnessMs = 2_000;

/** Peers by id: { id, socket, channels }. */
const peers = new Map();

const membersOf = (channel) => [...peers.values()].filter(({ channels }) => channels.has(channel));
const send = (peer, message) => peer.socket?.send(JSON.stringify(message));

function presence(channel, change, except) {
  for (const member of membersOf(channel)) {
    if (member !== except)
      send(member, { type: 'presence', channel, joined: [], left: [], ...change });
  }
}

function leave(peer, channel) {
  peer.channels.delete(channel);
  presence(channel, { left: [{ peerId: peer.id }] });
}

const verbs = {
  subscribe(peer, { channel }) {
    const isNew = !peer.channels.has(channel);
    peer.channels.add(channel);
    const joined = membersOf(channel).map(({ id }) => ({ peerId: id }));
    // The first subscription learns who is there when it has been granted.
    queueMicrotask(() => send(peer, { type: 'presence', channel, joined, left: [] }));
    if (isNew) presence(channel, { joined: [{ peerId: peer.id }] }, peer);
  },
  unsubscribe: (peer, { channel }) => leave(peer, channel),
  publish(peer, { channel, data }) {
    for (const member of membersOf(channel)) {
      send(member, { type: 'message', channel, from: peer.id, data });
    }
  },
  send(peer, { to, data }) {
    const other = peers.get(to);
    if (!other) return { type: 'error', code: 'peer_not_found' };
    send(other, { type: 'direct', from: peer.id, data });
  },
};

function onMessage(peer, text) {
  const { type, requestId, ...message } = JSON.parse(text);
  if (type === 'ping') {
    send(peer, { type: 'pong' });
    return;
  }
  const refused = verbs[type]?.(peer, message);
  if (requestId) send(peer, { ...(refused ?? { type: 'ack' }), requestId });
}

function onClose(peer, socket) {
  if (peer.socket !== socket) return;
  peer.socket = undefined;
  setTimeout(() => {
    if (peer.socket) return;
    peers.delete(peer.id);
    for (const channel of [...peer.channels]) leave(peer, channel);
  }, kindnessMs);
}

new WebSocketServer({ server: listen(), path: '/v1' }).on('connection', (socket, { url }) => {
  // A token is taken for the name of who shows it.
  const id = new URL(url, 'http://localhost').searchParams.get('token');
  const peer = peers.get(id) ?? { id, channels: new Set() };
  peers.set(id, peer);
  peer.socket = socket;
  const now = Math.floor(Date.now() / 1000);
  send(peer, {
    type: 'welcome',
    peerId: id,
    expiresAt: now + 3600,
    serverTime: now,
    maxMessageSize: 65_536,
  });
  socket.on('message', (text) => onMessage(peer, text));
  socket.on('close', () => onClose(peer, socket));
});
