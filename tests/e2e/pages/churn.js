// A page that comes and goes hundreds of times, in all the ways in which applications do, `window.churn`.
import { Partyline } from '/partyline/index.js';
import { source } from './source.js';

const nextEvent = (emitter, type) => new Promise((resolve) => emitter.on(type, resolve));
const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let options;
let rooms = 0;
const emptyRoom = () => `empty-${++rooms}`;

/** What the objects of interest inherit from. */
const prototypes = {};

async function withLine(use) {
  const line = new Partyline(options);
  prototypes.Partyline ??= Object.getPrototypeOf(line);
  try {
    await use(line);
  } finally {
    line.close();
  }
}

/** The code that a join is refused with. */
const refusal = (join) => join.then(() => 'joined').catch(({ code }) => code);

const ways = {
  /** One line, many channels, a few at a time. */
  joinAndLeave: (times) =>
    withLine(async (line) => {
      const some = Math.min(8, times);
      const visit = async () => {
        const channel = await line.join(emptyRoom());
        prototypes.Channel ??= Object.getPrototypeOf(channel);
        await channel.leave();
      };
      for (let done = 0; done < times; done += some)
        await Promise.all(Array(some).fill().map(visit));
    }),

  /** As React does in development: mounted, unmounted at once, and mounted again. */
  async mountTwice(times) {
    for (let time = 0; time < times; time++) {
      const room = emptyRoom();
      const first = new Partyline(options);
      const join = refusal(first.join(room));
      first.close();
      if ((await join) !== 'closed') throw new Error(`a closed line says ${await join}`);
      await withLine((line) => line.join(room));
    }
  },

  /** Closed at any moment of connecting. */
  async closeInTheMiddle(times) {
    for (let time = 0; time < times; time++) {
      const line = new Partyline(options);
      const join = refusal(line.join(emptyRoom()));
      await after(time % 30);
      line.close();
      await join;
    }
  },

  /** The join is given up at any moment. */
  abort: (times) =>
    withLine(async (line) => {
      for (let time = 0; time < times; time++) {
        const controller = new AbortController();
        const join = refusal(line.join(emptyRoom(), { signal: controller.signal }));
        await after(time % 10);
        controller.abort();
        if ((await join) === 'joined') await [...line.channels.values()].at(-1)?.leave();
      }
    }),

  /** In a room with somebody whose stream comes by a connection. */
  async meet(times, room) {
    const stream = await source({ hue: 'red' });
    await withLine(async (line) => {
      for (let time = 0; time < times; time++) {
        const channel = await line.join(room);
        await channel.publish(stream);
        const { peer } = await nextEvent(channel, 'stream-added');
        prototypes.Peer ??= Object.getPrototypeOf(peer);
        peer.openDataChannel('notes');
        await channel.leave();
      }
    });
    for (const track of stream.getTracks()) track.stop();
  },
};

window.churn = {
  prototypes,
  open: (given) => void (options = given),
  go: (way, times, room) => ways[way](times, room),
};
