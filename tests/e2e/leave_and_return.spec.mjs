// Who leaves is gone for the others, and welcome again: on the same line, on a new one, after a reload.
import { expect, expectCall, test } from './lab/test.mjs';

const red = { hue: 'red', tone: 440 };
const green = { hue: 'green', tone: 880 };

const bothPublish = async (ann, bob, room) => {
  await ann.join(room);
  await ann.publish(red);
  await bob.join(room);
  await bob.publish(green);
  await expectCall(
    new Map([
      [ann, red],
      [bob, green],
    ]),
  );
};

test('leaves and joins the same channel again on the same line', async ({ enter, room }) => {
  const ann = await enter('Ann');
  const bob = await enter('Bob');
  await bothPublish(ann, bob, room);
  for (let time = 0; time < 3; time++) {
    expect(await bob.leave()).toEqual({ camera: { audio: 'live true', video: 'live true' } });
    await ann.expectPeers();
    await bob.join(room);
    await bob.publish(green);
    await expectCall(
      new Map([
        [ann, red],
        [bob, green],
      ]),
    );
  }
  expect((await ann.roomReport()).events.filter((event) => event.startsWith('peer-'))).toEqual([
    'peer-joined Bob',
    ...Array(3).fill(['peer-left Bob left', 'peer-joined Bob']).flat(),
  ]);
});

test('the one who was there first leaves and returns', async ({ enter, room }) => {
  const ann = await enter('Ann');
  const bob = await enter('Bob');
  await bothPublish(ann, bob, room);
  await ann.leave();
  await bob.expectPeers();
  await ann.join(room);
  await ann.publish(red);
  await expectCall(
    new Map([
      [ann, red],
      [bob, green],
    ]),
  );
});

test('closes the line and comes back on a new one', async ({ enter, room }) => {
  const ann = await enter('Ann');
  const bob = await enter('Bob');
  await bothPublish(ann, bob, room);
  await bob.closeLine();
  await ann.expectEvent('peer-left Bob left');
  await bob.open();
  await bob.join(room);
  await bob.publish(green);
  await expectCall(
    new Map([
      [ann, red],
      [bob, green],
    ]),
  );
});

test('reloads the page', async ({ enter, room }) => {
  const ann = await enter('Ann');
  const bob = await enter('Bob');
  await bothPublish(ann, bob, room);
  await bob.reload();
  await ann.expectPeers();
  await bob.open();
  await bob.join(room);
  await bob.publish(green);
  await expectCall(
    new Map([
      [ann, red],
      [bob, green],
    ]),
  );
});
