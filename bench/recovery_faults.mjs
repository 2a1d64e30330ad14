// What is done to calls, and what is measured then. Each takes a place, the kinds to compare, and gives what was found of each kind
// in one round.
import { lightMedia, sleep } from './recovery_call.mjs';

const patienceMs = 15_000;
/** How long a call is looked at undisturbed, and again with the fault. */
const windowMs = 5_500;
const downMs = 3_000;
const afterwardsMs = 1_000;
const lostMs = 20_000;
const messagesEveryMs = 100;

/** Begins a call of a kind, hands it to `use` with its signalling, and ends both. */
async function withCall(place, kind, room, media, use) {
  const signalling = await place.signalling(kind);
  const way = await place.wayTo(signalling);
  let call;
  try {
    call = await place.call(kind, place.url(way.socketUrl), `${room}-${kind}`, media);
    return await use(call, { signalling, way });
  } finally {
    await call?.close();
    await way.close();
    await signalling.stop();
  }
}

/** What a call that did not come about, or whose pages fell silent, leaves. */
const failed = (error) => ({ failed: error.message });

const connectionsOf = async (call) => (await call.facts()).map(({ connections }) => connections);

/** How many of what both sides sent came once and in order, where the kind has messages. */
async function withMessages(call, use) {
  const each = (fn, argument) => Promise.all(call.pages.map((page) => page.evaluate(fn, argument)));
  if (!(await each(() => window.recovery.hasMessages())).every(Boolean)) {
    await use();
    return undefined;
  }
  await call.each((ms) => window.recovery.sendMessages(ms), messagesEveryMs);
  await use();
  const sent = await call.each(() => window.recovery.stopMessages());
  for (const end = Date.now() + 2_000; Date.now() < end; await sleep(100)) {
    const came = (await call.facts()).map(({ messages }) => messages.length);
    if (came[0] >= sent[1] && came[1] >= sent[0]) break;
  }
  const facts = await call.facts();
  const kept = facts.map(({ messages }, side) => {
    const whole = messages.length === sent[1 - side];
    return {
      sent: sent[1 - side],
      came: new Set(messages).size,
      inOrder: messages.every((number, index) => number === index) && whole,
    };
  });
  return {
    sent: kept[0].sent + kept[1].sent,
    came: kept[0].came + kept[1].came,
    inOrder: kept.every(({ inOrder }) => inOrder),
  };
}

/** What a fault of signalling did to a call: `fault` returns when it was over. */
async function disturb(call, disturbedMs, fault) {
  await sleep(disturbedMs);
  const begun = Date.now();
  const undisturbed = await call.longestGap(begun - disturbedMs, begun);
  const before = await connectionsOf(call);
  let usable = [];
  const messages = await withMessages(call, async () => {
    await fault();
    usable = await call.usableAgain(begun, patienceMs).catch(() => []);
    // What a kind does when it is back belongs to it.
    await sleep(Math.max(afterwardsMs, begun + disturbedMs - Date.now()));
  });
  const gap = await call.longestGap(begun);
  return {
    undisturbed,
    gap,
    usable: usable.map(Math.round),
    replaced: String(await connectionsOf(call)) !== String(before),
    pipesWork: await call.pipesWork(`after ${begun}`),
    messages,
  };
}

/** Every socket is reset. */
export async function drop(place, names, round) {
  const found = {};
  for (const kind of names) {
    found[kind] = await withCall(place, kind, `drop-${round}`, undefined, (call, { way }) =>
      disturb(call, windowMs, () => way.cut()),
    ).catch(failed);
  }
  return found;
}

/** The endpoint is killed, and there again some seconds later. */
export async function kill(place, names, round) {
  const found = {};
  for (const kind of names) {
    found[kind] = await withCall(place, kind, `kill-${round}`, undefined, (call, { signalling }) =>
      disturb(call, windowMs + downMs, async () => {
        await signalling.kill();
        await sleep(downMs);
        await signalling.restart();
      }),
    ).catch(failed);
  }
  return found;
}

/** Calls of all kinds at a time, to all of which `fault` happens, which returns the moment from which time counts. */
async function together(place, names, room, fault, measure) {
  const found = {};
  const begin = async ([kind, ...rest], calls) => {
    if (!kind) {
      await sleep(2_000);
      const moment = await fault();
      const measured = Object.entries(calls).map(async ([name, call]) => {
        found[name] = await measure(call, moment).catch(failed);
      });
      await Promise.all(measured);
      return;
    }
    let isSetUp = false;
    try {
      await withCall(place, kind, room, lightMedia, (call) => {
        isSetUp = true;
        return begin(rest, { ...calls, [kind]: call });
      });
    } catch (error) {
      if (isSetUp) throw error;
      found[kind] = failed(error);
      await begin(rest, calls);
    }
  };
  await begin(names, {});
  return found;
}

/** All media is lost for long, signalling is not. */
export const path = (place, names, round) =>
  together(
    place,
    names,
    `path-${round}`,
    async () => {
      const restore = place.losePath();
      await sleep(lostMs);
      restore();
      return Date.now();
    },
    async (call, restored) => {
      const seen = await call.picturesAfter(restored, patienceMs);
      return { ms: seen && Math.round(seen - restored), pipesWork: await call.pipesWork('after') };
    },
  );

/** The interfaces of one side change: what to do, and how to undo it. */
const moves = {
  async break({ roads }) {
    const begun = Date.now();
    roads.down('wlan0');
    await sleep(1_000);
    roads.up('wwan0');
    return begun;
  },
  async make({ roads }) {
    roads.up('wwan0');
    await sleep(2_000);
    const begun = Date.now();
    roads.down('wlan0');
    return begun;
  },
  async readdress({ roads }) {
    const begun = Date.now();
    roads.readdress('wlan0', 20);
    return begun;
  },
};

/** Pictures that were on their way when the change came are not those that are waited for. */
const inFlightMs = 1_500;

async function gapAfter(call, begun) {
  await sleep(Math.max(0, begun + inFlightMs - Date.now()));
  const seen = await call.picturesAfter(begun + inFlightMs, patienceMs);
  // What is seen only by one side is no call.
  return { ms: seen && (await call.longestGap(begun)), pipesWork: await call.pipesWork('after') };
}

/** Each move is what another fault is in its form. */
export const moved = Object.fromEntries(
  Object.entries(moves).map(([name, move]) => [
    name,
    async (place, names, round) => {
      try {
        return await together(place, names, `${name}-${round}`, () => move(place), gapAfter);
      } finally {
        place.roads.down('wwan0');
        place.roads.readdress('wlan0', 10);
      }
    },
  ]),
);
