import { Partyline } from '/partyline/index.js';
import { offer } from './measure.js';

offer((url) => {
  const events = [];
  const note =
    (level) =>
    (...words) =>
      events.push([level, ...words].join(' '));
  const logger = { debug() {}, info() {}, warn: note('warn'), error: note('error') };
  if (window.transcript) logger.transcript = window.transcript;
  const line = new Partyline({ endpoint: url, key: 'pk_demo', logger });
  line.on('error', ({ error }) => events.push(`error ${error.code}`));
  return {
    events,
    async join(room, stream, onstream) {
      const channel = await line.join(room);
      channel.on('stream-added', ({ stream: remote }) => onstream(remote));
      channel.on('error', ({ error }) => events.push(`error ${error.code}`));
      channel.on('peer-joined', ({ peer }) =>
        peer.on('connection-reset', () => events.push('connection-reset')),
      );
      await channel.publish(stream);
    },
    leave: () => line.close(),
  };
});
