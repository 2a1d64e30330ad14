// Has no rooms: the second calls the first, and calls again when a connection ends.
import { Peer } from '/others/peerjs.js';

const retryMs = 300;

function offerPipe(connection, tell) {
  const take = (data) => (typeof data === 'number' ? tell.message(data) : tell.heard(String(data)));
  connection.on('open', () =>
    tell.pipe({ isOpen: () => connection.open, send: (text) => connection.send(text) }),
  );
  connection.on('data', take);
}

export async function join({ url, room, name, first, stream }, tell) {
  const { hostname, port, protocol } = new URL(url);
  const where = { host: hostname, port: Number(port), path: '/', secure: protocol === 'wss:' };
  const peer = new Peer(`${room}-${name}`, where);
  let pipe;
  const keepPipe = (connection) => {
    pipe = connection;
    offerPipe(connection, tell);
  };
  peer.on('error', ({ type }) => tell.note(`error ${type}`));
  peer.on('disconnected', () => {
    tell.note('disconnected');
    setTimeout(() => peer.reconnect(), retryMs);
  });
  peer.on('open', tell.usable);
  peer.on('connection', keepPipe);
  peer.on('call', (call) => {
    call.on('stream', tell.stream);
    call.answer(stream);
  });
  await new Promise((resolve) => peer.once('open', resolve));
  if (!first) {
    const other = `${room}-first`;
    const callAgain = () => {
      const call = peer.call(other, stream);
      call.on('stream', tell.stream);
      call.on('close', () => setTimeout(callAgain, retryMs));
    };
    callAgain();
    keepPipe(peer.connect(other, { reliable: true }));
  }
  return { send: (data) => pipe.send(data) };
}
