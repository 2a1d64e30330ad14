// Another camera or microphone takes the place of the first: same publication, same stream, and the first track is left alone.
import { expect, expectToPerceive, test } from './lab/test.mjs';

test('the others see and hear the new devices', async ({ enter, room }) => {
  const ann = await enter('Ann');
  const bob = await enter('Bob');
  await ann.join(room);
  await bob.join(room);
  await ann.publish({ hue: 'red', tone: 440 });
  await expectToPerceive(bob, ann, { hue: 'red', tone: 440 });

  await ann.replace({ hue: 'blue' });
  await expectToPerceive(bob, ann, { hue: 'blue', tone: 440 });

  await ann.replace({ tone: 1320 });
  await expectToPerceive(bob, ann, { hue: 'blue', tone: 1320 });

  expect(await ann.sourceStates()).toEqual({ audio: 'live true', video: 'live true' });
  expect((await bob.roomReport()).events.filter((event) => event.startsWith('stream-'))).toEqual([
    'stream-added Ann camera',
  ]);
});

test('a device replaced while muted is seen only after unmuting, by those who come later too', async ({
  enter,
  room,
}) => {
  const ann = await enter('Ann');
  await ann.join(room);
  await ann.publish({ hue: 'red', tone: 440 });
  await ann.mute('video');
  await ann.replace({ hue: 'green' });
  const bob = await enter('Bob');
  await bob.join(room);
  await expectToPerceive(bob, ann, { tone: 440 });
  await ann.unmute('video');
  await expectToPerceive(bob, ann, { hue: 'green' });
});
