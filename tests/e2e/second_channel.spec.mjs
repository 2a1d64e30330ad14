// Several channels on one connection, each with its own people and publications.
import { expect, expectCall, expectToPerceive, test } from './lab/test.mjs';

const red = { hue: 'red', tone: 440 };
const green = { hue: 'green', tone: 880 };
const blue = { hue: 'blue', tone: 1320 };
const magenta = { hue: 'magenta', tone: 660 };

test('two channels share a socket and nothing else', async ({ enter, room }) => {
  const [one, two] = [`${room}-one`, `${room}-two`];
  const ann = await enter('Ann', { line: false });
  const sockets = [];
  ann.page.on('websocket', (socket) => sockets.push(socket.url()));
  await ann.open();
  const bob = await enter('Bob');
  const cem = await enter('Cem');

  await ann.join(one);
  await ann.publish(red, {}, one);
  await bob.join(one);
  await bob.publish(green);
  await ann.join(two);
  await ann.publish(magenta, {}, two);
  await cem.join(two);
  await cem.publish(blue);

  await expectCall(
    new Map([
      [ann, red],
      [bob, green],
    ]),
    { room: one },
  );
  await expectCall(
    new Map([
      [ann, magenta],
      [cem, blue],
    ]),
    { room: two },
  );
  expect(sockets).toHaveLength(1);
  expect(Object.keys((await bob.roomReport()).peers)).toEqual(['Ann']);
  expect(Object.keys((await cem.roomReport()).peers)).toEqual(['Ann']);

  await ann.leave(two);
  await cem.expectPeers();
  await expectCall(
    new Map([
      [ann, red],
      [bob, green],
    ]),
    { room: one },
  );
});

test('the same two people in two channels have a call in each', async ({ enter, room }) => {
  const [one, two] = [`${room}-one`, `${room}-two`];
  const ann = await enter('Ann');
  const bob = await enter('Bob');
  for (const client of [ann, bob]) {
    await client.join(one);
    await client.join(two);
  }
  await ann.publish(red, {}, one);
  await ann.publish(blue, {}, two);
  await expectToPerceive(bob, ann, red, { room: one });
  await expectToPerceive(bob, ann, blue, { room: two });
});
