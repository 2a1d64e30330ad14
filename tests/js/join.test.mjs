import assert from 'node:assert/strict';
import test from 'node:test';
import { FakeEndpoint } from './fake/endpoint.mjs';
import {
  FakePlatform,
  Partyline,
  PartylineError,
  joined,
  record,
  settled,
  until,
  world,
} from './fake/world.mjs';

test('a new line does nothing before it is needed', (t) => {
  const { line, platform } = world(t);
  assert.equal(line.state, 'idle');
  assert.equal(line.peerId, null);
  assert.deepEqual(platform.left, {
    timers: 0,
    sockets: 0,
    connections: 0,
    networkListeners: 0,
    pageListeners: 0,
  });
});

test('join opens one socket with the subprotocol and no credential in the URL, and resolves joined', async (t) => {
  const { line, platform, endpoint } = world(t);
  const states = record(line, 'state');
  const channel = await line.join('room', { metadata: { name: 'Ann', pi: 3.14159, tiny: 1e-7 } });
  assert.equal(platform.sockets.length, 1);
  assert.equal(platform.sockets[0].url, 'ws://localhost:7400');
  assert.equal(platform.sockets[0].protocol, 'partyline.v1');
  const [hello] = endpoint.of('hello');
  assert.equal(hello.key, 'pk_demo');
  assert.deepEqual(hello.join[0].metadata, { name: 'Ann', pi: 3.14159, tiny: 1e-7 });
  assert.equal(channel.state, 'joined');
  assert.equal(channel.name, 'room');
  assert.deepEqual(channel.me, { id: 'p_me', metadata: { name: 'Ann', pi: 3.14159, tiny: 1e-7 } });
  assert.equal(line.channels.get('room'), channel);
  assert.equal(line.state, 'connected');
  assert.deepEqual(
    states.map(([, { from, to }]) => `${from} ${to}`),
    ['idle connecting', 'connecting connected'],
  );
});

test('several channels share one socket', async (t) => {
  const { line, platform } = world(t);
  const channels = await Promise.all(['a', 'b', 'c'].map((name) => line.join(name)));
  assert.deepEqual([...line.channels.keys()].sort(), ['a', 'b', 'c']);
  assert.equal(new Set(channels).size, 3);
  assert.equal(platform.sockets.length, 1);
});

test('the same name cannot be joined twice, and can be again after leaving', async (t) => {
  const { line, channel } = await joined(t);
  await assert.rejects(line.join('room'), { name: 'PartylineError', code: 'already_joined' });
  assert.equal(line.channels.get('room'), channel);
  const states = record(channel, 'state');
  channel.leave();
  await settled();
  assert.equal(channel.state, 'left');
  assert.equal(states.at(-1)[1].to, 'left');
  assert.equal(line.channels.size, 0);
  const again = await line.join('room');
  assert.notEqual(again, channel);
  assert.equal(again.state, 'joined');
});

test('a refused join rejects with the code and the words of the endpoint', async (t) => {
  const { line, endpoint } = world(t);
  endpoint.refusals.set('full', { code: 'channel_full', text: 'This channel has 32 members.' });
  await assert.rejects(line.join('full'), (error) => {
    assert.ok(error instanceof PartylineError);
    assert.equal(error.code, 'channel_full');
    assert.equal(error.retryable, true);
    assert.match(error.message, /This channel has 32 members\./);
    return true;
  });
  assert.equal(line.channels.size, 0);
});

test('a name that is no channel name is refused without asking anybody', async (t) => {
  const { line, platform } = world(t);
  await assert.rejects(line.join(''), TypeError);
  await assert.rejects(line.join(7), TypeError);
  await assert.rejects(line.join('room', { metadata: 7 }), TypeError);
  await assert.rejects(line.join('room', { metdata: {} }), /metdata/);
  await assert.rejects(line.join('room', { signal: {} }), TypeError);
  assert.equal(platform.sockets.length, 0);
  await assert.rejects(line.join('x'.repeat(129)), { code: 'channel_name_invalid' });
  await assert.rejects(line.join('\ud800'), { code: 'invalid_argument' });
});

for (const [code, expected] of [
  [4302, 'key_unknown'],
  [4303, 'origin_refused'],
  [4301, 'unsupported_version'],
]) {
  test(`a socket closed with ${code} rejects the join with ${expected}, and is not tried again`, async (t) => {
    const { line, endpoint, platform } = world(t);
    endpoint.answers = false;
    const join = line.join('room');
    await until(() => platform.sockets.length === 1);
    platform.sockets[0].open();
    platform.sockets[0].lose(code, 'words of the endpoint');
    await assert.rejects(join, { code: expected });
    await platform.advance(120_000);
    assert.equal(platform.sockets.length, 1);
  });
}

