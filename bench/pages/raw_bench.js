import { offer } from './measure.js';
import { RawCall } from './raw.js';

offer((url) => {
  const call = new RawCall();
  return {
    join(room, stream, onstream) {
      call.onstream = (_, remote) => onstream(remote);
      return call.join(url, room, stream);
    },
    leave: () => call.leave(),
  };
});
