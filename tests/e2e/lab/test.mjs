// What every test starts from: a network, an endpoint in it that serves the tests' pages, browsers, and `enter`, which brings in a
// participant. All but `enter` are shared by the tests of a worker.
import { test as base, expect } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import { launchChromium } from './browsers.mjs';
import { Client } from './client.mjs';
import { startEndpoint } from './endpoint.mjs';
import { Firefox } from './firefox.mjs';
import { Network } from './network.mjs';
import { expectCall } from './perception.mjs';
import { buildSite } from './site.mjs';

export { expect };
export * from './perception.mjs';

/** What Ann and Bob of `twoInACall` publish. */
export const red = { hue: 'red', tone: 440 };
export const green = { hue: 'green', tone: 880 };

/** Ann is red and comes first, Bob is green; waits until they see and hear each other. Returns what is for expectCall. */
export async function meet(room, ann, bob) {
  const media = new Map([
    [ann, red],
    [bob, green],
  ]);
  for (const [client, what] of media) {
    await client.join(room);
    await client.publish(what);
  }
  await expectCall(media);
  return media;
}

/** Keeps what the page complains of: errors on its console and those that nobody caught. */
function keepProblems(page) {
  page.problems = [];
  page.on('console', (message) => message.type() === 'error' && page.problems.push(message.text()));
  page.on('pageerror', (error) => page.problems.push(String(error)));
  return page;
}

async function attachLogs(testInfo, clients, endpoint) {
  for (const client of clients) {
    const told = await client.explain().catch(String);
    // As a file: of an attachment without one, a terminal shows nothing.
    const path = testInfo.outputPath(`${client.name}.json`);
    writeFileSync(path, JSON.stringify(told ?? null, null, 2));
    await testInfo.attach(`${client.name}.json`, { path, contentType: 'application/json' });
  }
  await testInfo.attach('endpoint.log', {
    body: endpoint.log.join('\n'),
    contentType: 'text/plain',
  });
}

export const test = base.extend({
  network: [
    async ({}, use, workerInfo) => {
      const network = Network.create(String(workerInfo.workerIndex));
      await use(network);
      network.close();
    },
    { scope: 'worker' },
  ],

  site: [async ({ network }, use) => use(buildSite(network.folder)), { scope: 'worker' }],

  endpoint: [
    async ({ network, site }, use) => {
      const endpoint = await startEndpoint(network, { site });
      await use(endpoint);
      await endpoint.stop();
    },
    { scope: 'worker' },
  ],

  browser: [
    async ({ network }, use) => {
      const browser = await launchChromium(network);
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],

  /** A function, so that Firefox is started only where a test uses it. */
  firefox: [
    async ({ network }, use) => {
      let firefox;
      await use(() => (firefox ??= Firefox.launch(network)));
      await (await firefox)?.close();
    },
    { scope: 'worker' },
  ],

  /** A channel name that no other test uses. */
  room: async ({}, use, testInfo) => use(`${testInfo.testId}-${testInfo.repeatEachIndex}`),

  /**
   * Brings in a participant whose line is made but has not joined: `enter(name, { browser, context, endpoint, key, line, url })`.
   * `browser` is 'firefox', or another browser than the worker's, `context` options for its context, `line` further options of the
   * line, or false for none.
   */
  enter: async ({ browser, firefox, endpoint }, use, testInfo) => {
    const clients = [];
    const closing = [];
    const openPage = async (kind, contextOptions) => {
      const other = kind === 'firefox' ? await firefox() : kind;
      if (other && !other.newContext) {
        const page = await other.newPage();
        closing.push(page);
        // Our own driver of Firefox keeps them itself.
        return page.problems ? page : keepProblems(page);
      }
      const context = await (other ?? browser).newContext(contextOptions);
      closing.push(context);
      return keepProblems(await context.newPage());
    };

    await use(async (name, given = {}) => {
      const { browser: kind, url, key = 'pk_demo', line = {}, context } = given;
      const page = await openPage(kind, context);
      await page.goto(url ?? `${endpoint.url}/call.html`);
      const { socketUrl } = given.endpoint ?? endpoint;
      const client = new Client(page, name, { endpoint: socketUrl, key, ...line });
      clients.push(client);
      if (line) await client.open();
      return client;
    });

    if (testInfo.status !== testInfo.expectedStatus) await attachLogs(testInfo, clients, endpoint);
    const complaints = clients
      .filter(({ mayComplain }) => !mayComplain)
      .flatMap(({ page }) => page.problems);
    for (const closable of closing) await closable.close();
    expect(complaints, 'errors on the console').toEqual([]);
  },

  /**
   * Brings in Ann, who is red, and after her Bob, who is green, and waits until they see and hear each other. `given` is as for
   * `enter`. Returns { ann, bob, media }; the latter is for expectCall.
   */
  twoInACall: async ({ enter, room }, use) => {
    await use(async (given) => {
      const ann = await enter('Ann', given);
      const bob = await enter('Bob', given);
      return { ann, bob, media: await meet(room, ann, bob) };
    });
  },
});
