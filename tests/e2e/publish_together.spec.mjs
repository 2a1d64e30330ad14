// Both have something new to say in the same moment, in the middle of a call: their offers must not meet, since Chromium pays for
// a rollback with the video that it receives.
import { expectCall, expectToPerceive, test } from './lab/test.mjs';

const red = { hue: 'red', tone: 440 };
const green = { hue: 'green', tone: 880 };
const blue = { hue: 'blue' };
const magenta = { hue: 'magenta' };

test('both publish more at once', async ({ enter, room }) => {
  const ann = await enter('Ann');
  const bob = await enter('Bob');
  await ann.join(room);
  await ann.publish(red);
  await bob.join(room);
  await bob.publish(green);
  const media = new Map([
    [ann, red],
    [bob, green],
  ]);
  await expectCall(media);
  await Promise.all([
    ann.publish(blue, { name: 'second' }),
    bob.publish(magenta, { name: 'second' }),
  ]);
  await expectToPerceive(ann, bob, magenta, { stream: 'second' });
  await expectToPerceive(bob, ann, blue, { stream: 'second' });
  await expectCall(media);
});
