// Whether a join ever fails: many of them, each until pictures came on both sides. What was set up anew on the way is counted.
import { join, leave, result, within } from './lab.mjs';

const small = { hue: 'green', width: 64, height: 48, framesPerSecond: 15 };
const kind = 'sdk';
const patienceMs = 40_000;

const takeEvents = (page) => page.evaluate(() => window.bench.takeEvents());

/** One joins again and again a channel in which another stays. */
const oneAlreadyIn = {
  async begin(lab, [, resident]) {
    await lab.prepare(resident, kind, small);
    await join(resident, 'resident');
  },
  async join(lab, [newcomer, resident]) {
    await resident.evaluate(() => window.bench.again());
    await lab.prepare(newcomer, kind, small);
    await join(newcomer, 'resident');
  },
  leave: (lab, [newcomer]) => leave(newcomer),
};

/** Two join an empty channel in the same moment. */
const bothAtOnce = {
  begin: async () => {},
  async join(lab, pages, time) {
    for (const page of pages) await lab.prepare(page, kind, small);
    const at = Date.now() + 30;
    await Promise.all(pages.map((page) => join(page, `both-${time}`, at)));
  },
  leave: (lab, pages) => Promise.all(pages.map(leave)),
};

const scenarios = { 'one already in': oneAlreadyIn, 'both at once': bothAtOnce };

async function joinMany(lab, scenario, joins, tell) {
  const pages = [await lab.page(kind), await lab.page(kind)];
  const counts = { joins, connected: 0, events: {}, failures: [] };
  await scenario.begin(lab, pages);
  for (let time = 0; time < joins; time++) {
    await scenario.join(lab, pages, time);
    try {
      await within(patienceMs, Promise.all(pages.map(result)), `join ${time}`);
      counts.connected++;
    } catch (error) {
      counts.failures.push(error.message);
    }
    for (const event of (await Promise.all(pages.map(takeEvents))).flat()) {
      counts.events[event] = (counts.events[event] ?? 0) + 1;
    }
    await scenario.leave(lab, pages);
    tell(time + 1);
  }
  for (const page of pages) await page.context().close();
  return counts;
}

export async function joinReliability(lab, { joins = 200, say }) {
  const found = {};
  for (const [name, scenario] of Object.entries(scenarios)) {
    found[name] = await joinMany(lab, scenario, joins, (done) => {
      if (done % 10 === 0) say(`joins, ${name}: ${done} of ${joins}`);
    });
  }
  return found;
}

export function joinReliabilityRows(found) {
  return Object.entries(found).map(([name, { joins, connected, events, failures }]) => {
    const again = Object.entries(events).map(([event, count]) => `${count} × ${event}`);
    return {
      what: `joins that connected, ${name}`,
      value: `${connected} of ${joins}; ${again.length ? again.join('; ') : 'no watchdog acted'}${failures.length ? `; ${failures.join('; ')}` : ''}`,
      goal: 'all',
      met: connected === joins,
    };
  });
}
