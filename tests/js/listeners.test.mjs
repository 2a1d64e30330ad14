import assert from 'node:assert/strict';
import test from 'node:test';
import { connected, joined, settled } from './fake/world.mjs';

const camera = [{ name: 'camera', audio: 'live', video: 'live', metadata: { hd: true } }];

test('no listener comes too late for peers, streams and states, and each is served once', async (t) => {
  const { line, channel, endpoint, bob, peer, connection, platform } = await connected(t, {
    publications: camera,
  });
  // Bob sends on two m-lines of an offer of his.
  peer.signal(
    {
      generation: 1,
      negotiation: 1,
      type: 'offer',
      media: { a: 'camera/audio', v: 'camera/video' },
    },
    [
      'v=0',
      'm=audio 9 X 0',
      'a=ice-ufrag:r',
      'a=mid:a',
      'm=video 9 X 0',
      'a=ice-ufrag:r',
      'a=mid:v',
      '',
    ].join('\r\n'),
  );
  await platform.advance(20); // our answer waits for its candidates
  assert.deepEqual([...bob.streams.keys()], ['camera']);
  const stream = bob.streams.get('camera');
  assert.deepEqual(
    stream.getTracks(),
    connection.getTransceivers().map(({ receiver }) => receiver.track),
  );

  const heard = [];
  const hear = (emitter, type) => emitter.on(type, (event) => heard.push([type, event]));
  hear(line, 'state');
  hear(channel, 'peer-joined');
  hear(channel, 'stream-added');
  hear(channel, 'state');
  hear(bob, 'state');
  hear(bob, 'stream-added');
  hear(bob, 'publications');
  assert.equal(heard.length, 0, 'not before on() has returned');
  await settled();
  const of = (type) => heard.filter(([each]) => each === type).map(([, event]) => event);
  assert.deepEqual(of('peer-joined'), [{ peer: bob }]);
  const added = { peer: bob, stream, name: 'camera', metadata: { hd: true } };
  assert.deepEqual(of('stream-added'), [added, added]);
  assert.deepEqual(
    of('state').map(({ to }) => to),
    ['connected', 'joined', 'connected'],
  );
  assert.equal(of('publications')[0].publications.get('camera').stream, stream);

  const before = heard.length;
  endpoint.peerJoins('room', 'p_carol');
  await settled();
  assert.equal(heard.length, before + 1, 'once each');
  assert.equal(of('peer-joined')[1].peer.id, 'p_carol');
});

test('what happens before a late listener was told comes after what it missed', async (t) => {
  const { channel, endpoint } = await joined(t);
  const ann = endpoint.peerJoins('room', 'p_ann');
  const heard = [];
  channel.on('peer-joined', ({ peer }) => heard.push(`joined ${peer.id}`));
  channel.on('peer-left', ({ peer }) => heard.push(`left ${peer.id}`));
  ann.leaves();
  assert.deepEqual(heard, ['joined p_ann', 'left p_ann']);
  await settled();
  assert.equal(heard.length, 2);
});

test('on returns how to stop; off and once do what they say', async (t) => {
  const { channel, endpoint } = await joined(t);
  endpoint.peerJoins('room', 'p_0');
  const heard = [];
  const stop = channel.on('peer-joined', ({ peer }) => heard.push(`on ${peer.id}`));
  channel.once('peer-joined', ({ peer }) => heard.push(`once ${peer.id}`));
  const listener = ({ peer }) => heard.push(`off ${peer.id}`);
  channel.on('peer-joined', listener);
  channel.off('peer-joined', listener);
  const never = channel.on('peer-joined', () => heard.push('never'));
  never();
  await settled();
  endpoint.peerJoins('room', 'p_1');
  stop();
  stop();
  endpoint.peerJoins('room', 'p_2');
  await settled();
  assert.deepEqual(heard, ['on p_0', 'once p_0', 'on p_1']);
  assert.throws(() => channel.on('peer-joined', 'no function'), TypeError);
});

test('a listener that throws or rejects harms nobody and is reported', async (t) => {
  const { channel, endpoint } = await joined(t);
  const thrown = new Error('thrown');
  const rejected = new Error('rejected');
  const errors = [];
  const heard = [];
  channel.on('peer-joined', () => {
    throw thrown;
  });
  channel.on('peer-joined', async () => {
    throw rejected;
  });
  channel.on('peer-joined', ({ peer }) => heard.push(peer.id));
  channel.on('error', ({ error }) => errors.push(error));
  endpoint.peerJoins('room', 'p_1');
  endpoint.peerJoins('room', 'p_2');
  await settled();
  assert.deepEqual(heard, ['p_1', 'p_2']);
  assert.deepEqual(
    errors.map(({ code }) => code),
    new Array(4).fill('listener_failed'),
  );
  assert.deepEqual(new Set(errors.map(({ cause }) => cause)), new Set([thrown, rejected]));
});

test('a listener of a peer that throws is reported by its channel', async (t) => {
  const { channel, bob, peer } = await connected(t);
  const errors = [];
  channel.on('error', ({ error }) => errors.push(error.code));
  bob.on('publications', () => {
    throw new Error('no');
  });
  peer.updates(camera);
  await settled();
  assert.deepEqual(errors, ['listener_failed']);
});

test('an error listener that throws is told to the logger, and to nobody for ever', async (t) => {
  const { channel, endpoint, logs } = await joined(t);
  channel.on('error', () => {
    throw new Error('again');
  });
  channel.on('peer-joined', () => {
    throw new Error('first');
  });
  endpoint.peerJoins('room', 'p_1');
  await settled();
  assert.equal(channel.peers.size, 1);
  assert.equal(logs.filter((text) => text.startsWith('error') && text.includes('again')).length, 1);
});

test('a failed listener that nobody hears of is at least on the console', async (t) => {
  const { channel, endpoint } = await joined(t, { logger: undefined });
  const spoken = t.mock.method(console, 'error', () => {});
  channel.on('peer-joined', () => {
    throw new Error('unheard');
  });
  endpoint.peerJoins('room', 'p_1');
  assert.match(spoken.mock.calls[0].arguments.join(' '), /peer-joined.*unheard/);
});

test('off takes away a listener however often it was added', async (t) => {
  const { channel, endpoint } = await joined(t);
  let calls = 0;
  const listener = () => (calls += 1);
  channel.on('peer-joined', listener);
  channel.on('peer-joined', listener);
  channel.off('peer-joined', listener);
  endpoint.peerJoins('room', 'p_1');
  await settled();
  assert.equal(calls, 0);
});

test('the Peer object is the same from peer-joined to peer-left', async (t) => {
  const { channel, endpoint } = await joined(t);
  const seen = [];
  channel.on('peer-joined', ({ peer }) => seen.push(peer));
  channel.on('peer-updated', ({ peer }) => seen.push(peer));
  channel.on('peer-left', ({ peer, reason }) => seen.push(peer, reason));
  const ann = endpoint.peerJoins('room', 'p_ann', { metadata: { name: 'Ann' } });
  const peer = channel.peers.get('p_ann');
  assert.deepEqual(peer.metadata, { name: 'Ann' });
  const states = [];
  peer.on('state', ({ to }) => states.push(to));
  endpoint.send({ type: 'peer-updated', channel: 'room', peer: 'p_ann', metadata: { name: 'A' } });
  ann.leaves('disconnected');
  await settled();
  assert.deepEqual(peer.metadata, { name: 'A' });
  assert.equal(peer.state, 'left');
  assert.equal(states.at(-1), 'left');
  assert.equal(channel.peers.size, 0);
  assert.deepEqual(seen, [peer, peer, peer, 'disconnected']);
});
