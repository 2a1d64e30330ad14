import assert from 'node:assert/strict';
import test from 'node:test';
import { FakeStream, FakeTrack, tracks } from './fake/media.mjs';
import { connected, joined, record, settled } from './fake/world.mjs';

const sent = (connection) =>
  connection.getTransceivers().map(({ sender, direction }) => [sender.track, direction]);
const published = (endpoint) => endpoint.of('update').at(-1).publications;

test('a stream that is handed in is sent, and never stopped', async (t) => {
  const { channel, endpoint, connection, peer, platform } = await connected(t);
  const stream = tracks('audio', 'video');
  const publication = await channel.publish(stream, { metadata: { hd: true } });
  await settled();
  assert.equal(publication.name, 'camera');
  assert.deepEqual(publication.stream.getTracks(), stream.getTracks());
  assert.equal(channel.publications.get('camera'), publication);
  assert.deepEqual(published(endpoint), [
    { name: 'camera', audio: 'live', video: 'live', metadata: { hd: true } },
  ]);
  await peer.offered(2);
  const transceivers = connection.getTransceivers();
  assert.deepEqual(
    transceivers.map(({ sender }) => sender.track),
    stream.getTracks(),
  );
  assert.ok(transceivers.every(({ direction }) => direction === 'sendrecv'));
  assert.equal(new Set(transceivers.map(({ sender }) => sender.streams[0].id)).size, 1);
  assert.ok(transceivers.every(({ codecs }) => codecs.length === 1));
  peer.answer();
  await settled();

  publication.unpublish();
  await settled();
  assert.deepEqual(published(endpoint), []);
  assert.ok(transceivers.every(({ sender }) => sender.track === null));
  await peer.offered(3);
  assert.ok(transceivers.every(({ direction }) => direction === 'recvonly'));
  assert.equal(channel.publications.size, 0);
  assert.deepEqual(platform.asked, []);
  channel.leave();
  assert.ok(stream.getTracks().every((track) => track.stopped === 0));
});

test('what the SDK opened it stops: at unpublish, leave and close', async (t) => {
  for (const end of ['unpublish', 'leave', 'close']) {
    const { line, channel, platform } = await joined(t);
    const stream = tracks('audio', 'video');
    const opened = stream.getTracks();
    platform.media = () => stream;
    const publication = await channel.publish({ audio: true, video: { width: 640 } });
    assert.deepEqual(platform.asked, [{ audio: true, video: { width: 640 } }]);
    if (end === 'unpublish') publication.unpublish();
    if (end === 'leave') channel.leave();
    if (end === 'close') line.close();
    await settled();
    assert.ok(
      opened.every((track) => track.stopped === 1),
      end,
    );
    assert.equal(channel.publications.size, 0);
  }
});

test('a screen is published as screen, beside the camera', async (t) => {
  const { channel, endpoint, platform } = await joined(t);
  await channel.publish(new FakeTrack('audio'));
  platform.media = () => tracks('video');
  const screen = await channel.publish({ screen: true });
  assert.equal(screen.name, 'screen');
  assert.deepEqual(
    published(endpoint).map(({ name, audio = 'absent', video = 'absent' }) => [name, audio, video]),
    [
      ['camera', 'live', 'absent'],
      ['screen', 'absent', 'live'],
    ],
  );
});

test('mute replaces the track by nothing, and leaves it alone', async (t) => {
  const { channel, endpoint, connection, peer } = await connected(t);
  const stream = tracks('audio', 'video');
  const [audio, video] = stream.getTracks();
  const publication = await channel.publish(stream);
  await peer.offered(2);
  peer.answer();
  await settled();

  publication.mute('video');
  assert.deepEqual(
    [publication.muted, publication.isMuted('audio'), publication.isMuted('video')],
    [false, false, true],
  );
  assert.deepEqual(sent(connection), [
    [audio, 'sendrecv'],
    [null, 'sendrecv'],
  ]);
  publication.mute();
  assert.equal(publication.muted, true);
  assert.deepEqual(
    sent(connection).map(([track]) => track),
    [null, null],
  );
  await settled();
  assert.deepEqual(published(endpoint)[0].audio, 'muted');
  publication.unmute('audio');
  assert.deepEqual(
    sent(connection).map(([track]) => track),
    [audio, null],
  );
  publication.unmute();
  assert.deepEqual(
    sent(connection).map(([track]) => track),
    [audio, video],
  );
  for (const track of [audio, video]) {
    assert.deepEqual([track.enabled, track.stopped], [true, 0]);
  }
  assert.throws(() => publication.mute('smell'), TypeError);
  assert.throws(() => publication.isMuted(), TypeError);
});

