// How long the core takes for one step, in the browser, while two join: from the input's text to the output's. They join again and
// again, since a page that was just loaded still compiles; that is what the first join is told apart for.
//
// The package writes the input with JSON.stringify right before the call and reads the output with JSON.parse right after it, and
// then with TextDecoder what is beside the JSON. So these are listened to, and the package is measured as it is shipped. The pages
// are isolated, where clocks have 5 µs.
import { join, leave, result, within } from './lab.mjs';
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
  const { decode } = TextDecoder.prototype;
  TextDecoder.prototype.decode = function (...given) {
    const before = performance.now();
    const text = decode.apply(this, given);
    // Before the output's text was parsed, it is part of the time already.
    if (written === undefined && steps.length > 0)
      steps.at(-1).us += Math.round((performance.now() - before) * 1000);
    return text;
  };
  window.steps = steps;
}

const takeSteps = (page) => page.evaluate(() => window.steps.splice(0));

/** Two join and leave a channel again and again; returns what each join took, in order. */
async function measure(lab, times, say) {
  const pages = [];
  for (let index = 0; index < 2; index++) pages.push(await lab.page('sdk', { prepare: listen }));
  const joins = [];
  for (let time = 0; time < times; time++) {
    for (const page of pages) {
      await lab.prepare(page, 'sdk');
      await join(page, `steps-${time}`);
    }
    await within(30_000, Promise.all(pages.map(result)), `steps in join ${time}`);
    joins.push((await Promise.all(pages.map(takeSteps))).flat());
    for (const page of pages) await leave(page);
    await Promise.all(pages.map(takeSteps));
    say(`steps: ${time + 1} of ${times}`);
  }
  for (const page of pages) await page.context().close();
  return joins;
}

export async function stepTime(lab, { times = 20, say }) {
  const joins = await measure(lab, times, say);
  const steps = joins.flat();
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
    // The browser compiles each function when it is called for the first time.
    firstJoinMedian: median(joins[0].map(({ us }) => us)),
    byType: Object.fromEntries(Object.entries(byType).map(([type, all]) => [type, median(all)])),
  };
}

export const stepTimeRows = ({ steps, median: middle, p90, firstJoinMedian }) => [
  {
    what: 'one step of the core while joining, median',
    value: `${Math.round(middle)} µs (p90 ${Math.round(p90)}; ${steps} steps), in a page's first join ${Math.round(firstJoinMedian)} µs`,
    goal: 'at most 40 µs',
    met: middle <= 40,
  },
];
