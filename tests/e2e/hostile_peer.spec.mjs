// A peer that does not keep to the rules spoils its own connections and nobody else's.
import { expect, expectCall, test } from './lab/test.mjs';

/** Ann and Bob in a call, and Mal, who speaks the protocol by hand, in the same channel. */
async function callWithMal({ enter, endpoint, twoInACall, room }) {
  const { ann, bob, media } = await twoInACall();
  const mal = await enter('Mal', { url: `${endpoint.url}/empty.html`, line: false });
  await mal.evaluate(
    async ([url, channel]) => {
      const { ProtocolClient } = await import('/protocol_client.js');
      window.mal = new ProtocolClient(url);
      window.channel = channel;
      await window.mal.hello(channel, 'Mal', [{ name: 'camera', video: 'live', audio: 'live' }]);
    },
    [endpoint.socketUrl, room],
  );
  // Both make it an offer, since they were there first.
  await expect
    .poll(() =>
      mal.evaluate(() => window.mal.frames.filter(({ type }) => type === 'signal').length),
    )
    .toBeGreaterThanOrEqual(2);
  await expectCall(media);
  return { ann, bob, mal, media };
}

const sdp = {
  'no SDP at all': 'good morning',
  'SDP that breaks off':
    'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF',
  'SDP of no media': 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n',
};

const answerAll = (mal, text) =>
  mal.evaluate((answer) => {
    for (const { type, from, incarnation, body } of window.mal.frames) {
      if (type !== 'signal') continue;
      const { generation, negotiation } = JSON.parse(body.split('\n', 1)[0]);
      const header = { generation, type: 'answer', negotiation, media: {} };
      window.mal.signal(window.channel, { peer: from, incarnation }, header, answer);
    }
  }, text);

const expectPairError = (client) =>
  expect
    .poll(
      async () =>
        (await client.roomReport()).events.filter((event) => /^error \w+ Mal \S/.test(event))
          .length,
      { message: `errors about Mal that ${client.name} is told` },
    )
    .toBeGreaterThanOrEqual(1);

for (const [what, text] of Object.entries(sdp)) {
  test(`answers with ${what}: that pair reports it, the call goes on`, async ({
    enter,
    endpoint,
    twoInACall,
    room,
  }) => {
    const { ann, bob, mal, media } = await callWithMal({ enter, endpoint, twoInACall, room });
    await answerAll(mal, text);
    await expectPairError(ann);
    await expectPairError(bob);
    await expectCall(media);
    expect((await ann.peerReport(bob)).state).toBe('connected');
    expect(
      (await ann.roomReport()).events.filter((event) => /reset Bob|error \w+ Bob/.test(event)),
    ).toEqual([]);
  });
}

test('offers with no SDP at all: that pair reports it, the call goes on', async ({
  enter,
  endpoint,
  twoInACall,
  room,
}) => {
  const { ann, bob, mal, media } = await callWithMal({ enter, endpoint, twoInACall, room });
  await mal.evaluate(() => {
    for (const member of window.mal.members()) {
      const header = { generation: 2, type: 'offer', negotiation: 1, media: {} };
      window.mal.signal(window.channel, member, header, 'good morning');
    }
  });
  await expectPairError(ann);
  await expectPairError(bob);
  await expectCall(media);
});

test('signals that are no signals harm nobody', async ({ enter, endpoint, twoInACall, room }) => {
  const { ann, bob, mal, media } = await callWithMal({ enter, endpoint, twoInACall, room });
  await mal.evaluate(() => {
    const bodies = [
      'good morning',
      '[]',
      '{"generation":-1}',
      '{"generation":1e300}',
      `{"generation":1,"candidates":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      '{"generation":1,"candidates":[["candidate:x","0","y"]]}',
      '{"generation":18446744073709551615,"please_offer":true}',
      '{"generation":1,"wants_to_offer":"yes"}',
      '{"generation":1,"wants_to_offer":true}',
      '{"generation":1,"wants_to_offer":true,"please_offer":true}',
    ];
    for (const { peer, incarnation } of window.mal.members()) {
      const header = { type: 'signal', channel: window.channel, to: peer, incarnation };
      for (const body of bodies) window.mal.send(header, body);
    }
  });
  await expectCall(media);
  expect((await ann.peerReport(bob)).state).toBe('connected');
  const cem = await enter('Cem');
  await cem.join(room);
  await cem.publish({ hue: 'blue', tone: 1320 });
  await expectCall(new Map([...media, [cem, { hue: 'blue', tone: 1320 }]]));
});

test('frames that are no frames are answered, and the call goes on', async ({
  enter,
  endpoint,
  twoInACall,
  room,
}) => {
  const { ann, bob, mal, media } = await callWithMal({ enter, endpoint, twoInACall, room });
  await mal.evaluate(() => window.mal.send({ type: 'telephone' }));
  await expect
    .poll(() => mal.evaluate(() => window.mal.frames.find(({ type }) => type === 'refused')?.code))
    .toBe('unknown_type');
  await mal.evaluate(() => window.mal.sendText('good morning'));
  await expect.poll(() => mal.evaluate(() => window.mal.closed?.code)).toBe(4300);
  await ann.expectPeers(bob);
  await expectCall(media);
});
