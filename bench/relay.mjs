// How long a join takes where packets go over a relay: from the call of join to the first decoded picture on both sides, the package
// beside a page by hand, in turns, each time with pages that were just loaded. Once pages want nothing but the relay, and once
// nothing but TCP to port 443 gets through, and the browser has to find that out.
import { join, media, result, within } from './lab.mjs';
import { RelayLab } from './relay_lab.mjs';
import { median, quantile } from './statistics.mjs';

const kinds = ['raw', 'sdk'];
const restMs = 300;
const patienceMs = 60_000;

const scenarios = {
  'relay only': { policy: 'relay', ratioGoal: 1.1 },
  'only port 443 open on both sides': { closed: true, longestGoal: 5_000 },
};

async function measureOnce(lab, kind, policy, room) {
  const given = { media, iceTransportPolicy: policy };
  const pages = await Promise.all([0, 1].map((side) => lab.page(kind, side, given)));
  await new Promise((resolve) => setTimeout(resolve, restMs));
  const [newcomer, resident] = pages;
  await join(resident, room);
  const start = await join(newcomer, room);
  const results = await within(patienceMs, Promise.all(pages.map(result)), `${kind} in ${room}`);
  const paths = await Promise.all(pages.map((page) => page.evaluate(() => window.bench.path())));
  for (const page of pages) await page.context().close();
  return { ms: Math.max(...results.map(({ first }) => first)) - start, paths };
}

function summarize(measured) {
  const times = measured.map(({ ms }) => ms);
  const paths = {};
  for (const path of measured.flatMap((one) => one.paths)) paths[path] = (paths[path] ?? 0) + 1;
  return {
    median: Math.round(median(times)),
    p90: Math.round(quantile(times, 0.9)),
    longest: Math.round(Math.max(...times)),
    paths,
  };
}

async function measure(lab, name, { policy, closed, ...goals }, { pairs, say }) {
  if (closed) lab.closeAllBut443();
  const measured = { raw: [], sdk: [] };
  for (let pair = 0; pair < pairs; pair++) {
    for (const kind of pair % 2 ? kinds : kinds.toReversed()) {
      const room = `${policy ?? 'all'}-${pair}-${kind}`;
      measured[kind].push(await measureOnce(lab, kind, policy, room));
    }
    say(`relay, ${name}: ${pair + 1} of ${pairs}`);
  }
  lab.internet.mend();
  const ratios = measured.sdk.map(({ ms }, pair) => ms / measured.raw[pair].ms);
  const [raw, sdk] = kinds.map((kind) => summarize(measured[kind]));
  return { raw, sdk, ratio: median(ratios), ratios, ...goals };
}

export async function relay(_, { pairs = 20, say }) {
  const lab = await RelayLab.open();
  try {
    const found = { browser: lab.browser, scenarios: {} };
    for (const [name, scenario] of Object.entries(scenarios))
      found.scenarios[name] = await measure(lab, name, scenario, { pairs, say });
    return found;
  } finally {
    await lab.close();
  }
}

const pathsOf = ({ paths }) =>
  Object.entries(paths)
    .map(([path, times]) => `${times} × ${path}`)
    .join(', ');

const goalOf = ({ ratioGoal, longestGoal }) =>
  ratioGoal ? `median ratio at most ${ratioGoal.toFixed(2)}` : `longest at most ${longestGoal} ms`;

export const relayRows = ({ scenarios: found }) =>
  Object.entries(found).flatMap(([name, one]) => {
    const { raw, sdk, ratio, ratioGoal = Infinity, longestGoal = Infinity } = one;
    const times = ({ median: middle, p90, longest }) =>
      `${middle} ms (p90 ${p90}, longest ${longest})`;
    return [
      {
        what: `join to first picture on both sides, ${name}`,
        value: `${times(sdk)}, by hand ${times(raw)}: median ratio ${ratio.toFixed(2)}`,
        goal: goalOf(one),
        met: ratio <= ratioGoal && sdk.longest <= longestGoal,
      },
      {
        what: `what the packets went over, ${name}`,
        value: `${pathsOf(sdk)}; by hand ${pathsOf(raw)}`,
        goal: 'always the relay',
        met: [sdk, raw].every(({ paths }) =>
          Object.keys(paths).every((path) => path.startsWith('relay')),
        ),
      },
    ];
  });
