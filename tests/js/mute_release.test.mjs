// What muting does to devices that the SDK opened: they are let go, and opened again.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FakeTrack, tracks } from './fake/media.mjs';
import { connected, joined, record, settled } from './fake/world.mjs';

const sent = (connection) => connection.getTransceivers().map(({ sender }) => sender.track);
const published = (endpoint) => endpoint.of('update').at(-1).publications[0];

async function inACall(t, options) {
  const all = await connected(t);
  const device = (kind) =>
    Object.assign(new FakeTrack(kind), { getSettings: () => ({ deviceId: `${kind}-1` }) });
  all.platform.media = ({ audio, video }) => {
    const stream = tracks();
    if (audio) stream.addTrack(device('audio'));
    if (video) stream.addTrack(device('video'));
    return stream;
  };
  const publication = await all.channel.publish({ audio: true, video: { width: 640 } }, options);
  await all.peer.offered(2);
  all.peer.answer();
  await settled();
  return { ...all, publication, opened: publication.stream.getTracks() };
}

test('a muted camera is off, and unmuting opens the same one with the same wishes', async (t) => {
  const { publication, opened, connection, platform, endpoint } = await inACall(t);
  const [audio, video] = opened;
  publication.mute('video');
  assert.deepEqual([audio.stopped, video.stopped], [0, 1]);
  assert.deepEqual(sent(connection), [audio, null]);
  assert.deepEqual(publication.stream.getTracks(), [audio]);
  await settled();
  assert.equal(published(endpoint).video, 'muted');

  let allow;
  const open = platform.media;
  platform.media = (wishes) => new Promise((resolve) => (allow = () => resolve(open(wishes))));
  const unmuting = publication.unmute('video');
  assert.equal(publication.isMuted('video'), false);
  await settled();
  // Others are told when there is something to see.
  assert.equal(published(endpoint).video, 'muted');
  assert.deepEqual(platform.asked.at(-1), {
    audio: false,
    video: { deviceId: { exact: 'video-1' }, width: 640 },
  });
  allow();
  await unmuting;
  await settled();
  const again = publication.stream.getTracks()[1];
  assert.notEqual(again, video);
  assert.deepEqual(sent(connection), [audio, again]);
  assert.equal(published(endpoint).video, 'live');
  publication.unpublish();
  assert.equal(again.stopped, 1);
});

test('published muted, devices are asked for and let go', async (t) => {
  const { publication, opened, platform } = await inACall(t, { muted: true });
  assert.deepEqual(opened, []);
  await publication.unmute();
  assert.equal(platform.asked.length, 3);
  assert.equal(publication.stream.getTracks().length, 2);
  assert.equal(publication.muted, false);
});

test('muted again while it opens: what was opened is stopped, and nothing goes out', async (t) => {
  const { publication, connection, platform } = await inACall(t);
  publication.mute('video');
  const opened = new FakeTrack('video');
  let allow;
  platform.media = () => new Promise((resolve) => (allow = () => resolve(tracksOf(opened))));
  const unmuting = publication.unmute('video');
  await settled();
  publication.mute('video');
  allow();
  await unmuting;
  await settled();
  assert.equal(opened.stopped, 1);
  assert.equal(sent(connection)[1], null);
  assert.equal(connection.getTransceivers()[1].sender.history.includes(opened), false);
});

test('unmuted twice it is opened once; unpublished meanwhile it is stopped', async (t) => {
  const { publication, platform } = await inACall(t);
  publication.mute();
  const asked = platform.asked.length;
  const opened = [];
  let allow = [];
  platform.media = (wishes) =>
    new Promise((resolve) =>
      allow.push(() => {
        const track = new FakeTrack(wishes.audio ? 'audio' : 'video');
        opened.push(track);
        resolve(tracksOf(track));
      }),
    );
  const first = publication.unmute();
  const second = publication.unmute('video');
  await settled();
  assert.equal(platform.asked.length, asked + 2);
  publication.unpublish();
  for (const each of allow) each();
  await Promise.all([first, second]);
  assert.deepEqual(
    opened.map(({ stopped }) => stopped),
    [1, 1],
  );
});

test('a device that cannot be opened again: in words, and it stays muted', async (t) => {
  const { publication, platform, endpoint } = await inACall(t);
  publication.mute('video');
  platform.media = () => Promise.reject(new DOMException('gone', 'NotFoundError'));
  await assert.rejects(publication.unmute('video'), { code: 'media_not_found' });
  assert.equal(publication.isMuted('video'), true);
  await settled();
  assert.equal(published(endpoint).video, 'muted');
  platform.media = () => tracks('video');
  await publication.unmute('video');
  await settled();
  assert.equal(published(endpoint).video, 'live');
});

test('a muted camera does not count as lost when the microphone is', async (t) => {
  const { channel, publication, opened } = await inACall(t);
  publication.mute('video');
  const ended = record(publication, 'ended');
  opened[0].end();
  assert.deepEqual(ended, [['ended', { reason: 'device-lost', kind: 'audio' }]]);
  assert.equal(channel.publications.size, 1);
});

test('holdDevice, what was handed in, and screens: muting leaves them alone', async (t) => {
  const { publication, opened, channel, platform } = await inACall(t, { holdDevice: true });
  publication.mute();
  assert.deepEqual(
    opened.map(({ stopped }) => stopped),
    [0, 0],
  );
  await publication.unmute();
  const asked = platform.asked.length;

  const track = new FakeTrack('video');
  const own = await channel.publish(track, { name: 'own' });
  own.mute();
  platform.media = () => tracks('video');
  const screen = await channel.publish({ screen: true });
  const [shown] = screen.stream.getTracks();
  screen.mute();
  assert.deepEqual([track.stopped, shown.stopped], [0, 0]);
  await Promise.all([own.unmute(), screen.unmute()]);
  assert.equal(platform.asked.length, asked + 1);
  assert.deepEqual(platform.asked.at(-1), { video: true, audio: true, systemAudio: 'include' });
});

test('how it is sent is checked, and the hint is on the track', async (t) => {
  const { channel } = await joined(t);
  for (const wrong of [
    { maxBitrate: 0 },
    { maxBitrate: '1' },
    { maxFramerate: Infinity },
    { scaleResolutionDownBy: 0.5 },
    { contentHint: 'film' },
    { degradationPreference: 'none' },
    { holdDevice: 1 },
  ]) {
    await assert.rejects(channel.publish(new FakeTrack('video'), wrong), (error) => {
      assert.ok(error instanceof TypeError);
      assert.match(error.message, new RegExp(Object.keys(wrong)[0]));
      return true;
    });
  }
  const publication = await channel.publish(new FakeTrack('video'), { contentHint: 'detail' });
  const [first] = publication.stream.getTracks();
  assert.equal(first.contentHint, 'detail');
  const other = new FakeTrack('video');
  await publication.replaceTrack(other);
  assert.equal(other.contentHint, 'detail');
  await publication.setSending({ contentHint: null });
  assert.equal(other.contentHint, '');
  await assert.rejects(publication.setSending({ maxBitrat: 1 }), TypeError);
});

function tracksOf(...all) {
  const stream = tracks();
  for (const track of all) stream.addTrack(track);
  return stream;
}
