import assert from 'node:assert/strict';
import test from 'node:test';
import { FakePeerConnection, fakeSdp } from './fake/peer_connection.mjs';
import { connected, joined, record, settled, until } from './fake/world.mjs';

test('whoever was first offers; the connection is made as ordered', async (t) => {
  const { channel, platform, connection, bob } = await connected(t);
  assert.equal(connection.configuration.bundlePolicy, 'max-bundle');
  assert.equal(connection.configuration.iceTransportPolicy, 'all');
  assert.deepEqual(connection.dataChannels[0].init, { negotiated: true, id: 0 });
  assert.equal(connection.dataChannels[0].label, 'partyline');
  assert.equal(bob.connection, connection);
  assert.equal(bob.state, 'connected');
  assert.equal(platform.connections.length, 1);
  channel.leave();
  assert.equal(connection.closed, true);
  assert.equal(bob.connection, null);
  assert.equal(bob.state, 'left');
  assert.equal(channel.peers.size, 0);
});

test('ICE servers that come in band are set, and nothing else changes', async (t) => {
  const { endpoint, connection, platform, bob } = await connected(t);
  const ice_servers = [{ urls: 'turn:a.example', username: '9:p_me', credential: 'c' }];
  const before = connection.configuration;
  endpoint.send({ type: 'ice-servers', ice_servers });
  await settled();
  assert.deepEqual(connection.configuration, { ...before, iceServers: ice_servers });
  assert.equal(connection.restarts, 0);
  assert.equal(bob.connection, connection);

  endpoint.peerJoins('room', 'p_cleo');
  await until(() => platform.connections.length > 1);
  assert.deepEqual(platform.connections[1].configuration.iceServers, ice_servers);
});

test('a browser that does not take ICE servers keeps its call', async (t) => {
  const { endpoint, connection, bob } = await connected(t);
  connection.setConfiguration = () => {
    throw new DOMException('not now', 'InvalidStateError');
  };
  endpoint.send({ type: 'ice-servers', ice_servers: [{ urls: 'stun:a.example' }] });
  await settled();
  assert.equal(bob.connection, connection);
  assert.equal(connection.closed, false);
});

test('candidates are sent in batches and handed in when they come', async (t) => {
  const { endpoint, connection, peer, platform } = await connected(t);
  const before = endpoint.of('signal').length;
  for (const n of [1, 2, 3]) connection.gather(`candidate:${n} 1 udp 1 10.0.0.${n} 9 typ host`);
  await platform.advance(200);
  const signals = endpoint.of('signal').slice(before);
  assert.equal(signals.length, 1);
  assert.equal(peer.signals.at(-1).candidates.length, 3);
  peer.signal({
    generation: 1,
    candidates: [['candidate:9 1 udp 1 10.0.0.9 9 typ host', '0', 'remote']],
  });
  await settled();
  assert.deepEqual(connection.candidates.at(-1), {
    candidate: 'candidate:9 1 udp 1 10.0.0.9 9 typ host',
    sdpMid: '0',
    usernameFragment: 'remote',
  });
});

test('a description that the browser refuses makes another generation, and the call goes on', async (t) => {
  const { channel, endpoint, platform } = await joined(t);
  const peer = endpoint.peerJoins('room', 'p_bob');
  await peer.offered();
  const [connection] = platform.connections;
  connection.refuseNext = new DOMException('bad SDP', 'OperationError');
  peer.answer();
  await settled();
  const bob = channel.peers.get('p_bob');
  assert.equal(connection.closed, true);
  assert.equal(bob.connection, null);
  await platform.advance(1_000);
  await until(() => platform.connections.length > 1);
  assert.equal(channel.state, 'joined');
  assert.equal(bob.connection, platform.connections.at(-1));
});

test('an RTCPeerConnection that cannot be made is a failure of the pair alone', async (t) => {
  const { channel, endpoint, platform } = await joined(t);
  let refusals = 0;
  const create = FakePeerConnection;
  t.after(() => {});
  platform.connections.push = function (connection) {
    if ((refusals += 1) === 1) throw new DOMException('no more', 'UnknownError');
    return Array.prototype.push.call(this, connection);
  };
  const peer = endpoint.peerJoins('room', 'p_bob');
  await platform.advance(60_000);
  await peer.offered();
  assert.ok(refusals > 1);
  assert.ok(platform.connections.at(-1) instanceof create);
  assert.equal(channel.state, 'joined');
});

test('nothing is reported of a connection that was closed meanwhile', async (t) => {
  const { endpoint, platform, logs } = await joined(t);
  const peer = endpoint.peerJoins('room', 'p_bob');
  await settled();
  peer.leaves();
  await settled();
  assert.ok(platform.connections.every(({ closed }) => closed));
  const frames = endpoint.frames.length;
  await platform.advance(30_000);
  assert.deepEqual(
    endpoint.frames.slice(frames).map(({ type }) => type),
    endpoint.frames.slice(frames).map(() => 'ping'),
  );
  assert.deepEqual(
    logs.filter((text) => text.startsWith('error')),
    [],
  );
});