test('a socket that cannot be opened is tried again, and the join waits', async (t) => {
  const { line, endpoint, platform } = world(t);
  endpoint.answers = false;
  const states = record(line, 'state');
  const join = line.join('room');
  await until(() => platform.sockets.length === 1);
  platform.sockets[0].lose(1006);
  endpoint.answers = true;
  await platform.advance(5_000);
  const channel = await join;
  assert.equal(channel.state, 'joined');
  assert.ok(platform.sockets.length >= 2);
  assert.ok(states.some(([, { retryInMs }]) => retryInMs !== undefined));
});

test('a WebSocket constructor that throws is a socket that could not be opened', async (t) => {
  const platform = new FakePlatform();
  const endpoint = new FakeEndpoint(platform);
  let calls = 0;
  platform.createWebSocket = (...rest) => {
    if ((calls += 1) === 1) throw new DOMException('no', 'SecurityError');
    return FakePlatform.prototype.createWebSocket.apply(platform, rest);
  };
  const line = new Partyline({ endpoint: 'wss://example.com', key: 'pk', platform });
  t.after(() => line.close());
  const join = line.join('room');
  await until(() => calls === 1);
  await platform.advance(5_000);
  assert.equal((await join).state, 'joined');
  assert.equal(endpoint.of('hello').length, 1);
});

test('an aborted join rejects with aborted and leaves nothing behind', async (t) => {
  const { line, endpoint, platform } = world(t);
  endpoint.answers = false;
  const controller = new AbortController();
  const join = line.join('room', { signal: controller.signal });
  await until(() => platform.sockets.length === 1);
  controller.abort(new Error('changed my mind'));
  await assert.rejects(join, (error) => {
    assert.equal(error.code, 'aborted');
    assert.equal(error.cause.message, 'changed my mind');
    return true;
  });
  assert.equal(line.channels.size, 0);
  await assert.rejects(line.join('room', { signal: controller.signal }), { code: 'aborted' });
  endpoint.answers = true;
  platform.sockets[0].open();
  const channel = await line.join('room');
  assert.equal(channel.state, 'joined');
});

test('close before the core is there rejects what waits, and a join afterwards', async (t) => {
  const { line, platform } = world(t);
  const join = line.join('room');
  line.close();
  await assert.rejects(join, { code: 'closed' });
  assert.equal(line.state, 'closed');
  await settled();
  assert.equal(platform.left.sockets, 0);
  await assert.rejects(line.join('room'), { code: 'closed' });
});

test('the socket is opened while the core is loaded, and only once', async (t) => {
  const { line, platform } = world(t);
  const join = line.join('room');
  assert.equal(platform.sockets.length, 1);
  assert.equal((await join).state, 'joined');
  assert.equal(platform.sockets.length, 1);
});

test('a socket that failed before the core was there is tried again', async (t) => {
  const { line, platform } = world(t);
  const join = line.join('room');
  platform.sockets[0].lose(1006);
  assert.equal((await join).state, 'joined');
  assert.equal(platform.sockets.length, 2);
});

test('a lost socket: the line and the channel reconnect by themselves', async (t) => {
  const { line, channel, platform } = await joined(t);
  platform.sockets[0].lose(1006);
  assert.equal(line.state, 'reconnecting');
  assert.equal(channel.state, 'reconnecting');
  await platform.advance(5_000);
  assert.equal(line.state, 'connected');
  assert.equal(channel.state, 'joined');
  assert.equal(line.channels.get('room'), channel);
});

test('retryNow does not wait', async (t) => {
  const { line, endpoint, platform } = await joined(t);
  endpoint.answers = false;
  platform.sockets[0].lose(1006);
  await platform.advance(60_000);
  for (const socket of platform.sockets) if (socket.readyState < 2) socket.lose();
  await settled();
  const before = platform.sockets.length;
  endpoint.answers = true;
  line.retryNow();
  await settled();
  assert.equal(platform.sockets.length, before + 1);
  assert.equal(line.state, 'connected');
});

test('offline pauses, online hurries', async (t) => {
  const { line, platform } = await joined(t, { endpoint: 'wss://example.com' });
  platform.setOnline(false);
  platform.sockets[0].lose(1006);
  await platform.advance(300_000);
  assert.equal(platform.sockets.length, 1);
  platform.setOnline(true);
  await platform.advance(1_000);
  assert.equal(line.state, 'connected');
});

test('a page that goes on asks at once whether its socket is alive', async (t) => {
  const { platform } = await joined(t);
  const before = platform.sockets[0].sent.length;
  platform.changePage('resumed');
  await settled();
  assert.deepEqual(
    platform.sockets[0].sent.slice(before).map((text) => JSON.parse(text).type),
    ['ping'],
  );
});

test('a page that ends leaves its channels, and says that it does not come back', async (t) => {
  const { line, platform } = await joined(t);
  const [socket] = platform.sockets;
  platform.changePage('leaving');
  assert.equal(JSON.parse(socket.sent.at(-1)).type, 'leave');
  assert.equal(socket.closedWith.code, 1000);
  assert.equal(line.state, 'closed');
});

