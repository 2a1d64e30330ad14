// A participant has no network at all for so long that everything is given up, and then has one again.
import { expect, expectBack, expectToPerceive, test } from './lab/apart.mjs';

// Outages take their time, and more of it on a busy machine.
test.describe.configure({ timeout: 120_000 });

const blue = { hue: 'blue' };

test('scenario 2: offline for a while, then online', async ({ internet, twoApart }) => {
  // The endpoint finds out soon, so that the test need not wait for it.
  const config = { timing: { transport_timeout_ms: 3_000, hold_ms: 120_000 } };
  const endpoint = await internet.startEndpoint({ config });
  const call = await twoApart({ endpoint });
  const { ann, bob, annsHost } = call;
  let sockets = 0;
  ann.page.on('websocket', () => sockets++);

  annsHost.unplug('wlan0');
  await ann.expectLine('reconnecting');
  const triedBefore = sockets;
  // Meanwhile other things are wished for.
  await ann.mute('audio');
  await ann.publish(blue, { name: 'second' });
  await expect
    .poll(async () => (await bob.roomReport()).peerStates, { timeout: 30_000 })
    .toContain('Ann away');
  for (const client of [ann, bob]) {
    await expect
      .poll(async () => (await client.compare()).different.length, { timeout: 30_000 })
      .toBeGreaterThan(0);
  }
  expect(sockets - triedBefore, 'attempts to reach the endpoint while offline').toBe(0);

  annsHost.plug('wlan0');
  await ann.expectLine('connected');
  await expectToPerceive(bob, ann, blue, { stream: 'second', timeout: 40_000 });
  await expect
    .poll(async () => (await bob.peerReport(ann)).publications.camera)
    .toEqual({ audio: 'muted', video: 'live' });
  await ann.unmute('audio');
  await expectBack(call, { rebuilt: true, published: 'second' });
  await endpoint.stop();
});