test('a data channel: opened, used, and the same object on the next connection', async (t) => {
  const { bob, connection, platform, peer } = await connected(t);
  const channel = bob.openDataChannel('chat', { ordered: false });
  const heard = [];
  for (const type of ['open', 'message', 'close']) {
    channel.addEventListener(type, ({ data }) => heard.push([type, data]));
  }
  await settled();
  const first = connection.dataChannels.at(-1);
  assert.equal(first.label, 'chat');
  assert.equal(first.init.ordered, false);
  assert.equal(channel.readyState, 'connecting');
  assert.throws(() => channel.send('too early'), { name: 'InvalidStateError' });
  first.open();
  first.receive('hello');
  channel.send('hi');
  assert.deepEqual(first.sent, ['hi']);
  assert.equal(channel.readyState, 'open');

  const resets = record(bob, 'connection-reset');
  // The other side starts over: its old connection closes, and with it every channel.
  connection.dataChannels[0].readyState = 'closed';
  first.lose();
  const lines = [{ kind: 'application', mid: 'data', direction: '' }];
  peer.signal({ generation: 2, negotiation: 1, type: 'offer', media: {} }, fakeSdp(lines));
  await platform.advance(1_000);
  await until(() => platform.connections.length > 1);
  assert.equal(connection.closed, true);
  assert.equal(channel.readyState, 'connecting');
  const next = platform.connections.at(-1);
  assert.equal(resets.at(-1)[1].connection, next);
  const second = next.dataChannels.find(({ label }) => label === 'chat');
  second.open();
  second.receive('again');
  assert.deepEqual(heard, [
    ['open', undefined],
    ['message', 'hello'],
    ['open', undefined],
    ['message', 'again'],
  ]);
  channel.close();
  await settled();
  assert.equal(channel.readyState, 'closed');
  assert.equal(second.readyState, 'closed');
  assert.deepEqual(heard.at(-1), ['close', undefined]);
});

test('a data channel that the other side closes is closed for good', async (t) => {
  const { bob, connection } = await connected(t);
  const channel = bob.openDataChannel('chat');
  await settled();
  const inner = connection.dataChannels.at(-1);
  inner.open();
  let closed = 0;
  channel.addEventListener('close', () => (closed += 1));
  inner.lose();
  await settled();
  assert.equal(closed, 1);
  assert.equal(channel.readyState, 'closed');
  assert.throws(() => channel.send('x'), { name: 'InvalidStateError' });
});

test('a data channel that the browser refuses to make is closed, not silent', async (t) => {
  const { bob, logs } = await connected(t);
  const channel = bob.openDataChannel('chat', { maxRetransmits: 1, maxPacketLifeTime: 1 });
  await settled();
  assert.equal(channel.readyState, 'closed');
  assert.ok(logs.some((text) => /^error.*data channel.*exclude/.test(text)));
});

test('data channels end when the channel is left', async (t) => {
  const { bob, channel, connection } = await connected(t);
  const own = bob.openDataChannel('own');
  const inner = connection.createDataChannel('theirs');
  inner.open();
  connection.ondatachannel({ channel: inner });
  const [[, { channel: theirs }]] = await new Promise((resolve) => {
    const events = record(bob, 'data-channel');
    settled().then(() => resolve(events));
  });
  channel.leave();
  assert.deepEqual([own.readyState, theirs.readyState], ['closed', 'closed']);
});

test('a data channel of the other side arrives, also at a late listener, with what it brought', async (t) => {
  const { bob, connection, peer } = await connected(t);
  const inner = connection.createDataChannel('files');
  inner.open();
  connection.ondatachannel({ channel: inner });
  inner.receive('early');
  const [[, { channel }]] = await new Promise((resolve) => {
    const events = record(bob, 'data-channel');
    settled().then(() => resolve(events));
  });
  const heard = [];
  channel.addEventListener('message', ({ data }) => heard.push(data));
  channel.addEventListener('close', () => heard.push('closed'));
  await settled();
  inner.receive('late');
  assert.deepEqual(heard, ['early', 'late']);
  assert.equal(channel.label, 'files');
  channel.send('thanks');
  assert.deepEqual(inner.sent, ['thanks']);
  peer.leaves();
  await settled();
  assert.equal(heard.at(-1), 'closed');
});

test('a lost signalling socket leaves the connection alone', async (t) => {
  const { connection, platform, bob, line } = await connected(t);
  platform.sockets[0].lose(1006);
  assert.equal(connection.closed, false);
  assert.equal(bob.connection, connection);
  assert.equal(line.state, 'reconnecting');
});
