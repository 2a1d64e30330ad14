import { Partyline } from '/partyline/index.js';

const pipeOf = (channel, tell) => {
  channel.addEventListener('message', ({ data }) => tell.heard(data));
  return { isOpen: () => channel.readyState === 'open', send: (text) => channel.send(text) };
};

export async function join({ url, key, room, first, stream }, tell) {
  const words =
    (level) =>
    (...said) =>
      tell.note([level, ...said].join(' '));
  const logger = { debug() {}, info() {}, warn: words('warn'), error: words('error') };
  if (window.transcript) logger.transcript = window.transcript;
  const line = new Partyline({ endpoint: url, key, logger });
  line.on('state', ({ to, retryInMs }) => {
    tell.note(`line ${to}${retryInMs === undefined ? '' : `, again in ${retryInMs} ms`}`);
    if (to === 'connected') tell.usable();
  });
  const channel = await line.join(room);
  channel.on('stream-added', ({ stream: remote }) => tell.stream(remote));
  channel.on('peer-left', () => tell.note('left'));
  channel.on('peer-joined', ({ peer }) => {
    tell.note('joined');
    if (first) tell.pipe(pipeOf(peer.openDataChannel('notes'), tell));
    else peer.on('data-channel', ({ channel: pipe }) => tell.pipe(pipeOf(pipe, tell)));
  });
  await channel.publish(stream);
  if (!channel.send) return {};
  channel.on('message', ({ data }) => tell.message(data));
  return { send: (data) => channel.send(data) };
}
