// Everybody in a channel sees and hears everybody else, however they got there.
import { expectCall, test } from './lab/test.mjs';

const red = { hue: 'red', tone: 440 };
const green = { hue: 'green', tone: 880 };
const blue = { hue: 'blue', tone: 1320 };
const magenta = { hue: 'magenta', tone: 660 };

test('the second to join finds the first, and the first the second', async ({ enter, room }) => {
  const ann = await enter('Ann');
  const bob = await enter('Bob');
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
  await ann.expectPeers(bob);
  await bob.expectPeers(ann);
});

test('who joined first may publish last', async ({ enter, room }) => {
  const ann = await enter('Ann');
  const bob = await enter('Bob');
  await ann.join(room);
  await bob.join(room);
  await bob.publish(green);
  await expectCall(
    new Map([
      [ann, null],
      [bob, green],
    ]),
  );
  await ann.publish(red);
  await expectCall(
    new Map([
      [ann, red],
      [bob, green],
    ]),
  );
});

test('both publish at once when they are long connected', async ({ enter, room }) => {
  const ann = await enter('Ann');
  const bob = await enter('Bob');
  await ann.join(room);
  await bob.join(room);
  await ann.expectPeers(bob);
  await bob.expectPeers(ann);
  await Promise.all([ann.publish(red), bob.publish(green)]);
  await expectCall(
    new Map([
      [ann, red],
      [bob, green],
    ]),
  );
});

test('both join at once, twenty times', async ({ enter, room }) => {
  test.setTimeout(150_000);
  const small = { width: 96, height: 72 };
  const ann = await enter('Ann', { line: false });
  const bob = await enter('Bob', { line: false });
  for (let time = 1; time <= 20; time++) {
    await test.step(`time ${time}`, async () => {
      await Promise.all(
        [
          [ann, red],
          [bob, green],
        ].map(async ([client, media]) => {
          await client.open();
          await client.join(`${room}-${time}`);
          await client.publish({ ...media, ...small });
        }),
      );
      await expectCall(
        new Map([
          [ann, red],
          [bob, green],
        ]),
      );
      await Promise.all([ann.closeLine(), bob.closeLine()]);
    });
  }
});

test('three', async ({ enter, room }) => {
  const media = new Map();
  for (const [name, given] of [
    ['Ann', red],
    ['Bob', green],
    ['Cem', blue],
  ]) {
    const client = await enter(name);
    await client.join(room);
    await client.publish(given);
    media.set(client, given);
  }
  await expectCall(media);
});

test('four, two of them at once', async ({ enter, room }) => {
  const small = { width: 96, height: 72 };
  const media = new Map();
  for (const [name, given] of [
    ['Ann', red],
    ['Bob', green],
    ['Cem', blue],
    ['Dee', magenta],
  ]) {
    media.set(await enter(name), given);
  }
  const arrive = async (client) => {
    await client.join(room);
    await client.publish({ ...media.get(client), ...small });
  };
  const [ann, bob, cem, dee] = media.keys();
  await arrive(ann);
  await arrive(bob);
  await Promise.all([arrive(cem), arrive(dee)]);
  await expectCall(media);
  await dee.leave();
  media.delete(dee);
  await ann.expectPeers(bob, cem);
  await expectCall(media);
});
