// While muted nothing is sent, the others are told, and the user's own tracks are not touched.
import {
  expect,
  expectSilence,
  expectStill,
  expectToPerceive,
  green,
  red,
  test,
} from './lab/test.mjs';

const expectPublication = (viewer, sender, wanted) =>
  expect
    .poll(async () => (await viewer.peerReport(sender)).publications.camera, {
      message: `what ${viewer.name} is told of ${sender.name}`,
    })
    .toEqual(wanted);

test('muted, the others are told, see nothing new and hear nothing; unmuted, all comes back', async ({
  twoInACall,
}) => {
  const { ann, bob } = await twoInACall();

  await ann.mute();
  await expectPublication(bob, ann, { audio: 'muted', video: 'muted' });
  await expectStill(bob, ann);
  await expectSilence(bob, ann);
  expect(await ann.sourceStates()).toEqual({ audio: 'live true', video: 'live true' });
  await expectToPerceive(ann, bob, green);

  await ann.unmute();
  await expectPublication(bob, ann, { audio: 'live', video: 'live' });
  await expectToPerceive(bob, ann, red);
});

test('one kind is muted and the other goes on', async ({ twoInACall }) => {
  const { ann, bob } = await twoInACall();

  await ann.mute('video');
  await expectPublication(bob, ann, { audio: 'live', video: 'muted' });
  await expectStill(bob, ann);
  await expectToPerceive(bob, ann, { tone: red.tone });

  await ann.unmute('video');
  await ann.mute('audio');
  await expectPublication(bob, ann, { audio: 'muted', video: 'live' });
  await expectSilence(bob, ann);
  await expectToPerceive(bob, ann, { hue: red.hue });
});

test('who comes later finds the muted muted, and perceives them when they unmute', async ({
  enter,
  room,
}) => {
  const ann = await enter('Ann');
  await ann.join(room);
  await ann.publish(red);
  await ann.mute();
  const bob = await enter('Bob');
  await bob.join(room);
  await bob.publish(green);
  await expectToPerceive(ann, bob, green);
  await expectPublication(bob, ann, { audio: 'muted', video: 'muted' });
  await expectStill(bob, ann);
  expect((await bob.peerReport(ann)).streams.camera?.frames ?? 0).toBe(0);

  await ann.unmute();
  await expectToPerceive(bob, ann, red);
});
