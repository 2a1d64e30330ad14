import assert from 'node:assert/strict';
import test from 'node:test';
import { joined, record, settled } from './fake/world.mjs';

/** A channel with a peer that was heard of. */
async function withBob(t) {
  const all = await joined(t);
  const bob = all.endpoint.peerJoins('room', 'p_bob');
  await settled();
  const messages = record(all.channel, 'message');
  return { ...all, bob, messages };
}

/** What is sent comes back as if from Bob. */
async function echoed({ endpoint, channel, bob, messages }, data) {
  await channel.send(data);
  const { body, format, request } = endpoint.of('message').at(-1);
  bob.says(request, body, { format });
  await settled();
  return messages.at(-1)[1].data;
}

test('JSON and strings arrive as they were', async (t) => {
  const all = await withBob(t);
  for (const data of [
    null,
    true,
    -1.5,
    '',
    'plain',
    'quotes " and \\, \n, \0, Zoë 🎉',
    [],
    [1, [2, { a: null }]],
    { text: 'hi', nested: { list: [1, 2] } },
  ]) {
    assert.deepEqual(await echoed(all, data), data);
  }
  assert.equal(all.messages.length, 9);
});

test('an ArrayBuffer arrives as one, every view as a Uint8Array of its bytes', async (t) => {
  const all = await withBob(t);
  const bytes = Uint8Array.from({ length: 50_000 }, (_, i) => (i * 7) % 256);
  const buffer = await echoed(all, bytes.buffer);
  assert.ok(buffer instanceof ArrayBuffer);
  assert.deepEqual(new Uint8Array(buffer), bytes);
  assert.deepEqual(await echoed(all, bytes), bytes);
  assert.deepEqual(await echoed(all, bytes.subarray(3, 7)), bytes.slice(3, 7));
  assert.deepEqual(await echoed(all, new DataView(bytes.buffer, 8, 2)), bytes.slice(8, 10));
  assert.deepEqual(await echoed(all, Uint16Array.of(0x0201)), Uint8Array.of(1, 2));
  assert.deepEqual(await echoed(all, new ArrayBuffer(0)), new ArrayBuffer(0));
});

test('a message says from whom it is, and its topic', async (t) => {
  const { channel, bob, messages } = await withBob(t);
  bob.says(1, '"a"');
  bob.says(2, '"b"', { topic: 'chat' });
  await settled();
  const from = channel.peers.get('p_bob');
  assert.deepEqual(messages, [
    ['message', { from, data: 'a', topic: '' }],
    ['message', { from, data: 'b', topic: 'chat' }],
  ]);
});

test('to all, to one, to some: a Peer or an id, each once', async (t) => {
  const { endpoint, channel } = await withBob(t);
  const bob = channel.peers.get('p_bob');
  await channel.send('1');
  await channel.send('2', { to: bob, topic: 'chat' });
  await channel.send('3', { to: ['p_bob', 'p_cat', bob] });
  await bob.send('4', { topic: 'chat' });
  assert.deepEqual(
    endpoint.of('message').map(({ to, topic, body }) => [body, to, topic]),
    [
      ['"1"', undefined, undefined],
      ['"2"', ['p_bob'], 'chat'],
      ['"3"', ['p_bob', 'p_cat'], undefined],
      ['"4"', ['p_bob'], 'chat'],
    ],
  );
});

test('send resolves when the endpoint has it, and rejects with its words', async (t) => {
  const { endpoint, channel } = await withBob(t);
  endpoint.answers = false;
  let done = false;
  const first = channel.send('1').then(() => (done = true));
  const second = channel.send('2', { to: 'p_cat' });
  await settled();
  assert.equal(done, false);
  const [one, two] = endpoint.of('message');
  endpoint.send({ type: 'sent', channel: 'room', request: one.request });
  await first;
  endpoint.send({
    type: 'refused',
    channel: 'room',
    request: two.request,
    code: 'peer_not_found',
    text: 'This peer is not in the channel.',
  });
  await assert.rejects(second, {
    name: 'PartylineError',
    code: 'peer_not_found',
    retryable: false,
    message: 'This peer is not in the channel.',
  });
});

test('what cannot be sent is told at once', async (t) => {
  const { endpoint, channel } = await withBob(t);
  const circular = {};
  circular.self = circular;
  for (const data of [undefined, () => {}, 1n, circular, new Map(), new Set(), new Blob(['a'])]) {
    await assert.rejects(channel.send(data), TypeError);
  }
  for (const options of [
    { to: [] },
    { to: '' },
    { to: [{}] },
    { to: null },
    { topic: 7 },
    { topics: '' },
    null,
  ]) {
    await assert.rejects(channel.send('a', options), TypeError);
  }
  const code = 'message_too_large';
  // Base64 is counted in threes of bytes.
  for (const size of [65_539, 500_000]) {
    await assert.rejects(channel.send(new Uint8Array(size)), { code, retryable: false });
    await assert.rejects(channel.send('x'.repeat(size - 2)), { code, retryable: false });
  }
  assert.equal(endpoint.of('message').length, 0);
  await channel.send(new Uint8Array(65_536));
  await channel.send('x'.repeat(65_534));
});

test('what waits when the channel is left or the line is closed rejects', async (t) => {
  const { endpoint, channel, line } = await withBob(t);
  await channel.send('0');
  endpoint.answers = false;
  const first = channel.send('1');
  channel.leave();
  // It was on its way, and may have been passed on.
  await assert.rejects(first, { code: 'delivery_unknown' });
  await assert.rejects(channel.send('2'), { code: 'closed' });
  line.close();
  await assert.rejects(channel.send('3'), { code: 'closed' });
});

test('a message that cannot be read is an error that names the peer', async (t) => {
  const { channel, bob, messages } = await withBob(t);
  const errors = record(channel, 'error');
  bob.says(1, '{');
  bob.says(2, '%', { format: 'bytes' });
  bob.says(3, 'AAAA', { format: 'hologram' });
  bob.says(4, '"fine"');
  await settled();
  assert.deepEqual(
    errors.map(([, { error, peer }]) => [error.code, peer.id]),
    [1, 2, 3].map(() => ['protocol_error', 'p_bob']),
  );
  assert.equal(messages.length, 1);
});

test('what is sent while reconnecting goes out afterwards', async (t) => {
  const { endpoint, channel, platform } = await withBob(t);
  platform.sockets.at(-1).lose();
  await settled();
  assert.equal(channel.state, 'reconnecting');
  const sent = Promise.all(['1', '2', '3'].map((text) => channel.send(text)));
  await platform.advance(1_000);
  await sent;
  assert.deepEqual(
    endpoint.of('message').map(({ body }) => body),
    ['"1"', '"2"', '"3"'],
  );
});
