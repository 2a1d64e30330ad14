// How long it takes from the call of join to the first decoded picture on both sides: the package beside a page by hand, in turns,
// each time with pages that were just loaded. They rest for a moment before, as they do where somebody looks at the own picture and
// presses a button; and once they do not, and the package is even made only then.
//
// A join by one is compared with the join by the other right beside it, and of these ratios the median is told: pictures come on a
// grid of frames and machines get slower and faster for a while, so a ratio of two medians jumps from run to run.
import { join, result, within } from './lab.mjs';
import { median, quantile, sum } from './statistics.mjs';

const kinds = ['raw', 'sdk'];
const restMs = 300;

async function oneAlreadyIn(pages, room) {
  const [newcomer, resident] = pages;
  await join(resident, room);
  return join(newcomer, room);
}

async function bothAtOnce(pages, room) {
  const at = Date.now() + 150;
  return Math.min(...(await Promise.all(pages.map((page) => join(page, room, { at })))));
}

async function inTheSameBreath(pages, room) {
  const [newcomer, resident] = pages;
  await join(resident, room);
  return join(newcomer, room, { fresh: true });
}

const scenarios = {
  'one already in': { begin: oneAlreadyIn, goal: 1.1 },
  'both at once': { begin: bothAtOnce, goal: 1.1 },
  'one already in, the other loads and joins in the same breath': { begin: inTheSameBreath },
};

async function measureOnce(lab, kind, { begin, goal }, room) {
  const pages = await Promise.all([lab.page(kind), lab.page(kind)]);
  for (const page of pages) await lab.prepare(page, kind);
  if (goal) await new Promise((resolve) => setTimeout(resolve, restMs));
  const start = await begin(pages, room);
  const results = await within(30_000, Promise.all(pages.map(result)), `${kind} in ${room}`);
  for (const page of pages) await page.context().close();
  return {
    ms: Math.max(...results.map(({ first }) => first)) - start,
    longTasks: results.flatMap(({ longTasks }) => longTasks),
  };
}

function summarize(measured) {
  const times = measured.map(({ ms }) => ms);
  return {
    median: Math.round(median(times)),
    p90: Math.round(quantile(times, 0.9)),
    longTasks: measured.flatMap(({ longTasks }) => longTasks),
  };
}

export async function joinTime(lab, { pairs = 40, say }) {
  const found = {};
  for (const [name, scenario] of Object.entries(scenarios)) {
    const measured = { raw: [], sdk: [] };
    for (let pair = 0; pair < pairs; pair++) {
      for (const kind of pair % 2 ? kinds : kinds.toReversed()) {
        measured[kind].push(
          await measureOnce(lab, kind, scenario, `${name.slice(0, 20)}-${pair}-${kind}`),
        );
      }
      say(`join to first picture, ${name}: ${pair + 1} of ${pairs}`);
    }
    const ratio = median(measured.sdk.map(({ ms }, pair) => ms / measured.raw[pair].ms));
    found[name] = {
      raw: summarize(measured.raw),
      sdk: summarize(measured.sdk),
      ratio,
      goal: scenario.goal,
    };
  }
  return found;
}

export function joinTimeRows(found) {
  const rows = Object.entries(found).map(([name, { raw, sdk, ratio, goal }]) => ({
    what: `join to first picture on both sides, ${name}`,
    value: `${sdk.median} ms (p90 ${sdk.p90}), by hand ${raw.median} ms (p90 ${raw.p90}): median ratio ${ratio.toFixed(2)}`,
    goal: goal ? `median ratio at most ${goal.toFixed(2)}` : '',
    met: !goal || ratio <= goal,
  }));
  const rested = Object.values(found).filter(({ goal }) => goal);
  const tasks = rested.flatMap(({ sdk }) => sdk.longTasks);
  const raw = sum(rested.map((one) => one.raw.longTasks.length));
  rows.push({
    what: 'tasks over 50 ms on the main thread while joining',
    value: `${tasks.length}${tasks.length ? ` (median ${median(tasks)} ms, longest ${Math.max(...tasks)} ms)` : ''}, by hand ${raw}`,
    goal: 'none',
    met: tasks.length === 0,
  });
  return rows;
}
