// What calls suffer when networks fail, beside a page by hand and two other packages as they are, in turns or at the same time.
import { OneHost, TwoHosts } from './recovery_lab.mjs';
import { kinds, presentKinds } from './recovery_kinds.mjs';
import { drop, kill, moved, path } from './recovery_faults.mjs';
import { median } from './statistics.mjs';

const faults = {
  drop: { place: OneHost, run: drop },
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
          const ofKinds = await faults[name].run(place, names, round);
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

/** Only where the package has messages. */
function messageRows(what, ofKinds) {
  if (!ours(ofKinds).every(({ messages }) => messages)) return [];
  const words = (rounds) => {
    const told = rounds.flatMap(({ messages }) => messages ?? []);
    if (told.length === 0) return 'none';
    const count = (key) => told.reduce((total, each) => total + each[key], 0);
    const disorder = told.some(({ inOrder }) => !inOrder) ? ', not each once in order' : '';
    return `${count('came')} of ${count('sent')}${disorder}`;
  };
  return [
    {
      what: `${what}: messages sent meanwhile that came`,
      value: beside(ofKinds, words),
      goal: 'all, once, in order',
      met: ours(ofKinds).every(({ messages }) => messages.inOrder),
    },
  ];
}

/** One that never came is the longest of all. */
const neverMs = 1e9;
const middleOf = (rounds) => median(rounds.map(({ ms }) => ms ?? neverMs));

function timeWords(rounds) {
  const never = rounds.filter(({ ms }) => ms === undefined).length;
  const middle = middleOf(rounds);
  if (never === rounds.length) return 'never';
  const told = middle < neverMs / 2 ? `${Math.round(middle)} ms` : 'never';
  return `${told}${never ? ` (not in ${never} of ${rounds.length})` : ''}`;
}

function timeRow(what, ofKinds, goalMs) {
  const middle = middleOf(ours(ofKinds));
  return {
    what,
    value: beside(ofKinds, timeWords),
    goal: `median at most ${goalMs} ms`,
    met: middle <= goalMs,
  };
}

function usableRow(ofKinds) {
  const times = (rounds) => rounds.flatMap(({ usable }) => usable);
  const words = (rounds) => {
    const told = times(rounds);
    return told.length
      ? `${Math.round(median(told))} ms (${Math.min(...told)} to ${Math.max(...told)})`
      : 'never';
  };
  const own = times(ours(ofKinds));
  return {
    what: 'every socket reset: from its end until usable again',
    value: beside(ofKinds, words),
    goal: 'median at most 400 ms',
    met: own.length > 0 && median(own) <= 400,
  };
}

const rowsOf = {
  drop: (found) => [
    gapRow('every socket reset', found),
    keptRow('every socket reset', found),
    ...messageRows('every socket reset', found),
    usableRow(found),
  ],
  kill: (found) => [
    gapRow('endpoint killed, back after 3 s', found),
    keptRow('endpoint killed, back after 3 s', found),
    ...messageRows('endpoint killed, back after 3 s', found),
  ],
  path: (found) => [
    timeRow('path lost for 20 s: from its return to pictures on both sides', found, 1_200),
  ],
  break: (found) => [timeRow('handover with a break of 1 s: time without a picture', found, 3_500)],
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
