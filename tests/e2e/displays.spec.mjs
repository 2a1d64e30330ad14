// What is sent follows what is shown: its size, whether it is seen at all, and whether it is wanted.
import { expect, expectToPerceive, test } from './lab/test.mjs';

const picture = { hue: 'red', tone: 440, width: 640, height: 360, framesPerSecond: 20 };

const traffic = (client, peer) =>
  client.evaluate(([room, name]) => window.call.traffic(room, name), [client.room, peer.name]);

const attach = (client, peer, size) =>
  client.evaluate((words) => window.call.attach(...words), [client.room, peer.name, size]);
const resize = (client, peer, size) =>
  client.evaluate((words) => window.call.resize(...words), [peer.name, size]);

/** Waits until what arrives has this width. */
const expectWidth = (viewer, sender, width) =>
  expect
    .poll(async () => (await traffic(viewer, sender)).received.video?.frameWidth, {
      message: `width of what ${viewer.name} gets of ${sender.name}`,
      timeout: 20_000,
    })
    .toBe(width);

/** Waits until nothing of this kind goes out for a while. */
async function expectNothingSent(sender, to, kind) {
  let last;
  await expect
    .poll(
      async () => {
        const { packets } = (await traffic(sender, to)).sent[kind];
        const more = packets - last;
        last = packets;
        return more;
      },
      { message: `packets of ${kind} that ${sender.name} still sends`, intervals: [700] },
    )
    .toBe(0);
}

async function twoWithAPicture(enter, room, names = ['Ann', 'Bob']) {
  const clients = [];
  for (const name of names) clients.push(await enter(name));
  for (const client of clients) await client.join(room);
  await clients[0].publish(picture);
  for (const viewer of clients.slice(1)) await expectToPerceive(viewer, clients[0], { hue: 'red' });
  return clients;
}

test('the size that is sent follows the tile; hidden and removed cost nothing', async ({
  enter,
  room,
}) => {
  const [ann, bob] = await twoWithAPicture(enter, room);
  await attach(bob, ann, { width: 160, height: 90 });
  await expectWidth(bob, ann, 160);
  await resize(bob, ann, { width: 320, height: 180 });
  await expectWidth(bob, ann, 320);
  await resize(bob, ann, { width: 640, height: 360 });
  await expectWidth(bob, ann, 640);

  await resize(bob, ann, { hidden: true });
  await expectNothingSent(ann, bob, 'video');
  expect((await traffic(ann, bob)).encodings.video.active).toBe(false);
  // It is still heard.
  await expectToPerceive(bob, ann, { tone: 440 });
  await resize(bob, ann, { width: 320, height: 180 });
  await expectToPerceive(bob, ann, { hue: 'red', tone: 440 });
  await expectWidth(bob, ann, 320);

  await bob.evaluate((name) => window.call.detach(name), ann.name);
  await expectNothingSent(ann, bob, 'video');
});

test('a paused stream sends neither pictures nor sound, and muting stays what it was', async ({
  enter,
  room,
}) => {
  const [ann, bob] = await twoWithAPicture(enter, room);
  const onPeer = (verb) =>
    bob.evaluate(
      ([where, what]) => [...window.call.line.channels.get(where).peers.values()][0][what](),
      [room, verb],
    );
  await onPeer('pause');
  await expectNothingSent(ann, bob, 'video');
  await expectNothingSent(ann, bob, 'audio');
  await ann.mute('video');
  await onPeer('resume');
  await expectToPerceive(bob, ann, { tone: 440 });
  await expectNothingSent(ann, bob, 'video');
  await ann.unmute('video');
  await expectToPerceive(bob, ann, { hue: 'red' });
  // Nobody blamed the path meanwhile.
  expect(
    (await bob.roomReport()).events.filter((event) => event.startsWith('connection-reset')),
  ).toEqual([]);
});

test('each receiver gets what it shows; another connection is told again', async ({
  enter,
  room,
}) => {
  const [ann, bob, cay] = await twoWithAPicture(enter, room, ['Ann', 'Bob', 'Cay']);
  await attach(bob, ann, { width: 160, height: 90 });
  await attach(cay, ann, { width: 640, height: 360 });
  await expectWidth(bob, ann, 160);
  await expectWidth(cay, ann, 640);
  // From outside, as no application does: the core begins another generation.
  await bob.evaluate(
    (where) => [...window.call.line.channels.get(where).peers.values()][0].connection.close(),
    room,
  );
  await expectToPerceive(bob, ann, { hue: 'red' }, { timeout: 40_000 });
  await expectWidth(bob, ann, 160);
  await expectWidth(cay, ann, 640);
});

test('wishes of who publishes are limits', async ({ enter, room }) => {
  const ann = await enter('Ann');
  const bob = await enter('Bob');
  await ann.join(room);
  await bob.join(room);
  await ann.publish(picture, { maxHeight: 180, maxBitrate: 150_000, maxFramerate: 10 });
  await expectWidth(bob, ann, 320);
  await expect
    .poll(async () => (await traffic(ann, bob)).encodings)
    .toMatchObject({
      video: { maxBitrate: 150_000, maxFramerate: 10, scaleResolutionDownBy: 2, priority: 'low' },
      audio: { priority: 'high', networkPriority: 'high' },
    });
  await ann.evaluate(
    (where) =>
      window.call.line.channels
        .get(where)
        .publications.get('camera')
        .setSending({ maxHeight: null, maxBitrate: null, maxFramerate: null }),
    room,
  );
  await expectWidth(bob, ann, 640);
});
