// What the logger is told so that a call can be played again.
import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './fake/sources.mjs';
import { joined, record, settled } from './fake/world.mjs';

const logger = (lines) => ({
  debug() {},
  info() {},
  warn() {},
  error() {},
  transcript: (line) => lines.push(line),
});

test('a transcript played to a core gives the same orders again', async (t) => {
  const lines = [];
  const { channel, endpoint, platform } = await joined(t, { logger: logger(lines) });
  const states = record(channel, 'state');
  endpoint.peerJoins('room', 'p_bob');
  await settled();
  await platform.advance(100);
  assert.equal(states.length, 1);

  const { createCore } = await load('loader');
  const [begin, ...steps] = lines.map((line) => JSON.parse(line));
  const core = await createCore(() => begin.options, begin.seed);
  const orders = steps.flatMap(({ at, input }) => core.step(at, input).outputs);
  const types = orders.map(({ type }) => type);
  const first = ['LineStateChanged', 'OpenSocket', 'ChannelRoute', 'SendFrame'];
  assert.deepEqual(types.slice(0, first.length), first);
  // Each line has the types of what the one before was answered with.
  const recorded = steps.flatMap(({ previous }) => previous);
  assert.ok(recorded.includes('MakeOffer'));
  assert.deepEqual(recorded, types.slice(0, recorded.length));
  assert.ok(types.includes('MakeOffer'));
  // An offer was made in the recorded run, so that the replay has one to tell.
  assert.ok(orders.some(({ type, text }) => type === 'SendFrame' && text.includes('"offer"')));
});

test('who writes the transcript badly does not stop the call', async (t) => {
  const transcript = () => {
    throw new Error('the disk is full');
  };
  const { channel } = await joined(t, { logger: { ...logger([]), transcript } });
  assert.equal(channel.state, 'joined');
});

test('a transcript has no credentials in it', async (t) => {
  const lines = [];
  const { endpoint } = await joined(t, {
    key: undefined,
    tokenProvider: async () => 'a-secret-token',
    iceServers: [{ urls: 'turn:a.example', username: 'u', credential: 'a-secret-credential' }],
    logger: logger(lines),
  });
  endpoint.send({
    type: 'welcome',
    ice_servers: [{ credential: 'with "quotes", another-secret' }],
    ticket: 'with "quotes", a-secret-ticket',
  });
  endpoint.send({ type: 'ice-servers', ice_servers: [{ credential: 'a-secret-renewed' }] });
  await settled();
  assert.ok(lines.length > 3);
  assert.doesNotMatch(lines.join('\n'), /secret/);

  // And is played as one with a token still.
  const { createCore } = await load('loader');
  const [begin, ...steps] = lines.map((line) => JSON.parse(line));
  const core = await createCore(() => begin.options, begin.seed);
  const orders = steps.flatMap(({ at, input }) => core.step(at, input).outputs);
  const types = orders.map(({ type }) => type);
  assert.ok(types.includes('RequestToken') && types.includes('SendFrame'), types.join(' '));

  const { transcriptLine } = await load('transcript');
  const sdp = 'a=ice-ufrag:abcd\r\na=ice-pwd:a-secret-password\r\na=mid:0\r\n';
  const made = transcriptLine(1, { type: 'OfferMade', operation: 1, sdp, mids: [] }, []);
  assert.doesNotMatch(made, /secret/);
  assert.match(made, /abcd.*a=mid:0/);
});
