// Pages that nobody looks at: their timers are late, they are stopped, they are left and come back.
import { startEndpoint } from './lab/endpoint.mjs';
import { expectSame, reportTimes } from './lab/sameness.mjs';
import { countFrames, freeze, hide, launchTabs } from './lab/tabs.mjs';
import {
  expect,
  expectCall,
  expectToPerceive,
  green,
  meet,
  red,
  test as base,
} from './lab/test.mjs';

const test = base.extend({
  tabs: [
    async ({ network }, use) => {
      const tabs = await launchTabs(network);
      await use(tabs);
      await tabs.close();
    },
    { scope: 'worker' },
  ],

  /** An endpoint with its own timing. */
  hasty: async ({ network, site }, use) => {
    const endpoints = [];
    await use(async (timing) => {
      const config = { timing, development_key: true };
      endpoints.push(await startEndpoint(network, { site, config }));
      return endpoints.at(-1);
    });
    for (const endpoint of endpoints) await endpoint.stop();
  },

  /** Ann in a tab, and Bob, in a call. */
  call: async ({ tabs, enter, room }, use) => {
    await use(async (endpoint) => {
      const ann = await enter('Ann', { browser: tabs, endpoint });
      const bob = await enter('Bob', { endpoint });
      const media = await meet(room, ann, bob);
      for (const client of media.keys()) await client.remember();
      return { ann, bob, media };
    });
  },
});

// All of it takes its time, and more on a busy machine.
test.describe.configure({ timeout: 120_000 });

/** Waits until timers of the page are late as those of hidden pages are: they come once a second. */
async function expectThrottled({ page }) {
  await page.evaluate(() => {
    window.ticks = [];
    setInterval(() => window.ticks.push(performance.now()), 50);
  });
  const slowest = () => {
    const apart = window.ticks.slice(1).map((time, i) => time - window.ticks[i]);
    return Math.max(0, ...apart);
  };
  await expect.poll(() => page.evaluate(slowest)).toBeGreaterThan(900);
}

test('scenario 4: a tab in the background for many heartbeats', async ({ hasty, call }) => {
  // A page whose timers fire once a second is late for each of these heartbeats.
  const endpoint = await hasty({ heartbeat_ms: 250, silence_timeout_ms: 4_000 });
  const { ann, bob, media } = await call(endpoint);
  const other = await hide(ann.page);
  await expectThrottled(ann);
  const sent = await countFrames(ann.page);
  await expect.poll(() => sent.ping ?? 0, { timeout: 40_000 }).toBeGreaterThan(8);
  expect((await ann.report()).line.events).toEqual(['idle connecting', 'connecting connected']);
  expect((await bob.roomReport()).peerStates).toEqual(['Ann connected']);
  await other.close();
  await ann.page.bringToFront();
  await expectCall(media);
  for (const client of media.keys()) {
    const { different, events } = await client.compare();
    expect({ different, events }).toEqual({ different: [], events: [] });
  }
});

test('scenario 4: ten minutes in which timers fire once a minute', async ({ enter, room }) => {
  const ann = await enter('Ann', { line: false });
  await ann.page.clock.install();
  await ann.page.reload();
  let pongs = 0;
  ann.page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => (pongs += payload.includes('"pong"') ? 1 : 0)),
  );
  await ann.open();
  await ann.join(room);
  for (let minute = 1; minute <= 10; minute++) {
    const before = pongs;
    await ann.page.clock.fastForward('01:00');
    await expect.poll(() => pongs, { message: `minute ${minute}` }).toBeGreaterThan(before);
  }
  expect((await ann.report()).line.events).toEqual(['idle connecting', 'connecting connected']);
  const bob = await enter('Bob');
  await bob.join(room);
  await bob.expectEvent('peer-joined Ann');
});

test('scenario 5: a page is frozen and goes on', async ({ hasty, call }) => {
  const endpoint = await hasty({ heartbeat_ms: 500, silence_timeout_ms: 2_000 });
  const { ann, bob, media } = await call(endpoint);
  ann.mayComplain = true;
  const other = await hide(ann.page);
  const goOn = await freeze(ann.page);
  await expect.poll(async () => (await bob.roomReport()).peerStates).toContain('Ann away');
  await goOn();
  await other.close();
  await ann.page.bringToFront();
  await expectCall(media);
  await bob.expectPeers(ann);
  await ann.expectPeers(bob);
  expect((await ann.compare()).events).toEqual([
    'state joined reconnecting',
    'state reconnecting joined',
  ]);
  await expectSame(media.keys());
  await reportTimes(media.keys());
});

test('scenario 5: a page comes back from the back-forward cache', async ({
  tabs,
  endpoint,
  enter,
  room,
}) => {
  test.fixme(true, 'Chromium restores the page in some runs only, and why is not known yet');
  // Alone and publishing nothing, since Chromium keeps no page with a connection to a peer or with a camera.
  const ann = await enter('Ann', { browser: tabs });
  ann.mayComplain = true;
  await ann.join(room);
  await ann.remember();
  const { me } = await ann.roomReport();
  await ann.page.evaluate(() =>
    addEventListener('pageshow', ({ persisted }) => (window.persisted = persisted)),
  );
  await ann.page.goto(`${endpoint.url}/empty.html`);
  await ann.page.goBack();
  await expect.poll(() => ann.evaluate(() => window.persisted)).toBe(true);
  await ann.expectLine('connected');
  expect((await ann.roomReport()).me).toBe(me);
  expect((await ann.compare()).events).toEqual([
    'state joined reconnecting',
    'state reconnecting joined',
  ]);
  const bob = await enter('Bob');
  await bob.join(room);
  await ann.publish(red);
  await bob.publish(green);
  await expectToPerceive(bob, ann, red);
  await expectToPerceive(ann, bob, green);
});

test('a page in a call that is left for another one has left at once', async ({
  endpoint,
  call,
}) => {
  const { ann, bob } = await call(endpoint);
  await ann.page.goto(`${endpoint.url}/empty.html`);
  await bob.expectEvent('peer-left Ann left');
});
