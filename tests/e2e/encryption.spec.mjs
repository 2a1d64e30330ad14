// Media is encrypted from end to end, and nothing of it ever leaves in plain text: a witness in each worker looks at every frame that
// comes before it is opened, and at every one that goes.
import { BreakableWay } from './lab/breakable_way.mjs';
import { startEndpoint } from './lab/endpoint.mjs';
import { firefoxProgram } from './lab/firefox.mjs';
import {
  expect,
  expectCall,
  expectSilence,
  expectStill,
  expectToPerceive,
  green,
  meet,
  red,
  test,
} from './lab/test.mjs';

// Outages take their time, and more of it on a busy machine.
test.describe.configure({ timeout: 120_000 });

const sealed = { line: { encryption: {} } };
const sealing = (client) => client.evaluate((room) => window.call.sealing(room), client.room);
const blue = { hue: 'blue', tone: 1320 };

/** Of all frames so far none revealed anything, and none came that was not sealed. */
async function expectNothingPlain(...clients) {
  for (const client of clients) {
    // The witness sees what comes just now, so nothing comes past it.
    const before = (await sealing(client)).came;
    await expect.poll(async () => (await sealing(client)).came).toBeGreaterThan(before + 10);
    const { came, plain, went, revealing, opened, refused } = await sealing(client);
    expect({ plain, revealing }, `frames of ${client.name}`).toEqual({ plain: 0, revealing: 0 });
    expect(came, `frames that came to ${client.name}`).toBeGreaterThan(0);
    expect(went, `frames that ${client.name} sent`).toBeGreaterThan(0);
    expect(opened, `frames that ${client.name} opened`).toBeGreaterThan(0);
    // What a network, or a sender that is looking for bandwidth, sends twice.
    delete refused.replayed;
    expect(refused, `frames that ${client.name} refused`).toEqual({});
  }
}

const expectError = (client, words) =>
  expect
    .poll(async () => (await client.roomReport()).events.filter((each) => /^error/.test(each)), {
      message: `errors of ${client.name}`,
    })
    .toContainEqual(expect.stringMatching(words));

/** For as long as several frames take. */
const expectNoMedia = async (viewer) => {
  await viewer.page.waitForTimeout(1_500);
  expect(await viewer.guarded()).toMatchObject({ frames: 0, loudest: 0 });
};

test('two see and hear each other, and have the same fingerprint', async ({ twoInACall }) => {
  const { ann, bob } = await twoInACall(sealed);
  await expectNothingPlain(ann, bob);
  const [anns, bobs] = [await sealing(ann), await sealing(bob)];
  expect(anns.peers.Bob.fingerprint).toMatch(/^(\d{5} ){11}\d{5}$/);
  expect(bobs.peers.Ann.fingerprint).toBe(anns.peers.Bob.fingerprint);
  expect(anns.events).toEqual(['known Bob', 'secured Bob']);
  expect(anns.codecs.sort()).toEqual(['audio/opus', 'video/VP8']);
  expect(anns.clear).toBe(10);
  expect(ann.page.workers()).toHaveLength(1);
  await ann.closeLine();
  await expect.poll(() => ann.page.workers()).toHaveLength(0);
});

// How many bytes are clear: of H.264 parameter sets, which say how large pictures are.
for (const [codec, clear] of [
  ['video/VP9', 0],
  ['video/H264', 80],
  ['video/AV1', 10],
]) {
  test(codec, async ({ enter, room }) => {
    const ann = await enter('Ann', sealed);
    const bob = await enter('Bob', sealed);
    for (const client of [ann, bob]) {
      await client.evaluate((wanted) => {
        const all = RTCRtpReceiver.getCapabilities.bind(RTCRtpReceiver);
        RTCRtpReceiver.getCapabilities = (kind) => {
          const { codecs, ...rest } = all(kind);
          const first = ({ mimeType }) => (mimeType === wanted ? 0 : 1);
          return { ...rest, codecs: codecs.toSorted((a, b) => first(a) - first(b)) };
        };
      }, codec);
    }
    await meet(room, ann, bob);
    await expectNothingPlain(ann, bob);
    // AV1 cannot be encrypted, so something else is taken.
    const chosen = codec === 'video/AV1' ? 'video/VP8' : codec;
    const anns = await sealing(ann);
    expect(anns.codecs.sort()).toEqual(['audio/opus', chosen]);
    expect(anns.clear).toBeLessThanOrEqual(clear);
  });
}

