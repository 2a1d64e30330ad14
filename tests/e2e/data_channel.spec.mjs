// An application's own data channels, opened by either side.
import { expect, test } from './lab/test.mjs';

const expectPipe = (client, peer, label, wanted) =>
  expect
    .poll(async () => (await client.roomReport()).pipes[`${peer.name}/${label}`], {
      message: `${client.name}'s data channel ${label} to ${peer.name}`,
    })
    .toEqual(wanted);

test('both sides open one, and each carries both ways', async ({ enter, room }) => {
  const ann = await enter('Ann');
  const bob = await enter('Bob');
  await ann.join(room);
  await bob.join(room);
  await ann.expectPeers(bob);
  await bob.expectPeers(ann);

  for (const [opener, other, label] of [
    [ann, bob, 'chat'],
    [bob, ann, 'files'],
  ]) {
    await opener.openDataChannel(other, label);
    await expectPipe(opener, other, label, { readyState: 'open', received: [] });
    await expectPipe(other, opener, label, { readyState: 'open', received: [] });
    await opener.send(other, label, 'there');
    await expectPipe(other, opener, label, { readyState: 'open', received: ['there'] });
    await other.send(opener, label, 'and back');
    await expectPipe(opener, other, label, { readyState: 'open', received: ['and back'] });
  }
});

test('one opened before there is a connection opens when there is one', async ({ enter, room }) => {
  const ann = await enter('Ann');
  const bob = await enter('Bob');
  await ann.join(room);
  await bob.join(room);
  await expect.poll(async () => Object.keys((await bob.roomReport()).peers)).toEqual(['Ann']);
  await bob.openDataChannel(ann, 'early');
  // Either side may see it open first.
  await expectPipe(ann, bob, 'early', { readyState: 'open', received: [] });
  await expectPipe(bob, ann, 'early', { readyState: 'open', received: [] });
  await bob.send(ann, 'early', 'first');
  await expectPipe(ann, bob, 'early', { readyState: 'open', received: ['first'] });
});
