// Who leaves is gone for the others, and welcome again: on the same line, on a new one, after a reload.
import { expect, expectCall, green, red, test } from './lab/test.mjs';

test('leaves and joins the same channel again on the same line', async ({ twoInACall, room }) => {
  const { ann, bob, media } = await twoInACall();
  for (let time = 0; time < 3; time++) {
    expect(await bob.leave()).toEqual({ camera: { audio: 'live true', video: 'live true' } });
    await ann.expectPeers();
    await bob.join(room);
    await bob.publish(green);
    await expectCall(media);
  }
  expect((await ann.roomReport()).events.filter((event) => event.startsWith('peer-'))).toEqual([
    'peer-joined Bob',
    ...Array(3).fill(['peer-left Bob left', 'peer-joined Bob']).flat(),
  ]);
});

test('the one who was there first leaves and returns', async ({ twoInACall, room }) => {
  const { ann, bob, media } = await twoInACall();
  await ann.leave();
  await bob.expectPeers();
  await ann.join(room);
  await ann.publish(red);
  await expectCall(media);
});

test('closes the line and comes back on a new one', async ({ twoInACall, room }) => {
  const { ann, bob, media } = await twoInACall();
  await bob.closeLine();
  await ann.expectEvent('peer-left Bob left');
  await bob.open();
  await bob.join(room);
  await bob.publish(green);
  await expectCall(media);
});

test('reloads the page', async ({ twoInACall, room }) => {
  const { ann, bob, media } = await twoInACall();
  await bob.reload();
  await ann.expectPeers();
  await bob.open();
  await bob.join(room);
  await bob.publish(green);
  await expectCall(media);
});