test('a transform that gets to work late: nothing leaves before, all comes afterwards', async ({
  enter,
  room,
}) => {
  const ann = await enter('Ann', { line: { encryption: { late: 4_000 } } });
  const bob = await enter('Bob', sealed);
  await bob.join(room);
  await bob.guard();
  await ann.join(room);
  await ann.publish(red);
  await bob.publish(green);
  await ann.expectPeers(bob);
  await expectNoMedia(bob);
  expect((await bob.guarded()).packets).toBe(0);
  await expectCall(
    new Map([
      [ann, red],
      [bob, green],
    ]),
  );
  await expectNothingPlain(ann, bob);
});

test('muted, replaced, unpublished, published again, a second publication', async ({
  twoInACall,
}) => {
  const { ann, bob } = await twoInACall(sealed);
  await ann.mute();
  await expectStill(bob, ann);
  await expectSilence(bob, ann);
  await ann.unmute();
  await expectToPerceive(bob, ann, red);
  await ann.replace({ hue: 'blue' });
  await expectToPerceive(bob, ann, { hue: 'blue', tone: red.tone });
  await ann.publish(green, { name: 'second' });
  await expectToPerceive(bob, ann, green, { stream: 'second' });
  await ann.unpublish();
  await ann.publish(blue);
  await expectToPerceive(bob, ann, blue);
  await expectNothingPlain(bob);
  expect((await sealing(ann)).revealing).toBe(0);
});

test('after every kind of recovery', async ({ network, site, enter, room }) => {
  const given = { site, config: { timing: { hold_ms: 4_000 }, development_key: true } };
  let endpoint = await startEndpoint(network, { ...given, secret: 'sealed' });
  const annsWay = await BreakableWay.to(network, endpoint);
  const ann = await enter('Ann', { endpoint: annsWay, ...sealed });
  const bob = await enter('Bob', { endpoint, ...sealed });
  for (const client of [ann, bob]) client.mayComplain = true;
  const media = await meet(room, ann, bob);
  const { fingerprint } = (await sealing(bob)).peers.Ann;
  const expectAll = async () => {
    await expectCall(media);
    await expectNothingPlain(ann, bob);
  };

  // The socket is lost.
  await annsWay.cut();
  await ann.expectEvent('state reconnecting joined');
  await expectAll();

  // The endpoint is killed and restarted.
  await endpoint.kill();
  await bob.expectLine('reconnecting');
  endpoint = await startEndpoint(network, { ...given, secret: 'sealed', port: endpoint.port });
  for (const client of [ann, bob]) await client.expectLine('connected');
  await expectAll();

  // ICE is restarted, on other addresses.
  if (network.isolated) {
    const before = await ann.ownAddress();
    const restore = network.move();
    await expect.poll(() => ann.ownAddress(), { timeout: 20_000 }).not.toBe(before);
    await expectAll();
    restore();
  }

  // Another generation: the connection ended behind the core's back.
  await ann.evaluate(() => {
    const [channel] = window.call.line.channels.values();
    for (const peer of channel.peers.values()) peer.connection.close();
  });
  await bob.expectEvent('connection-reset Ann');
  await expectAll();

  // Another membership.
  await annsWay.refuse();
  await annsWay.cut();
  await bob.expectEvent('peer-left Ann disconnected');
  await annsWay.pass();
  await ann.expectPeers(bob);
  await expectAll();

  expect((await sealing(bob)).peers.Ann.fingerprint).toBe(fingerprint);
  await annsWay.close();
  await endpoint.stop();
});

test('a third comes and goes: it reads neither what was before nor what is afterwards', async ({
  twoInACall,
  enter,
}) => {
  const { ann, bob, media } = await twoInACall(sealed);
  const annsId = (await bob.peerReport(ann)).id;
  const before = (await sealing(bob)).keys[annsId];
  const carol = await enter('Carol', sealed);
  await carol.join(ann.room);
  await carol.publish(blue);
  await expectCall(new Map([...media, [carol, blue]]));
  const known = (await sealing(carol)).known[annsId];
  expect(known.filter((key) => before.includes(key))).toEqual([]);
  // Both are sent to with the new key by and by.
  await expect.poll(async () => (await sealing(bob)).keys[annsId].at(-1)).toBe(known.at(-1));
  await expectNothingPlain(ann, bob, carol);

  await carol.leave();
  await ann.expectPeers(bob);
  await expect
    .poll(async () => known.includes((await sealing(bob)).keys[annsId].at(-1)))
    .toBe(false);
  await expectCall(media);
  await expectNothingPlain(ann, bob);
  // And no frame was lost over it.
  for (const client of [ann, bob]) expect((await sealing(client)).withheld).toBe(0);
});

