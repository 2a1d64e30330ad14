// The connection to the endpoint is lost in the ways in which it is lost, and the call does not notice: the same peers, streams and
// connections, pictures without a gap, nobody seen to leave, and what was wished for meanwhile done afterwards.
import { BreakableWay } from './lab/breakable_way.mjs';
import { startEndpoint } from './lab/endpoint.mjs';
import {
  expect,
  expectCall,
  expectToPerceive,
  green,
  meet,
  red,
  test as base,
} from './lab/test.mjs';

const blue = { hue: 'blue', tone: 1320 };

// The longest pause of an undisturbed call on a busy machine; what is feared takes seconds.
const noGap = 1_500;

const test = base.extend({
  /** `way(endpoint)`: a way to it that the test can break. */
  way: async ({ network }, use) => {
    const ways = [];
    await use(async (endpoint) => {
      ways.push(await BreakableWay.to(network, endpoint));
      return ways.at(-1);
    });
    for (const way of ways) await way.close();
  },
});

async function call(ann, bob, room) {
  for (const client of [ann, bob]) client.mayComplain = true;
  const media = await meet(room, ann, bob);
  await ann.openDataChannel(bob, 'notes');
  await expect
    .poll(async () => (await bob.roomReport()).pipes['Ann/notes']?.readyState)
    .toBe('open');
  for (const client of [ann, bob]) await client.remember();
  return media;
}

/** `own` are the states that a client's own channel went through. */
async function expectUntouched(media, { lost }) {
  await expectCall(media);
  for (const client of media.keys()) {
    const { different, events, longestGap } = await client.compare();
    expect(different, client.name).toEqual([]);
    expect(events, client.name).toEqual(
      lost.includes(client) ? ['state joined reconnecting', 'state reconnecting joined'] : [],
    );
    expect(longestGap, `ms without a picture at ${client.name}`).toBeLessThan(noGap);
  }
  const [ann, bob] = [...media.keys()];
  await ann.send(bob, 'notes', 'still here');
  await expect
    .poll(async () => (await bob.roomReport()).pipes['Ann/notes'].received)
    .toEqual(['still here']);
}

test('S1. a socket that is reset, five times', async ({ endpoint, way, enter, room }) => {
  const annsWay = await way(endpoint);
  const ann = await enter('Ann', { endpoint: annsWay });
  const bob = await enter('Bob');
  const media = await call(ann, bob, room);
  for (let time = 0; time < 5; time++) {
    await ann.remember();
    await annsWay.cut();
    await expect
      .poll(async () => (await ann.compare()).events)
      .toEqual(['state joined reconnecting', 'state reconnecting joined']);
  }
  await expectUntouched(media, { lost: [ann] });
});

test('3. a socket that is open and dead is found out when the page wakes up', async ({
  endpoint,
  way,
  enter,
  room,
}) => {
  const annsWay = await way(endpoint);
  const ann = await enter('Ann', { endpoint: annsWay });
  const bob = await enter('Bob');
  const media = await call(ann, bob, room);
  await annsWay.hole();
  await annsWay.pass();
  await ann.page.evaluate(() => document.dispatchEvent(new Event('resume')));
  // It may be over between two looks.
  await expect
    .poll(async () => (await ann.report()).line.events)
    .toEqual(
      expect.arrayContaining([
        'connected reconnecting heartbeat_timeout',
        'reconnecting connected',
      ]),
    );
  await expectUntouched(media, { lost: [ann] });
});

test('10. the endpoint is killed and started again', async ({ network, site, enter, room }) => {
  let own = await startEndpoint(network, { site, secret: 'restarted' });
  const { port } = own;
  const ann = await enter('Ann', { endpoint: own });
  const bob = await enter('Bob', { endpoint: own });
  const media = await call(ann, bob, room);
  await own.kill();
  await ann.expectLine('reconnecting');
  await bob.expectLine('reconnecting');
  own = await startEndpoint(network, { site, port, secret: 'restarted' });
  await ann.expectLine('connected');
  await bob.expectLine('connected');
  await ann.expectPeers(bob);
  await bob.expectPeers(ann);
  await expectUntouched(media, { lost: [ann, bob] });
  await own.stop();
});

test('14. what is wished for meanwhile is done afterwards, and the last wish counts', async ({
  endpoint,
  way,
  enter,
  room,
}) => {
  const annsWay = await way(endpoint);
  const ann = await enter('Ann', { endpoint: annsWay });
  const bob = await enter('Bob');
  await call(ann, bob, room);
  await annsWay.refuse();
  await annsWay.cut();
  await ann.expectLine('reconnecting');
  await ann.mute('video');
  await ann.unmute('video');
  await ann.mute('audio');
  await ann.publish(blue, { name: 'second' });
  await bob.publish(blue, { name: 'other' });
  await annsWay.pass();
  await ann.expectLine('connected');
  await expectToPerceive(bob, ann, blue, { stream: 'second' });
  await expectToPerceive(ann, bob, blue, { stream: 'other' });
  await expect
    .poll(async () => (await bob.peerReport(ann)).publications.camera)
    .toEqual({ audio: 'muted', video: 'live' });
  for (const client of [ann, bob]) {
    const { different, events } = await client.compare();
    expect(different.filter((what) => !what.includes('tracks'))).toEqual([]);
    expect(events.filter((event) => /peer-|error|reset/.test(event))).toEqual([]);
  }
});

test('20. somebody comes and goes while another has no socket', async ({
  endpoint,
  way,
  enter,
  room,
}) => {
  const annsWay = await way(endpoint);
  const ann = await enter('Ann', { endpoint: annsWay });
  const bob = await enter('Bob');
  await call(ann, bob, room);
  await annsWay.refuse();
  await annsWay.cut();
  await ann.expectLine('reconnecting');
  const cem = await enter('Cem');
  await cem.join(room);
  await cem.publish(blue);
  const dia = await enter('Dia');
  await dia.join(room);
  await dia.leave();
  await expect.poll(async () => (await bob.roomReport()).peerStates).toContain('Ann away');
  await annsWay.pass();
  await ann.expectPeers(bob, cem);
  await expectToPerceive(ann, cem, blue);
  await expectToPerceive(cem, ann, red);
  expect((await bob.compare()).different).toEqual([]);
  expect((await bob.compare()).events.filter((event) => event.includes('Ann'))).toEqual([]);
  const { different, events } = await ann.compare();
  expect(different).toEqual([]);
  expect(events.filter((event) => event.startsWith('peer-'))).toEqual([
    'peer-joined Cem',
    'peer-joined Dia',
    'peer-left Dia left',
  ]);
});

test('a peer that does not come back is away, and then it has left', async ({
  network,
  site,
  way,
  enter,
  room,
}) => {
  const own = await startEndpoint(network, {
    site,
    config: { timing: { hold_ms: 3_000 }, development_key: true },
  });
  const annsWay = await way(own);
  const ann = await enter('Ann', { endpoint: annsWay });
  const bob = await enter('Bob', { endpoint: own });
  const media = await call(ann, bob, room);
  await annsWay.refuse();
  await annsWay.cut();
  await bob.expectEvent('peer-left Ann disconnected');
  expect((await bob.roomReport()).peerStates).toContain('Ann away');
  await annsWay.pass();
  await ann.expectPeers(bob);
  await bob.expectPeers(ann);
  await expectCall(media);
  await own.stop();
});
