// How long the core takes for one step, in the browser: what it is told while two join, from the text of an input to the text of the
// output and back into strings.
//
// Two measurements. The step by itself: a join's transcript, played again and again to new cores in a page that does nothing else.
// And the step where it happens, between all that a page and its browser do while two join, on caches that others have filled; of
// that a page's first join is told apart, where the browser still compiles. The pages are isolated, where clocks have 5 µs.
import { writeFileSync } from 'node:fs';
import { join as path } from 'node:path';
import * as esbuild from 'esbuild';
import { bundleOptions } from '../js/build.mjs';
import { at } from '../tests/e2e/lab/places.mjs';
import { join, leave, result, within } from './lab.mjs';
import { median, quantile } from './statistics.mjs';

/** Makes the page keep transcripts, and time each step: a transcript's line is written right before the step. */
function listen() {
  const { parse } = JSON;
  const { decode } = TextDecoder.prototype;
  const steps = [];
  let begun;
  window.transcript = (line) => {
    window.lines.push(line);
    begun = performance.now();
  };
  window.lines = [];
  JSON.parse = (...given) => {
    const read = performance.now();
    const value = parse(...given);
    if (begun !== undefined && value && Array.isArray(value.outputs)) {
      steps.push(Math.round((read - begun) * 1000));
    }
    begun = undefined;
    return value;
  };
  // What is beside the JSON is read after it.
  TextDecoder.prototype.decode = function (...given) {
    const before = performance.now();
    const text = decode.apply(this, given);
    if (begun === undefined && steps.length > 0) {
      steps[steps.length - 1] += Math.round((performance.now() - before) * 1000);
    }
    return text;
  };
  window.steps = steps;
}

const takeSteps = (page) => page.evaluate(() => window.steps.splice(0));
const takeLines = (page) => page.evaluate(() => window.lines.splice(0));

/** Two join and leave a channel again and again. */
async function live(lab, times, say) {
  const pages = [];
  for (let index = 0; index < 2; index++) pages.push(await lab.page('sdk', { prepare: listen }));
  const joins = [];
  let transcripts;
  for (let time = 0; time < times; time++) {
    for (const page of pages) {
      await lab.prepare(page, 'sdk');
      await join(page, `steps-${time}`);
    }
    await within(30_000, Promise.all(pages.map(result)), `steps in join ${time}`);
    joins.push((await Promise.all(pages.map(takeSteps))).flat());
    transcripts = await Promise.all(pages.map(takeLines));
    for (const page of pages) await leave(page);
    await Promise.all(pages.map(takeSteps));
    await Promise.all(pages.map(takeLines));
    say(`steps: ${time + 1} of ${times}`);
  }
  for (const page of pages) await page.context().close();
  return { joins, transcripts };
}

/** In the page: plays a transcript so many times; returns what each step took each time, in µs. */
async function play({ lines, times }) {
  const [begin, ...steps] = lines.map((line) => JSON.parse(line));
  const took = steps.map(() => []);
  let orders;
  for (let time = 0; time < times; time++) {
    const core = await window.createCore(() => begin.options, begin.seed);
    orders = [];
    for (const [index, { at, input }] of steps.entries()) {
      const before = performance.now();
      const answer = core.step(at, input);
      took[index].push((performance.now() - before) * 1000);
      orders.push(...answer.outputs.map(({ type }) => type));
    }
  }
  return { took, orders };
}

async function replay(lab, transcripts, times) {
  const source = at('js', 'src', 'loader.ts');
  await esbuild.build({
    ...bundleOptions(),
    stdin: {
      contents: `import { createCore } from ${JSON.stringify(source)}; window.createCore = createCore;`,
      resolveDir: at(),
    },
    outfile: path(lab.site, 'core.js'),
  });
  writeFileSync(path(lab.site, 'core.html'), '<script type="module" src="/core.js"></script>');
  const page = await lab.blankPage('core');
  await page.waitForFunction(() => 'createCore' in window);
  const all = [];
  for (const lines of transcripts) {
    const { took, orders } = await page.evaluate(play, { lines, times });
    if (!orders.includes('StreamAdded')) {
      throw new Error(`the transcript does not play to its end: ${orders.join(' ')}`);
    }
    all.push(...took.map(median));
  }
  await page.context().close();
  return all;
}

export async function stepTime(lab, { times = 20, say }) {
  const { joins, transcripts } = await live(lab, times, say);
  if (joins.flat().length === 0)
    throw new Error('no step was seen: the package calls its core in another way');
  const alone = await replay(lab, transcripts, 10 * times);
  return {
    alone: { steps: alone.length, median: median(alone), most: Math.max(...alone) },
    live: { median: median(joins.flat()), p90: quantile(joins.flat(), 0.9) },
    firstJoin: { median: median(joins[0]) },
  };
}

export const stepTimeRows = ({ alone, live: among, firstJoin }) => [
  {
    what: 'one step of the core of a join, median',
    value: `${Math.round(alone.median)} µs (longest of ${alone.steps}: ${Math.round(alone.most)})`,
    goal: 'at most 40 µs',
    met: alone.median <= 40,
  },
  {
    what: 'the same while the page joins, among all else that the browser does',
    value: `${Math.round(among.median)} µs (p90 ${Math.round(among.p90)}), in a page's first join ${Math.round(firstJoin.median)} µs`,
    goal: '',
    met: true,
  },
];
