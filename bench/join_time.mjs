// How long it takes from the call of join to the first decoded picture on both sides: the package beside a page by hand, in turns,
// each time with pages that were just loaded.
import { join, result, within } from './lab.mjs';
import { median, quantile, sum } from './statistics.mjs';

const kinds = ['raw', 'sdk'];

async function oneAlreadyIn(pages, room) {
  const [newcomer, resident] = pages;
  await join(resident, room);
  return join(newcomer, room);
}

async function bothAtOnce(pages, room) {
  const at = Date.now() + 150;
  return Math.min(...(await Promise.all(pages.map((page) => join(page, room, at)))));
}

const scenarios = { 'one already in': oneAlreadyIn, 'both at once': bothAtOnce };

async function measureOnce(lab, kind, begin, room) {
  const pages = await Promise.all([lab.page(kind), lab.page(kind)]);
  for (const page of pages) await lab.prepare(page, kind);
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

export async function joinTime(lab, { pairs = 20, say }) {
  const found = {};
  for (const [name, begin] of Object.entries(scenarios)) {
    const measured = { raw: [], sdk: [] };
    for (let pair = 0; pair < pairs; pair++) {
      for (const kind of pair % 2 ? kinds : kinds.toReversed()) {
        measured[kind].push(await measureOnce(lab, kind, begin, `${name}-${pair}-${kind}`));
      }
      say(`join to first picture, ${name}: ${pair + 1} of ${pairs}`);
    }
    const raw = summarize(measured.raw);
    const sdk = summarize(measured.sdk);
    found[name] = { raw, sdk, ratio: sdk.median / raw.median };
  }
  return found;
}

export function joinTimeRows(found) {
  const rows = Object.entries(found).map(([name, { raw, sdk, ratio }]) => ({
    what: `join to first picture on both sides, ${name}`,
    value: `${sdk.median} ms (p90 ${sdk.p90}), by hand ${raw.median} ms (p90 ${raw.p90}): ratio ${ratio.toFixed(2)}`,
    goal: 'ratio at most 1.10',
    met: ratio <= 1.1,
  }));
  const tasks = Object.values(found).flatMap(({ sdk }) => sdk.longTasks);
  const raw = sum(Object.values(found).map((one) => one.raw.longTasks.length));
  rows.push({
    what: 'tasks over 50 ms on the main thread while joining',
    value: `${tasks.length}${tasks.length ? ` (median ${median(tasks)} ms, longest ${Math.max(...tasks)} ms)` : ''}, by hand ${raw}`,
    goal: 'none',
    met: tasks.length === 0,
  });
  return rows;
}
