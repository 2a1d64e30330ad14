// A test whose participants are on machines of their own, with an internet between them (internet.mjs).
import { expectSame, reportTimes } from './sameness.mjs';
import { expectCall, meet, test as base } from './test.mjs';
import { Internet, canMakeInternet, key } from './internet.mjs';

export * from './sameness.mjs';
export * from './test.mjs';

export const test = base.extend({
  theInternet: [
    async ({ site }, use, workerInfo) => {
      const internet = await Internet.create(`${workerInfo.workerIndex}`, site);
      await use(internet);
      await internet.close();
    },
    { scope: 'worker' },
  ],

  /** Shared by the tests of a worker, and whole again after each. */
  internet: async ({ theInternet }, use) => {
    await use(theInternet);
    theInternet.mend();
  },

  /** Brings in a participant from a host: `enterFrom(host, name, given)`; `given` is as for `enter`, `browser` may be 'firefox'. */
  enterFrom: async ({ enter, internet }, use) => {
    await use(async (host, name, { browser, ...given } = {}) => {
      const client = await enter(name, {
        browser: await (browser === 'firefox' ? host.firefox() : host.chromium()),
        endpoint: internet.endpoint,
        key,
        url: `${(given.endpoint ?? internet.endpoint).url}/call.html`,
        // Where the page may use devices, the browser tells others its addresses as they are.
        context: { ignoreHTTPSErrors: true, permissions: ['camera', 'microphone'] },
        ...given,
      });
      // Browsers complain of each failed connection.
      client.mayComplain = true;
      return client;
    });
  },

  /** Ann, who is red, and Bob, who is green, in a call from machines of their own. `given` is as for `enterFrom`. */
  twoApart: async ({ internet, enterFrom, room }, use) => {
    await use(async (given = {}) => {
      const [annsHost, bobsHost] = ['ann', 'bob'].map((name) => internet.host(name));
      const ann = await enterFrom(annsHost, 'Ann', given);
      const bob = await enterFrom(bobsHost, 'Bob', given);
      const media = await meet(room, ann, bob);
      for (const client of media.keys()) await client.remember();
      return { ann, bob, annsHost, bobsHost, media };
    });
  },
});

/** Waits until a call of `twoApart` is whole again, and compares. `allowed` is as for `expectSame`. */
export async function expectBack({ ann, bob, media }, allowed) {
  await expectCall(media, { timeout: 40_000 });
  await ann.expectPeers(bob);
  await bob.expectPeers(ann);
  await expectSame(media.keys(), allowed);
  await reportTimes(media.keys());
}

test.skip(!canMakeInternet(), 'needs networks of its own: root on Linux, and nft');
