// The network under a call is another one all of a sudden: a VPN goes on, a router gives out other addresses. Nothing tells the
// page; the path is found again over the same connection, and nobody sees anybody leave.
import { expect, expectCall, test } from './lab/test.mjs';

test('other addresses in the middle of a call', async ({ network, twoInACall }) => {
  test.skip(!network.isolated, 'needs a network of its own');
  const { ann, bob, media } = await twoInACall();
  await ann.openDataChannel(bob, 'notes');
  await expect
    .poll(async () => (await ann.roomReport()).pipes['Bob/notes'].readyState)
    .toBe('open');
  await ann.send(bob, 'notes', 'before');

  const before = await ann.ownAddress();
  const restore = network.move();
  try {
    // Missing packets are noticed before the browser says a word.
    await expect.poll(() => ann.ownAddress(), { timeout: 20_000 }).not.toBe(before);
    await ann.expectPeers(bob);
    await bob.expectPeers(ann);
    await expectCall(media);
    await ann.send(bob, 'notes', 'after');
    await expect
      .poll(async () => (await bob.roomReport()).pipes['Ann/notes']?.received)
      .toEqual(['before', 'after']);
    for (const client of [ann, bob]) {
      const { events } = await client.roomReport();
      expect(events.filter((event) => /reset|left|error/.test(event))).toEqual([]);
      expect(events.filter((event) => event.startsWith('peer-joined'))).toHaveLength(1);
    }
  } finally {
    restore();
  }
});
