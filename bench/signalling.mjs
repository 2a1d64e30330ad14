// How much is said over the sockets until two are connected with sound and picture both ways: by both clients, sent and received.
import { join, result, within } from './lab.mjs';
import { median, sum } from './statistics.mjs';

const quietMs = 1500;

/** Counts the messages of a page's sockets. */
function counter() {
  const frames = [];
  const take =
    (way) =>
    ({ payload }) =>
      frames.push({ way, bytes: Buffer.byteLength(payload), payload });
  return {
    frames,
    watch: (page) =>
      page.on('websocket', (socket) => {
        socket.on('framesent', take('sent'));
        socket.on('framereceived', take('received'));
      }),
  };
}

/** Until nothing more was said for a while. */
async function quiet(counters) {
  const count = () => sum(counters.map(({ frames }) => frames.length));
  for (let last = -1; last !== count();) {
    last = count();
    await new Promise((resolve) => setTimeout(resolve, quietMs));
  }
}

async function countOnce(lab, kind, room) {
  const counters = [counter(), counter()];
  const pages = [];
  for (const { watch } of counters) {
    const page = await lab.page(kind, { watch });
    await lab.prepare(page, kind);
    await join(page, room);
    pages.push(page);
  }
  await within(30_000, Promise.all(pages.map(result)), `${kind} in ${room}`);
  await quiet(counters);
  // Before the first page closes, of which the other is told.
  const frames = counters.flatMap((one) => [...one.frames]);
  for (const page of pages) await page.context().close();
  return { bytes: sum(frames.map(({ bytes }) => bytes)), frames: frames.length, said: frames };
}

const summarize = (counted) => ({
  bytes: median(counted.map(({ bytes }) => bytes)),
  frames: median(counted.map(({ frames }) => frames)),
  said: counted[0].said.map(
    ({ way, bytes, payload }) => `${way} ${bytes}: ${payload.slice(0, 100)}`,
  ),
});

export async function signalling(lab, { times = 5, say }) {
  const counted = { raw: [], sdk: [] };
  for (let time = 0; time < times; time++) {
    for (const kind of Object.keys(counted)) {
      counted[kind].push(await countOnce(lab, kind, `signalling-${time}`));
    }
    say(`signalling: ${time + 1} of ${times}`);
  }
  return { raw: summarize(counted.raw), sdk: summarize(counted.sdk) };
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

export function signallingRows({ raw, sdk }) {
  return [
    {
      what: 'signalling of one set-up, both clients, sent and received',
      value: `${kilobytes(sdk.bytes)}, by hand ${kilobytes(raw.bytes)}`,
      goal: 'at most 24 kB',
      met: sdk.bytes <= 24_000,
    },
    {
      what: 'frames of one set-up, both clients, sent and received',
      value: `${sdk.frames}, by hand ${raw.frames}`,
      goal: 'at most 14',
      met: sdk.frames <= 14,
    },
  ];
}