test('published muted, no sender ever had the track', async (t) => {
  const { channel, connection, peer } = await connected(t);
  const stream = tracks('audio', 'video');
  const publication = await channel.publish(stream, { muted: true });
  assert.equal(publication.muted, true);
  await peer.offered(2);
  peer.answer();
  await settled();
  for (const { sender } of connection.getTransceivers()) {
    assert.ok(sender.history.every((track) => track === null));
  }
  publication.unmute();
  assert.deepEqual(
    sent(connection).map(([track]) => track),
    stream.getTracks(),
  );
});

test('muting while an offer is under way wins over the offer', async (t) => {
  const { channel, connection, peer } = await connected(t);
  const publication = await channel.publish(tracks('audio'));
  publication.mute();
  await peer.offered(2);
  assert.ok(connection.getTransceivers().every(({ sender }) => sender.track === null));
});

test('replaceTrack sends another one of the kind, and only stops what the SDK opened', async (t) => {
  const { channel, connection, peer } = await connected(t);
  const publication = await channel.publish({ audio: true, video: true });
  const [, opened] = publication.stream.getTracks();
  await peer.offered(2);
  peer.answer();
  await settled();
  const track = new FakeTrack('video');
  await publication.replaceTrack(track);
  assert.equal(opened.stopped, 1);
  assert.equal(connection.getTransceivers()[1].sender.track, track);
  assert.ok(publication.stream.getTracks().includes(track));
  assert.ok(!publication.stream.getTracks().includes(opened));
  const other = new FakeTrack('video');
  await publication.replaceTrack(other);
  assert.equal(track.stopped, 0);
  await assert.rejects(publication.replaceTrack('no track'), TypeError);
  publication.unpublish();
  assert.equal(other.stopped, 0);
  await assert.rejects(publication.replaceTrack(track), { code: 'closed' });
});

test('replacing a track by itself does not stop it, and who stops it stays who it was', async (t) => {
  const { channel } = await joined(t);
  const publication = await channel.publish({ audio: true, video: true });
  const [, track] = publication.stream.getTracks();
  await publication.replaceTrack(track);
  assert.equal(track.stopped, 0);
  assert.ok(publication.stream.getTracks().includes(track));
  publication.unpublish();
  assert.equal(track.stopped, 1);
});

test('a kind that is not published cannot be replaced', async (t) => {
  const { channel } = await joined(t);
  const publication = await channel.publish(new FakeTrack('audio'));
  await assert.rejects(publication.replaceTrack(new FakeTrack('video')), {
    code: 'invalid_argument',
  });
});

test('setMetadata merges, one level deep', async (t) => {
  const { channel, endpoint } = await joined(t);
  const publication = await channel.publish(new FakeTrack('audio'), {
    metadata: { a: 1, b: { c: 2 } },
  });
  publication.setMetadata({ b: { d: 3 } });
  await settled();
  assert.deepEqual(published(endpoint)[0].metadata, { a: 1, b: { d: 3 } });
  channel.setMetadata({ mood: 'good' });
  await settled();
  assert.deepEqual(endpoint.of('update').at(-1).metadata, { name: 'me', mood: 'good' });
  assert.deepEqual(channel.me.metadata, { name: 'me', mood: 'good' });
  assert.throws(() => publication.setMetadata(7), TypeError);
  assert.throws(() => channel.setMetadata(null), TypeError);
});

test('ended tells why, and the last one unpublishes', async (t) => {
  const { channel, platform, endpoint } = await joined(t);
  const publication = await channel.publish({ audio: true, video: true });
  const ended = record(publication, 'ended');
  const [audio, video] = publication.stream.getTracks();
  video.end();
  assert.deepEqual(ended, [['ended', { reason: 'device-lost', kind: 'video' }]]);
  assert.equal(channel.publications.size, 1);
  audio.end();
  assert.equal(ended.length, 2);
  assert.equal(channel.publications.size, 0);
  await settled();
  assert.deepEqual(published(endpoint), []);

  platform.media = () => tracks('video');
  const screen = await channel.publish({ screen: true });
  const stopped = record(screen, 'ended');
  screen.stream.getTracks()[0].end();
  assert.deepEqual(stopped, [['ended', { reason: 'sharing-stopped', kind: 'video' }]]);

  const track = new FakeTrack('audio');
  const own = await channel.publish(track);
  const over = record(own, 'ended');
  track.end();
  assert.deepEqual(over, [['ended', { reason: 'track-ended', kind: 'audio' }]]);
});

