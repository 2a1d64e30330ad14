// The endpoint is killed and comes back: the lines find it again by themselves, and the call is there again.
import { startEndpoint } from './lab/endpoint.mjs';
import { expect, expectCall, expectToPerceive, red, test } from './lab/test.mjs';

for (const [how, end] of [
  ['killed', (endpoint) => endpoint.kill()],
  ['shut down', (endpoint) => endpoint.stop()],
]) {
  test(`${how} and started again`, async ({ network, site, twoInACall }) => {
    let own = await startEndpoint(network, { site });
    const { port } = own;
    const { ann, bob, media } = await twoInACall({ endpoint: own });
    // Chromium itself says that it cannot connect.
    for (const client of [ann, bob]) client.mayComplain = true;

    await end(own);
    await ann.expectLine('reconnecting');
    await bob.expectLine('reconnecting');

    own = await startEndpoint(network, { site, port });
    await ann.expectLine('connected');
    await bob.expectLine('connected');
    await ann.expectPeers(bob);
    await bob.expectPeers(ann);
    await expectCall(media);
    expect((await ann.roomReport()).state).toBe('joined');
    const { events } = (await ann.report()).line;
    const states = events.map((event) => event.split(' ').slice(0, 2).join(' '));
    // Each attempt that failed is told too, with the pause before the next.
    expect(states.filter((state) => state !== 'reconnecting reconnecting')).toEqual([
      'idle connecting',
      'connecting connected',
      'connected reconnecting',
      'reconnecting connected',
    ]);
    await own.stop();
  });
}

test('what is wished for while there is no endpoint is done when there is one', async ({
  network,
  site,
  enter,
  room,
}) => {
  let own = await startEndpoint(network, { site });
  const { port } = own;
  const ann = await enter('Ann', { endpoint: own });
  const bob = await enter('Bob', { endpoint: own });
  for (const client of [ann, bob]) client.mayComplain = true;
  await ann.join(room);
  await bob.join(room);
  await ann.expectPeers(bob);

  await own.kill();
  await ann.expectLine('reconnecting');
  await ann.publish(red);
  await ann.mute('audio');
  own = await startEndpoint(network, { site, port });
  await expectToPerceive(bob, ann, { hue: 'red' });
  await expect
    .poll(async () => (await bob.peerReport(ann)).publications.camera)
    .toEqual({ audio: 'muted', video: 'live' });
  await own.stop();
});