test('the next page of a tab is the same peer', async (t) => {
  const lines = [];
  const logger = {
    debug() {},
    info() {},
    warn() {},
    error() {},
    transcript: (line) => lines.push(line),
  };
  const { endpoint, platform } = await joined(t);
  endpoint.send({ type: 'ticket', ticket: 'secret' });
  platform.changePage('leaving');
  assert.deepEqual(platform.handedOver, [['partyline pk_demo ws://localhost:7400', '2:secret']]);
  const next = world(t, { platform, logger });
  await next.line.join('room');
  assert.deepEqual(platform.handedOver, []);
  const { resume, join } = next.endpoint.of('hello').at(-1);
  assert.deepEqual(resume, { ticket: 'secret', fresh: true });
  // Above all numbers that the others may have heard of the page before.
  assert.equal(join[0].request, 1_000_004);
  assert.doesNotMatch(lines.join('\n'), /secret/);
});

test('a line that the application closed hands nothing over', async (t) => {
  const { endpoint, line, platform } = await joined(t);
  endpoint.send({ type: 'ticket', ticket: 'secret' });
  line.close();
  platform.changePage('leaving');
  assert.deepEqual(platform.handedOver, []);
});

test('binary frames and frames that are too long are answered by the core', async (t) => {
  for (const data of [new ArrayBuffer(3), 'x'.repeat(200_000), 'no json', '[]']) {
    const { line, platform } = await joined(t);
    const [socket] = platform.sockets;
    socket.receive(data);
    await settled();
    assert.ok(socket.closedWith, 'the socket is closed by us');
    await platform.advance(5_000);
    assert.equal(line.state, 'connected', 'and another one opened');
    assert.equal(platform.sockets.length, 2);
  }
});

test('the roster of a large channel, far larger than anything a client may send, is understood', async (t) => {
  const { endpoint, line } = world(t);
  const metadata = { about: 'x'.repeat(4_000) };
  const members = Array.from({ length: 64 }, (_, n) => ({
    peer: `p_${n}`,
    incarnation: 1_000 + n,
    metadata,
  }));
  endpoint.members.set('room', members);
  const channel = await line.join('room');
  assert.equal(channel.peers.size, 64);
});

test('a token is asked for, and why', async (t) => {
  const reasons = [];
  const tokenProvider = async ({ reason }) => {
    reasons.push(reason);
    return 'a.b.c';
  };
  const { line, endpoint } = world(t, { key: undefined, tokenProvider });
  await line.join('room');
  assert.deepEqual(reasons, ['first']);
  assert.equal(endpoint.of('hello')[0].token, 'a.b.c');
  assert.equal(endpoint.of('hello')[0].key ?? '', '');
});

for (const [what, tokenProvider] of [
  [
    'throws',
    () => {
      throw new Error('no backend');
    },
  ],
  [
    'rejects',
    async () => {
      throw new Error('no backend');
    },
  ],
  ['gives no string', async () => 7],
]) {
  test(`a tokenProvider that ${what} is tried again later, and opens no socket meanwhile`, async (t) => {
    let works = false;
    const provider = (context) => (works ? 'a.b.c' : tokenProvider(context));
    const { line, platform } = world(t, { key: undefined, tokenProvider: provider });
    const join = line.join('room');
    await until(() => line.state !== 'idle');
    await platform.advance(100);
    works = true;
    await platform.advance(60_000);
    assert.equal((await join).state, 'joined');
  });
}

test('after close nothing is left', async (t) => {
  const { line, channel, platform } = await joined(t);
  const states = record(line, 'state');
  await settled();
  line.close();
  assert.deepEqual(platform.left, {
    timers: 0,
    sockets: 0,
    connections: 0,
    networkListeners: 0,
    pageListeners: 0,
  });
  assert.equal(line.state, 'closed');
  assert.equal(channel.state, 'left');
  assert.equal(line.channels.size, 0);
  assert.equal(states.at(-1)[1].to, 'closed');
  line.close();
  line.retryNow();
  channel.leave();
  await platform.advance(60_000);
  assert.equal(platform.sockets.length, 1);
});

test('close in a listener ends after what is under way', async (t) => {
  const { line, endpoint, platform } = world(t);
  line.on('state', ({ to }) => to === 'connected' && line.close());
  await line.join('room').catch((error) => assert.match(error.code, /closed|aborted/));
  await settled();
  assert.equal(line.state, 'closed');
  assert.deepEqual(platform.left, {
    timers: 0,
    sockets: 0,
    connections: 0,
    networkListeners: 0,
    pageListeners: 0,
  });
  assert.equal(endpoint.of('hello').length, 1);
});

test('no credential reaches the logger', async (t) => {
  const { logs, platform } = await joined(t, { key: 'pk_secret_of_mine' });
  platform.sockets[0].lose(1006);
  await platform.advance(5_000);
  assert.ok(!logs.some((text) => text.includes('pk_secret_of_mine')));
});
