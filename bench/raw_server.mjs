// The signalling that somebody writes who needs it once: rooms, and messages passed on between those in a room. Serves the pages
// too, on the same port. Who comes back says who it was.
//
//   node raw_server.mjs FOLDER [as in listening.mjs]
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { WebSocketServer } from 'ws';
import { answerFrom } from '../tests/e2e/lab/page_server.mjs';
import { listen, relay, words } from './listening.mjs';

const rooms = new Map();
let lastId = 0;

const relaySecret = relay && readFileSync(relay.secret_file, 'utf8').trim();

/** The relay, with a credential for an hour as it shares the secret for (draft-uberti-behave-turn-rest-00). */
function iceServers(id) {
  if (!relay) return undefined;
  const username = `${Math.floor(Date.now() / 1000) + 3600}:${id}`;
  const credential = createHmac('sha1', relaySecret).update(username).digest('base64');
  return [{ urls: relay.urls, username, credential }];
}

function enter(socket, roomName, formerId) {
  const members = rooms.get(roomName) ?? new Map();
  rooms.set(roomName, members);
  lastId = Math.max(lastId, Number(formerId ?? 0));
  const id = formerId ?? String(++lastId);
  members.delete(id);
  const peers = [...members.keys()];
  socket.send(JSON.stringify({ type: 'welcome', id, peers, iceServers: iceServers(id) }));
  for (const other of members.values()) other.send(JSON.stringify({ type: 'joined', id }));
  members.set(id, socket);
  socket.once('close', () => {
    if (members.get(id) !== socket) return;
    members.delete(id);
    for (const other of members.values()) other.send(JSON.stringify({ type: 'left', id }));
    if (members.size === 0) rooms.delete(roomName);
  });
  return { id, members };
}

const sockets = new WebSocketServer({ server: listen(answerFrom(words[0])) });

sockets.on('connection', (socket) => {
  let own;
  socket.on('message', (text) => {
    const { to, ...message } = JSON.parse(text);
    if (message.type === 'join') own = enter(socket, message.room, message.id);
    else own?.members.get(to)?.send(JSON.stringify({ ...message, from: own.id }));
  });
});
