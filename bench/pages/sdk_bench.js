import { Partyline } from '/partyline/index.js';
import { offer } from './measure.js';

offer(({ url, key = 'pk_demo', iceTransportPolicy }) => {
  const events = [];
  const note =
    (level) =>
    (...words) =>
      events.push([level, ...words].join(' '));
  const logger = { debug() {}, info() {}, warn: note('warn'), error: note('error') };
  if (window.transcript) logger.transcript = window.transcript;
  const line = new Partyline({
    endpoint: url,
    key,
    logger,
    ...(iceTransportPolicy && { iceTransportPolicy }),
  });
  line.on('error', ({ error }) => events.push(`error ${error.code}`));
  let channel;
  return {
    events,
    async join(room, stream, onstream) {
      channel = await line.join(room);
      channel.on('stream-added', ({ stream: remote }) => onstream(remote));
      channel.on('error', ({ error }) => events.push(`error ${error.code}`));
      channel.on('peer-joined', ({ peer }) =>
        peer.on('connection-reset', () => events.push('connection-reset')),
      );
      await channel.publish(stream);
    },
    leave: () => line.close(),
    connection: () => [...channel.peers.values()][0].connection,
  };
});
