// How long the core takes for one step, in the browser, while two join: from the input's text to the output's.
//
// The package writes the input with JSON.stringify right before the call and reads the output with JSON.parse right after it. So the
// page's JSON is listened to, and the package is measured as it is shipped. The pages are isolated, where clocks have 5 µs.
import { join, result, within } from './lab.mjs';
import { median, quantile } from './statistics.mjs';

function listen() {
  const { parse, stringify } = JSON;
  const steps = [];
  let written;
  let type;
  JSON.stringify = (...given) => {
    const text = stringify(...given);
    type = given[0]?.type;
    written = performance.now();
    return text;
  };
  JSON.parse = (...given) => {
    const read = performance.now();
    const value = parse(...given);
    if (written !== undefined && value && Array.isArray(value.outputs)) {
      steps.push({ type, us: Math.round((read - written) * 1000) });
    }
    written = undefined;
    return value;
  };
  window.steps = steps;
}

async function measureOnce(lab, room) {
  const pages = [];
  for (let index = 0; index < 2; index++) {
    const page = await lab.page('sdk', { prepare: listen });
    await lab.prepare(page, 'sdk');
    await join(page, room);
    pages.push(page);
  }
  await within(30_000, Promise.all(pages.map(result)), `steps in ${room}`);
  const steps = await Promise.all(pages.map((page) => page.evaluate(() => window.steps)));
  for (const page of pages) await page.context().close();
  return steps.flat();
}

export async function stepTime(lab, { times = 10, say }) {
  const steps = [];
  for (let time = 0; time < times; time++) {
    steps.push(...(await measureOnce(lab, `steps-${time}`)));
    say(`steps: ${time + 1} of ${times}`);
  }
  if (steps.length === 0)
    throw new Error('no step was seen: the package calls its core in another way');
  const values = steps.map(({ us }) => us);
  const byType = {};
  for (const { type, us } of steps) (byType[type] ??= []).push(us);
  return {
    steps: steps.length,
    median: median(values),
    p90: quantile(values, 0.9),
    most: Math.max(...values),
    byType: Object.fromEntries(Object.entries(byType).map(([type, all]) => [type, median(all)])),
  };
}

export const stepTimeRows = ({ steps, median: middle, p90, most }) => [
  {
    what: 'one step of the core while joining, median',
    value: `${Math.round(middle)} µs (p90 ${Math.round(p90)}, most ${Math.round(most)}; ${steps} steps)`,
    goal: 'at most 40 µs',
    met: middle <= 40,
  },
];
