// What calls suffer when networks fail, beside a page by hand and two other packages as they are, in turns or at the same time.
import { OneHost, TwoHosts } from './recovery_lab.mjs';
import { kinds, presentKinds } from './recovery_kinds.mjs';
import { again, drop, kill, moved, path, patienceMs } from './recovery_faults.mjs';
import { median } from './statistics.mjs';

const faults = {
  drop: { place: OneHost, run: drop },
  again: { place: OneHost, run: again },
  kill: { place: OneHost, run: kill },
  path: { place: OneHost, run: path },
  break: { place: TwoHosts, run: moved.break },
  make: { place: TwoHosts, run: moved.make },
  readdress: { place: TwoHosts, run: moved.readdress },
};

/** Returns what each round found, by fault and kind. `only` chooses faults. */
export async function recovery(_, { repeats = 2, names = presentKinds(), only, say }) {
  const found = {};
  let browser;
  for (const Place of [OneHost, TwoHosts]) {
    const chosen = Object.keys(faults).filter(
      (name) => faults[name].place === Place && (!only || only.includes(name)),
    );
    if (chosen.length === 0) continue;
    const place = await Place.open(names);
    browser = place.browser;
    try {
      for (const name of chosen) {
        found[name] = Object.fromEntries(names.map((kind) => [kind, []]));
        for (let round = 0; round < repeats; round++) {
          say(`recovery, ${name}: ${round + 1} of ${repeats}`);
          // Each is the first one at times.
          const turn = round % names.length;
          const inTurn = [...names.slice(turn), ...names.slice(0, turn)];
          const ofKinds = await faults[name].run(place, inTurn, round);
          for (const kind of names) found[name][kind].push(ofKinds[kind]);
        }
      }
    } finally {
      await place.close();
    }
  }
  return { browser, found };
}

const whole = (rounds) => rounds.filter(({ failed }) => !failed);

const ours = ({ sdk }) => whole(sdk);

/** What `words` says of each kind, and how many calls could not be looked at. */
function beside(ofKinds, words) {
  const told = Object.entries(ofKinds).map(([kind, rounds]) => {
    const good = whole(rounds);
    const lost = rounds.length - good.length;
    const title = kind === 'sdk' ? '' : `${kinds[kind].title} `;
    return `${title}${good.length ? words(good) : 'no call'}${lost ? ` (${lost} calls failed)` : ''}`;
  });
  return told.join('; ');
}

const longest = (rounds, key) => Math.max(...rounds.map((round) => round[key]));
const all = (rounds, key) => rounds.filter((round) => round[key]).length;

function gapRow(what, ofKinds) {
  const words = (rounds) =>
    `${longest(rounds, 'gap')} ms (undisturbed ${longest(rounds, 'undisturbed')})`;
  const ratio = longest(ours(ofKinds), 'gap') / longest(ours(ofKinds), 'undisturbed');
  return {
    what: `${what}: longest time without a picture`,
    value: `${ratio.toFixed(2)} × undisturbed, ${beside(ofKinds, words)}`,
    goal: 'at most 1.50 × undisturbed',
    met: ratio <= 1.5,
  };
}

function keptRow(what, ofKinds) {
  const words = (rounds) => {
    const replaced = all(rounds, 'replaced');
    return `${all(rounds, 'pipesWork')} of ${rounds.length}${replaced ? `, another connection in ${replaced}` : ''}`;
  };
  const sdk = ours(ofKinds);
  return {
    what: `${what}: data channels that still carry`,
    value: beside(ofKinds, words),
    goal: 'all, the same connection',
    met: all(sdk, 'pipesWork') === sdk.length && all(sdk, 'replaced') === 0,
  };
}

function messageRow(what, ofKinds) {
  const words = (rounds) => {
    const told = rounds.flatMap(({ messages }) => messages ?? []);
    if (told.length === 0) return 'none';
    const count = (key) => told.reduce((total, each) => total + each[key], 0);
    const disorder = told.some(({ inOrder }) => !inOrder) ? ', not each once in order' : '';
    return `${count('came')} of ${count('sent')}${disorder}`;
  };
  return {
    what: `${what}: messages sent meanwhile that came`,
    value: beside(ofKinds, words),
    goal: 'all, once, in order',
    met: ours(ofKinds).every(({ messages }) => messages?.inOrder),
  };
}

/** One that did not come while it was waited for is the longest of all. */
const never = 1e9;
const told = (ms) =>
  ms >= never / 2 ? `not within ${patienceMs / 1000} s` : `${Math.round(ms)} ms`;

/** The median, and from where to where they go. */
function timeWords(times) {
  const middle = median(times);
  const [least, most] = [Math.min(...times), Math.max(...times)];
  if (least === most) return told(most);
  return `${told(middle)} (${times.length} times, ${Math.round(least)} to ${told(most)})`;
}

function timeRow(what, ofKinds, goalMs, timesOf = (rounds) => rounds.map(({ ms }) => ms)) {
  const times = (rounds) => timesOf(rounds).map((ms) => ms ?? never);
  const middle = median(times(ours(ofKinds)));
  return {
    what,
    value: beside(ofKinds, (rounds) => timeWords(times(rounds))),
    goal: `median at most ${goalMs} ms`,
    met: middle <= goalMs,
  };
}

const usableTimes = (rounds) => rounds.flatMap(({ usable }) => usable);

/** How long it really was, in seconds: a busy machine takes its time to bring an interface up. */
const breakOf = (ofKinds) => {
  const lasted = Object.values(ofKinds).flatMap((rounds) => whole(rounds).map((r) => r.lasted));
  return lasted.length ? (median(lasted) / 1000).toFixed(1) : '1.0';
};

const rowsOf = {
  drop: (found) => [
    gapRow('every socket reset', found),
    keptRow('every socket reset', found),
    messageRow('every socket reset', found),
  ],
  again: (found) => [
    timeRow('every socket reset: from its end until usable again', found, 400, usableTimes),
  ],
  kill: (found) => [
    gapRow('endpoint killed, back after 3 s', found),
    keptRow('endpoint killed, back after 3 s', found),
    messageRow('endpoint killed, back after 3 s', found),
  ],
  path: (found) => [
    timeRow('path lost for 20 s: from its return to pictures on both sides', found, 1_200),
  ],
  break: (found) => [
    timeRow(`handover with a break of ${breakOf(found)} s: time without a picture`, found, 3_500),
  ],
  make: (found) => [timeRow('handover, the new path there before: the same', found, 6_000)],
  readdress: (found) => [timeRow('another address: the same', found, 6_000)],
};

/** A call of ours that failed misses every goal. */
const judge = (ofKinds) => (row) => ({
  ...row,
  met: row.met && whole(ofKinds.sdk).length === ofKinds.sdk.length,
});

export const recoveryRows = ({ found }) =>
  Object.entries(found).flatMap(([name, ofKinds]) => rowsOf[name](ofKinds).map(judge(ofKinds)));
