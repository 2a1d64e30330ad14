// Whoever comes and goes leaves nothing behind.
import { startEndpoint } from './lab/endpoint.mjs';
import { countObjects } from './lab/heap.mjs';
import { expect, green, test } from './lab/test.mjs';

const prototypes = {
  Partyline: 'churn.prototypes.Partyline',
  Channel: 'churn.prototypes.Channel',
  Peer: 'churn.prototypes.Peer',
  RTCDataChannel: 'RTCDataChannel.prototype',
  WebSocket: 'WebSocket.prototype',
  AbortSignal: 'AbortSignal.prototype',
};

/** Chromium keeps some of these for a while after they were closed, in pages of its own making too: one in five, as measured. */
const kept = {
  RTCPeerConnection: 'RTCPeerConnection.prototype',
  MediaStream: 'MediaStream.prototype',
};

/** 600 joins in all: to mount twice is to join twice. */
const times = { joinAndLeave: 320, mountTwice: 60, closeInTheMiddle: 60, abort: 60, meet: 40 };

test.describe.configure({ timeout: 180_000 });

test('scenario 19: 600 joins and leaves leave nothing behind', async ({
  network,
  site,
  enter,
  room,
}) => {
  const limits = { frames_per_second: 2_000, frames_burst: 10_000 };
  const endpoint = await startEndpoint(network, {
    site,
    config: { limits, development_key: true },
  });
  const bob = await enter('Bob', { endpoint });
  await bob.join(room);
  await bob.publish(green);
  const ann = await enter('Ann', { endpoint, url: `${endpoint.url}/churn.html`, line: false });
  const { page } = ann;
  await page.waitForFunction(() => 'churn' in window);
  await page.evaluate((options) => window.churn.open(options), {
    endpoint: endpoint.socketUrl,
    key: 'pk_demo',
  });
  const first = await page.evaluate(() => window.census());
  const go = async (way, count) => {
    await page.evaluate((words) => window.churn.go(...words), [way, count, room]);
    // Sockets take a moment to close.
    await expect.poll(() => page.evaluate(() => window.census()), { message: way }).toEqual(first);
  };

  // What a page has once, it has after this.
  for (const way of Object.keys(times)) await go(way, 2);
  const before = await countObjects(page, prototypes);
  for (const [way, count] of Object.entries(times)) await go(way, count);
  await bob.expectPeers();
  await expect.poll(() => countObjects(page, prototypes), { timeout: 20_000 }).toEqual(before);
  for (const [name, count] of Object.entries((await countObjects(page, kept)).counts))
    expect(count, name).toBeLessThan(times.meet / 2);
  await endpoint.stop();
});
