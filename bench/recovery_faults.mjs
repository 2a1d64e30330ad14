// What is done to calls, and what is measured then. Each takes a place, the kinds to compare, and gives what was found of each kind
// in one round.
import { lightMedia, sleep } from './recovery_call.mjs';

/** How long recovery is waited for. */
export const patienceMs = 15_000;
/** How long a call is looked at undisturbed, and again with the fault. */
const windowMs = 5_500;
const downMs = 3_000;
const afterwardsMs = 1_000;
const lostMs = 20_000;
const messagesEveryMs = 100;
/** Who has been back for so long is dropped as if for the first time. */
const heldMs = 5_500;
const dropsARound = 5;

/** Begins a call of a kind, hands it to `use` with its signalling, and ends both. */
async function withCall(place, kind, room, media, use) {
  const signalling = await place.signalling(kind);
  const way = await place.wayTo(signalling);
  let call;
  try {
    call = await place.call(kind, way.socketUrl, `${room}-${kind}`, media);
    return await use(call, { signalling, way });
  } finally {
    await call?.close();
    await way.close();
    await signalling.stop();
  }
}

/** What a call that did not come about, or whose pages fell silent, leaves. */
const failed = ({ message, told }) => ({ failed: message, told });

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
  const messages = await withMessages(call, async () => {
    await fault();
    await call.usableAgain(begun, patienceMs);
    // What a kind does when it is back belongs to it.
    await sleep(Math.max(afterwardsMs, begun + disturbedMs - Date.now()));
  });
  const gap = await call.longestGap(begun);
  return {
    undisturbed,
    gap,
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

/**
 * Calls of all kinds at a time, to all of which `fault(calls)` happens. `measure(call, what, kind)` is told what that returned:
 * the moment from which time counts, for most.
 */
async function together(place, names, room, fault, measure) {
  const found = {};
  const begin = async ([kind, ...rest], calls) => {
    if (!kind) {
      await sleep(2_000);
      const what = await fault(calls);
      const measured = calls.map(async (each) => {
        found[each.kind] = await measure(each.call, what, each.kind).catch(failed);
      });
      await Promise.all(measured);
      return;
    }
    let isSetUp = false;
    try {
      await withCall(place, kind, room, lightMedia, (call, { way }) => {
        isSetUp = true;
        return begin(rest, [...calls, { kind, call, way }]);
      });
    } catch (error) {
      if (isSetUp) throw error;
      found[kind] = failed(error);
      await begin(rest, calls);
    }
  };
  await begin(names, []);
  return found;
}

/** Every socket is reset, several times. */
export const again = (place, names, round) =>
  together(
    place,
    names,
    `again-${round}`,
    async (calls) => {
      const usable = {};
      for (let drop = 0; drop < dropsARound; drop++) {
        await sleep(heldMs);
        const moment = Date.now();
        await Promise.all(calls.map(({ way }) => way.cut()));
        const back = calls.map(({ call }) => call.usableAgain(moment, patienceMs));
        for (const [index, sides] of (await Promise.all(back)).entries()) {
          (usable[calls[index].kind] ??= []).push(...sides);
        }
      }
      return usable;
    },
    async (call, usable, kind) => ({ usable: usable[kind], told: await call.told() }),
  );

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
      const pipesWork = await call.pipesWork('after');
      return { ms: seen && Math.round(seen - restored), pipesWork, told: await call.told() };
    },
  );

/** The interfaces of one side change: returns when there was no way any more, and for how long, as seen from here. */
const moves = {
  async break({ first }) {
    const begun = Date.now();
    first.unplug('wlan0');
    await sleep(1_000);
    first.plug('wwan0');
    return { begun, lasted: Date.now() - begun };
  },
  async make({ first }) {
    first.plug('wwan0');
    await sleep(2_000);
    const begun = Date.now();
    first.unplug('wlan0');
    return { begun };
  },
  async readdress({ first }) {
    const begun = Date.now();
    first.readdress('wlan0');
    return { begun };
  },
};

/** Pictures that were on their way when the change came are not those that are waited for. */
const inFlightMs = 1_500;

async function gapAfter(call, { begun, lasted }) {
  await sleep(Math.max(0, begun + inFlightMs - Date.now()));
  const seen = await call.picturesAfter(begun + inFlightMs, patienceMs);
  // What is seen only by one side is no call.
  const pipesWork = await call.pipesWork('after');
  const ms = seen && (await call.longestGap(begun));
  return { ms, lasted, pipesWork, told: await call.told() };
}

/** Each move is what another fault is in its form. */
export const moved = Object.fromEntries(
  Object.entries(moves).map(([name, move]) => [
    name,
    async (place, names, round) => {
      try {
        return await together(place, names, `${name}-${round}`, () => move(place), gapAfter);
      } finally {
        await place.mend();
      }
    },
  ]),
);
