import { MeteredPeer } from '/others/metered.js';

const pipeOf = (channel, tell) => {
  channel.addEventListener('message', ({ data }) => tell.heard(data));
  return { isOpen: () => channel.readyState === 'open', send: (text) => channel.send(text) };
};

export async function join({ url, room, name, first, stream }, tell) {
  // A token, so that it comes back as the same.
  const call = new MeteredPeer({ url, tokenProvider: async () => `${room}-${name}` });
  call.on('state-change', ({ to }) => {
    tell.note(`state ${to}`);
    if (to === 'joined') tell.usable();
  });
  call.on('error', ({ err }) => tell.note(`error ${err.message}`));
  call.on('data', ({ data }) => tell.message(data));
  call.on('peer-left', () => tell.note('left'));
  call.on('peer-joined', ({ peer }) => {
    tell.note('joined');
    peer.on('stream-added', ({ stream: remote }) => tell.stream(remote));
    peer.on('connection-reset', () => tell.note('connection-reset'));
    peer.on('data-channel', ({ channel }) => tell.pipe(pipeOf(channel, tell)));
    // One that is made while both offer at once never opens.
    peer.once('stream-added', () => {
      if (first) tell.pipe(pipeOf(peer.pc.createDataChannel('notes'), tell));
    });
  });
  call.addStream(stream);
  await call.join(room);
  return { send: (data) => call.send(data) };
}
