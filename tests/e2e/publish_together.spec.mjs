// Both have something new to say in the same moment, in the middle of a call: their offers must not meet, since Chromium pays for
// a rollback with the video that it receives.
import { expectCall, expectToPerceive, test } from './lab/test.mjs';

const blue = { hue: 'blue' };
const magenta = { hue: 'magenta' };

test('both publish more at once', async ({ twoInACall }) => {
  const { ann, bob, media } = await twoInACall();
  await Promise.all([
    ann.publish(blue, { name: 'second' }),
    bob.publish(magenta, { name: 'second' }),
  ]);
  await expectToPerceive(ann, bob, magenta, { stream: 'second' });
  await expectToPerceive(bob, ann, blue, { stream: 'second' });
  await expectCall(media);
});