test('another key of the application: no media, and an error in words on both sides', async ({
  enter,
  room,
}) => {
  const ann = await enter('Ann', { line: { encryption: { key: 'correct horse' } } });
  const bob = await enter('Bob', { line: { encryption: { key: 'battery staple' } } });
  await ann.join(room);
  await ann.publish(red);
  await bob.join(room);
  await bob.publish(green);
  for (const client of [ann, bob]) await client.guard();
  await expectError(ann, /^error encryption_failed Bob .*another key/);
  await expectError(bob, /^error encryption_failed Ann .*another key/);
  for (const client of [ann, bob]) {
    await expectNoMedia(client);
    expect(await client.guarded()).toMatchObject({ packets: 0 });
  }
  // The right one.
  const carol = await enter('Carol', { line: { encryption: { key: 'correct horse' } } });
  await carol.join(room);
  await carol.publish(blue);
  await expectToPerceive(ann, carol, blue);
  await expectToPerceive(carol, ann, red);
  await expectNothingPlain(ann, carol);
});

test('one side does not encrypt: no media either way, and words', async ({ enter, room }) => {
  const ann = await enter('Ann', sealed);
  const bob = await enter('Bob');
  await ann.join(room);
  await ann.publish(red);
  await bob.join(room);
  await bob.publish(green);
  await bob.guard();
  await expectError(ann, /^error encryption_unsupported Bob /);
  await expectNoMedia(bob);
  expect((await bob.guarded()).packets).toBe(0);
  expect((await ann.peerReport(bob)).streams.camera?.frames ?? 0).toBe(0);
  await expectSilence(ann, bob);
  expect((await sealing(ann)).went).toBe(0);
});

test('a browser that cannot, and a worker that is not there, refuse in words', async ({
  enter,
  room,
}) => {
  const ann = await enter('Ann', sealed);
  await ann.evaluate(() => delete globalThis.RTCRtpScriptTransform);
  const refused = await ann.tryJoin(room);
  expect(refused.error.code).toBe('encryption_unsupported');
  expect(refused.error.message).toContain('RTCRtpScriptTransform');

  const bob = await enter('Bob', { line: { encryption: { file: '/not-there.js' } } });
  bob.mayComplain = true;
  const failed = await bob.tryJoin(room);
  expect(failed.error.code).toBe('encryption_failed');
  expect(failed.error.message).toContain('partyline/encryption-worker');
});

for (const [first, second] of [
  ['chromium', 'firefox'],
  ['firefox', 'chromium'],
]) {
  test(`${first} joins first, ${second} second`, async ({ enter, room }) => {
    test.skip(!firefoxProgram(), 'Firefox is not installed');
    const media = new Map();
    for (const kind of [first, second]) {
      // The tone of Firefox's fake microphone is always the same.
      const given = kind === 'firefox' ? { hue: 'green', tone: 1000 } : red;
      const client = await enter(kind, kind === 'firefox' ? { browser: kind, ...sealed } : sealed);
      await client.join(room);
      await client.publish(given);
      media.set(client, given);
    }
    await expectCall(media);
    await expectNothingPlain(...media.keys());
  });
}

test('one that was verified comes back with another key: media waits until it is verified again', async ({
  twoInACall,
}) => {
  const { ann, bob, media } = await twoInACall(sealed);
  await ann.evaluate((room) => window.call.verify(room, 'Bob'), ann.room);
  expect((await sealing(ann)).peers.Bob.verified).toBe(true);
  const { fingerprint } = (await sealing(ann)).peers.Bob;
  const { room } = bob;
  const bobsId = (await ann.peerReport(bob)).id;

  // The same tab is the same peer, with a line of its own.
  await bob.reload();
  await bob.open();
  await bob.join(room);
  await bob.publish(green);
  expect((await bob.report()).line.peerId).toBe(bobsId);
  await expectError(ann, /^error encryption_failed Bob .*verified/);
  expect((await sealing(ann)).peers.Bob).toMatchObject({ secured: false, verified: false });
  expect((await sealing(ann)).peers.Bob.fingerprint).not.toBe(fingerprint);
  await ann.guard();
  await bob.guard();
  await expectNoMedia(ann);
  await expectNoMedia(bob);

  await ann.evaluate((where) => window.call.verify(where, 'Bob'), ann.room);
  await expectCall(media);
  await expectNothingPlain(ann, bob);
});