for (const [name, code, words] of [
  ['NotAllowedError', 'media_permission_denied', /allow/],
  ['NotFoundError', 'media_not_found', /no device/],
  ['OverconstrainedError', 'media_not_found', /constraints/],
  ['NotReadableError', 'media_in_use', /another program/],
  ['NotSupportedError', 'media_unsupported', /cannot be opened/],
  ['AbortError', 'media_failed', /could not be opened/],
]) {
  test(`${name} of getUserMedia rejects publish with ${code}, and the call goes on`, async (t) => {
    const { channel, endpoint, platform } = await joined(t);
    const cause = new DOMException('words of the browser', name);
    platform.media = () => Promise.reject(cause);
    await assert.rejects(channel.publish({ audio: true, video: true }), (error) => {
      assert.equal(error.name, 'PartylineError');
      assert.equal(error.code, code);
      assert.match(error.message, words);
      assert.match(error.message, /words of the browser/);
      assert.equal(error.cause, cause);
      return true;
    });
    assert.equal(channel.state, 'joined');
    assert.equal(channel.publications.size, 0);
    assert.equal(endpoint.of('update').length, 0);
  });
}

test('without navigator.mediaDevices publish says why', async (t) => {
  const { channel, platform } = await joined(t);
  const { browserPlatform } = await import('./fake/sources.mjs').then(({ load }) =>
    load('platform'),
  );
  platform.media = (constraints) => browserPlatform.getUserMedia(constraints);
  await assert.rejects(channel.publish({ video: true }), {
    code: 'media_unsupported',
    message: /navigator\.mediaDevices/,
  });
});

test('a source that is none is a TypeError, and nobody is asked for a camera', async (t) => {
  const { channel, platform } = await joined(t);
  for (const source of [
    undefined,
    null,
    7,
    'camera',
    {},
    { audio: false, video: false },
    { video: 7 },
    { smell: true },
    { screen: true, audio: true },
  ]) {
    await assert.rejects(channel.publish(source), TypeError);
  }
  for (const options of [{ name: '' }, { name: 7 }, { metadata: 7 }, { muted: 1 }]) {
    await assert.rejects(channel.publish({ video: true }, options), TypeError);
  }
  assert.deepEqual(platform.asked, []);
  // What it is not of the entry to know is checked when the companion is there; the camera is off again.
  await assert.rejects(channel.publish({ video: true }, { nmae: 'a' }), /'nmae' is unknown/);
});

test('streams that cannot be published are refused in words', async (t) => {
  const { channel } = await joined(t);
  const over = new FakeTrack('video');
  over.stop();
  for (const [source, words] of [
    [new FakeStream(), /no tracks/],
    [tracks('video', 'video'), /several video tracks/],
    [over, /ended already/],
  ]) {
    await assert.rejects(channel.publish(source), { code: 'invalid_argument', message: words });
  }
});

test('a name that is taken is refused before a camera is asked for, and stops what was opened', async (t) => {
  const { channel, platform } = await joined(t);
  await channel.publish(tracks('video'));
  await assert.rejects(channel.publish({ video: true }), { code: 'publication_exists' });
  assert.deepEqual(platform.asked, []);
  const first = tracks('video');
  const second = tracks('video');
  const streams = [first, second];
  platform.media = async () => streams.shift();
  const [good, bad] = await Promise.allSettled([
    channel.publish({ video: true }, { name: 'b' }),
    channel.publish({ video: true }, { name: 'b' }),
  ]);
  assert.equal(good.status, 'fulfilled');
  assert.equal(bad.reason.code, 'publication_exists');
  assert.deepEqual(
    [first, second].map((each) => each.getTracks()[0].stopped),
    [0, 1],
  );
});

test('a channel left while the user is still asked: what was opened is stopped', async (t) => {
  const { channel, platform } = await joined(t);
  const stream = tracks('video');
  let allow;
  platform.media = () => new Promise((resolve) => (allow = () => resolve(stream)));
  const publishing = channel.publish({ video: true });
  await settled();
  channel.leave();
  allow();
  await assert.rejects(publishing, { code: 'closed' });
  assert.equal(stream.getTracks()[0].stopped, 1);
  await assert.rejects(channel.publish({ video: true }), { code: 'closed' });
});
