import { offer } from './measure.js';
import { RawCall } from './raw.js';

offer(({ url, iceTransportPolicy }) => {
  const call = new RawCall();
  if (iceTransportPolicy) call.ice.iceTransportPolicy = iceTransportPolicy;
  return {
    join(room, stream, onstream) {
      call.onstream = (_, remote) => onstream(remote);
      return call.join(url, room, stream);
    },
    leave: () => call.leave(),
    connection: () => [...call.peers.values()][0].connection,
  };
});
