// Whatever is found again or made anew, nothing at all is sent by somebody who is muted.
import { BreakableWay } from './lab/breakable_way.mjs';
import { startEndpoint } from './lab/endpoint.mjs';
import {
  expect,
  expectSilence,
  expectStill,
  expectToPerceive,
  green,
  red,
  test,
} from './lab/test.mjs';

// Outages take their time, and more of it on a busy machine.
test.describe.configure({ timeout: 120_000 });

const expectMuted = (viewer, sender) =>
  expect
    .poll(async () => (await viewer.peerReport(sender))?.publications.camera)
    .toEqual({ audio: 'muted', video: 'muted' });

test('scenario 13: a muted user reconnects', async ({ network, site, enter, room }) => {
  const timing = { hold_ms: 4_000 };
  const given = { site, config: { timing, development_key: true }, secret: 'muted' };
  let endpoint = await startEndpoint(network, given);
  const annsWay = await BreakableWay.to(network, endpoint);
  const ann = await enter('Ann', { endpoint: annsWay });
  const bob = await enter('Bob', { endpoint });
  for (const client of [ann, bob]) client.mayComplain = true;
  await ann.join(room);
  await ann.publish(red);
  await bob.join(room);
  await bob.publish(green);
  await expectToPerceive(bob, ann, red);
  await expectToPerceive(ann, bob, green);

  await ann.mute();
  await expectMuted(bob, ann);
  await expectStill(bob, ann);
  await expectSilence(bob, ann);
  await bob.guard();

  // The socket is lost.
  await annsWay.cut();
  await ann.expectEvent('state reconnecting joined');
  await expectMuted(bob, ann);

  // The endpoint forgets everything.
  await endpoint.kill();
  await bob.expectLine('reconnecting');
  endpoint = await startEndpoint(network, { ...given, port: endpoint.port });
  for (const client of [ann, bob]) await client.expectLine('connected');
  await ann.expectPeers(bob);
  await bob.expectPeers(ann);
  await expectMuted(bob, ann);

  // She is away for so long that she has left, and comes back as another member by another connection.
  await annsWay.refuse();
  await annsWay.cut();
  await bob.expectEvent('peer-left Ann disconnected');
  await annsWay.pass();
  await ann.expectPeers(bob);
  await bob.expectPeers(ann);
  await expectMuted(bob, ann);
  await expectToPerceive(ann, bob, green);

  // The path to her is another one.
  if (network.isolated) {
    const before = await ann.ownAddress();
    const restore = network.move();
    // Missing packets are noticed before the browser says a word.
    await expect.poll(() => ann.ownAddress(), { timeout: 20_000 }).not.toBe(before);
    await ann.expectPeers(bob);
    await expectToPerceive(ann, bob, green);
    restore();
  }

  expect(await bob.guarded()).toMatchObject({ packets: 0, frames: 0, loudest: 0 });
  expect((await bob.guarded()).connections).toBeGreaterThan(1);
  expect(await ann.sourceStates()).toEqual({ audio: 'live true', video: 'live true' });
  await ann.unmute();
  await expectToPerceive(bob, ann, red);
  // It would have been noticed.
  expect((await bob.guarded()).packets).toBeGreaterThan(0);
  expect((await bob.guarded()).loudest).toBeGreaterThan(0);
  await annsWay.close();
  await endpoint.stop();
});
