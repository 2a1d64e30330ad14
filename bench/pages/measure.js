// What both kinds of page measure alike: from the call of join to the first decoded picture of somebody else.
import { source } from '/source.js';

/** Milliseconds on a clock that all pages of a machine share. */
export const now = () => performance.timeOrigin + performance.now();

/** Waits for a moment without giving the thread away in the last milliseconds, so that two pages begin together. */
export async function until(moment) {
  const spare = moment - now() - 5;
  if (spare > 0) await new Promise((resolve) => setTimeout(resolve, spare));
  while (now() < moment);
}

/** Resolves with the moment at which the first picture of a stream was decoded and shown. */
export function firstPicture(stream) {
  const video = Object.assign(document.createElement('video'), {
    srcObject: stream,
    autoplay: true,
    playsInline: true,
    muted: true,
    width: 96,
  });
  document.body.append(video);
  return new Promise((resolve) =>
    video.requestVideoFrameCallback(() => {
      const moment = now();
      video.remove();
      resolve(moment);
    }),
  );
}

/** Tasks of more than 50 ms on the main thread, as the browser counts them. */
export function longTasks() {
  const found = [];
  const take = (entries) => found.push(...entries.map(({ duration }) => Math.round(duration)));
  const observer = new PerformanceObserver((list) => take(list.getEntries()));
  observer.observe({ type: 'longtask' });
  return {
    end() {
      take(observer.takeRecords());
      observer.disconnect();
      return found;
    },
  };
}

/** What packets go over, in words. */
async function pathOf(connection) {
  const statistics = await connection.getStats();
  const transport = [...statistics.values()].find(({ type }) => type === 'transport');
  const pair = statistics.get(transport?.selectedCandidatePairId);
  if (!pair) return 'none';
  const ends = [pair.localCandidateId, pair.remoteCandidateId].map((id) => statistics.get(id));
  if (ends.every(({ candidateType }) => candidateType !== 'relay')) return 'direct';
  return `relay over ${ends[0].relayProtocol ?? ends[0].protocol}`;
}

/**
 * Gives the test `window.bench` for one kind of page. `make({ url, key, iceTransportPolicy })` makes what joins, without touching the
 * network; that has `join(room, stream, onstream)`, which resolves when it is in, `leave()`, and `connection()` with the other one.
 */
export function offer(make) {
  let stream;
  let joiner;
  let remake;
  let tasks;
  let seen;
  let see;
  const again = () => {
    seen = new Promise((resolve) => (see = resolve));
  };

  window.bench = {
    async prepare({ media, ...given }) {
      stream ??= await source(media);
      remake = () => (joiner = make(given));
      remake();
      again();
    },

    /** Joins, at a moment where one is given, and resolves when we are in; returns when it was called. */
    async join({ room, at, fresh }) {
      if (at) await until(at);
      tasks = longTasks();
      const start = now();
      if (fresh) remake();
      await joiner.join(room, stream, (remote) => see(firstPicture(remote)));
      return start;
    },

    /** Waits for the first picture of the next stream. */
    again,

    /** When the first picture came, and which long tasks there were until then. */
    async result() {
      return { first: await seen, longTasks: tasks.end() };
    },

    leave: () => joiner.leave(),
    path: () => pathOf(joiner.connection()),
    /** What was noteworthy since this was last asked. */
    takeEvents: () => joiner.events.splice(0),
  };
}
