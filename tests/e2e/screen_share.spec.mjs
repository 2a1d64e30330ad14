// A screen is shared beside the camera, and taken away again.
import {
  expect,
  expectCall,
  expectNoStream,
  expectToPerceive,
  green,
  red,
  test,
} from './lab/test.mjs';

test('a screen is added to a call and removed from it', async ({ twoInACall }) => {
  const { ann, bob, media } = await twoInACall();

  await ann.publish({ screen: true }, { name: 'screen' });
  await expectToPerceive(bob, ann, { moving: true }, { stream: 'screen' });
  expect((await bob.peerReport(ann)).publications.screen).toMatchObject({ video: 'live' });

  await ann.unpublish('screen');
  await expectNoStream(bob, ann, { stream: 'screen' });
  await bob.expectEvent('stream-removed Ann screen');
  await expectCall(media);
});

test('who comes later sees the screen too', async ({ enter, room }) => {
  const ann = await enter('Ann');
  await ann.join(room);
  await ann.publish({ screen: true }, { name: 'screen' });
  await ann.publish(red);
  const bob = await enter('Bob');
  await bob.join(room);
  await expectToPerceive(bob, ann, { moving: true }, { stream: 'screen' });
  await expectToPerceive(bob, ann, red);
});

test('both share a screen, one after the other, and stop', async ({ enter, room }) => {
  const ann = await enter('Ann');
  const bob = await enter('Bob');
  await ann.join(room);
  await bob.join(room);
  await Promise.all([ann.publish(red), bob.publish(green)]);
  const media = new Map([
    [ann, red],
    [bob, green],
  ]);
  for (const [sharer, viewer] of [
    [ann, bob],
    [bob, ann],
    [ann, bob],
  ]) {
    await sharer.publish({ screen: true }, { name: 'screen' });
    await expectToPerceive(viewer, sharer, { moving: true }, { stream: 'screen' });
    await sharer.unpublish('screen');
    await expectNoStream(viewer, sharer, { stream: 'screen' });
  }
  await expectCall(media);
});
