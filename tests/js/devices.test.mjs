// Devices on a host whose devices can be plugged in and out: listed, chosen, remembered, followed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FakeStream, FakeTrack } from './fake/media.mjs';
import { joined, record, settled, until } from './fake/world.mjs';

const label = (id) => `the ${id}`;
const kinds = { camera: 'videoinput', microphone: 'audioinput', speaker: 'audiooutput' };

/** navigator.mediaDevices of a host with these devices; what cannot be opened is busy. */
class Host extends EventTarget {
  busy = new Set();
  tracks = [];
  constructor(devices) {
    super();
    this.devices = devices;
  }
  async enumerateDevices() {
    return Object.entries(this.devices).flatMap(([kind, ids]) =>
      ids.map((id) => ({ kind: kinds[kind], deviceId: id, label: label(id) })),
    );
  }
  open({ audio, video }) {
    const stream = new FakeStream();
    for (const [kind, device, wish] of [
      ['audio', 'microphone', audio],
      ['video', 'camera', video],
    ]) {
      if (!wish) continue;
      const exact = wish.deviceId?.exact;
      const ids = this.devices[device];
      if (exact !== undefined && !ids.includes(exact))
        throw new DOMException('none', 'OverconstrainedError');
      const id = exact ?? (ids.includes(wish.deviceId) ? wish.deviceId : ids[0]);
      if (id === undefined) throw new DOMException('none', 'NotFoundError');
      if (this.busy.has(id)) throw new DOMException('in use', 'NotReadableError');
      const track = Object.assign(new FakeTrack(kind), {
        label: label(id),
        getSettings: () => ({ deviceId: id }),
      });
      this.tracks.push(track);
      stream.addTrack(track);
    }
    return stream;
  }
  async unplug(device, id) {
    this.devices[device] = this.devices[device].filter((each) => each !== id);
    for (const track of this.tracks)
      if (track.label === label(id) && track.readyState === 'live') track.end();
    this.dispatchEvent(new Event('devicechange'));
    await settled();
  }
  async plug(device, id) {
    this.devices[device] = [...this.devices[device], id];
    this.dispatchEvent(new Event('devicechange'));
    await settled();
  }
}

class Store {
  items = new Map();
  getItem(key) {
    return this.items.get(key) ?? null;
  }
  setItem(key, value) {
    this.items.set(key, value);
  }
}

const given = {
  camera: ['cam-1', 'cam-2'],
  microphone: ['mic-1', 'mic-2'],
  speaker: ['speaker-1', 'speaker-2'],
};

async function page(t, { store = new Store(), devices = given } = {}) {
  const host = new Host({ ...devices });
  Object.defineProperty(globalThis, 'navigator', {
    value: { mediaDevices: host },
    configurable: true,
  });
  globalThis.localStorage = store;
  t.after(() => {
    delete globalThis.navigator;
    delete globalThis.localStorage;
  });
  const all = await joined(t);
  all.platform.media = (constraints) => host.open(constraints);
  const found = await all.line.devices();
  return { ...all, host, store, devices: found };
}

const used = (publication) =>
  publication.stream.getTracks().map((track) => track.getSettings().deviceId);

test('what there is, by kind, and what is plugged in', async (t) => {
  const { devices, host, line } = await page(t);
  assert.equal(await line.devices(), devices);
  assert.equal(devices.list().length, 6);
  assert.deepEqual(devices.list('camera'), [
    { kind: 'camera', id: 'cam-1', label: 'the cam-1' },
    { kind: 'camera', id: 'cam-2', label: 'the cam-2' },
  ]);
  assert.equal(devices.permission('camera'), 'unknown');
  const changes = record(devices, 'change');
  await host.plug('speaker', 'speaker-3');
  assert.equal(changes.length, 1);
  assert.equal(devices.list('speaker').length, 3);
});

test('another camera is chosen in the middle: same publication, the first is let go; and remembered', async (t) => {
  const { devices, channel, store } = await page(t);
  const publication = await channel.publish({ audio: true, video: { width: 640 } });
  const [, first] = publication.stream.getTracks();
  const switched = record(devices, 'switched');
  await devices.choose('camera', 'cam-2');
  assert.deepEqual(used(publication), ['mic-1', 'cam-2']);
  assert.equal(first.stopped, 1);
  assert.equal(devices.chosen('camera'), 'cam-2');
  assert.deepEqual(switched, [
    ['switched', { kind: 'camera', device: devices.list('camera')[1], reason: 'chosen' }],
  ]);

  // The next visit begins with it.
  const next = await page(t, { store });
  assert.equal(next.devices.current('camera').id, 'cam-2');
  const again = await next.channel.publish({ video: true });
  assert.deepEqual(used(again), ['cam-2']);
  // What the application says goes before.
  const own = await next.channel.publish({ video: { deviceId: 'cam-1' } }, { name: 'own' });
  assert.deepEqual(used(own), ['cam-1']);
});

test('one that cannot be opened is not chosen, and the call goes on with the one before', async (t) => {
  const { devices, channel, host } = await page(t);
  const publication = await channel.publish({ video: true });
  host.busy.add('cam-2');
  await assert.rejects(devices.choose('camera', 'cam-2'), { code: 'media_in_use' });
  assert.deepEqual(used(publication), ['cam-1']);
  assert.equal(publication.stream.getTracks()[0].stopped, 0);
  assert.equal(devices.chosen('camera'), null);
  await assert.rejects(devices.choose('camera', 'cam-9'), { code: 'media_not_found' });
  await assert.rejects(devices.choose('nose', 'x'), TypeError);
});

test('unplugged, another one takes its place; plugged in again, it returns', async (t) => {
  const { devices, channel, host } = await page(t);
  const publication = await channel.publish({ audio: true, video: true });
  const ended = record(publication, 'ended');
  await host.unplug('camera', 'cam-1');
  await until(() => used(publication)[1] === 'cam-2');
  await host.plug('camera', 'cam-1');
  await until(() => used(publication).includes('cam-1'));
  assert.deepEqual(ended, []);
  assert.equal(channel.publications.get('camera'), publication);
  assert.deepEqual(used(publication), ['mic-1', 'cam-1']);
  // Nothing is left open but what is used.
  assert.deepEqual(
    host.tracks.filter(({ readyState }) => readyState === 'live').map((track) => track.label),
    ['the mic-1', 'the cam-1'],
  );
  assert.equal(devices.chosen('camera'), null);
});

test('a fallback that is busy is passed over, and said', async (t) => {
  const { devices, channel, host } = await page(t, {
    devices: { ...given, camera: ['cam-1', 'cam-2', 'cam-3'] },
  });
  const publication = await channel.publish({ video: true });
  const errors = record(devices, 'error');
  host.busy.add('cam-2');
  await host.unplug('camera', 'cam-1');
  await until(() => used(publication)[0] === 'cam-3');
  assert.equal(errors[0][1].error.code, 'media_in_use');
});

test('the last one unplugged: the publication ends as it does without this', async (t) => {
  const { channel, host } = await page(t, { devices: { ...given, camera: ['cam-1'] } });
  const publication = await channel.publish({ video: true });
  const ended = record(publication, 'ended');
  await host.unplug('camera', 'cam-1');
  await until(() => ended.length > 0);
  assert.deepEqual(ended, [['ended', { reason: 'device-lost', kind: 'video' }]]);
  assert.equal(channel.publications.size, 0);
});

test('a muted camera is not opened by a choice, but is the chosen one when unmuted', async (t) => {
  const { devices, channel, host } = await page(t);
  const publication = await channel.publish({ video: true });
  publication.mute();
  const opened = host.tracks.length;
  await devices.choose('camera', 'cam-2');
  assert.equal(host.tracks.length, opened);
  await publication.unmute();
  assert.deepEqual(used(publication), ['cam-2']);
});

test('what was handed in is left alone', async (t) => {
  const { devices, channel } = await page(t);
  const track = new FakeTrack('video');
  const publication = await channel.publish(track);
  await devices.choose('camera', 'cam-2');
  assert.deepEqual(publication.stream.getTracks(), [track]);
  assert.equal(track.stopped, 0);
});

test('open gives what there is, and why there is no more', async (t) => {
  const { devices, platform, host } = await page(t);
  const both = await devices.open();
  assert.equal(both.stream.getTracks().length, 2);
  assert.deepEqual(both.failed, []);
  assert.deepEqual(platform.asked.at(-1).video.width, { ideal: 1280 });

  host.busy.add('cam-1');
  const one = await devices.open();
  assert.deepEqual(
    one.stream.getTracks().map(({ kind }) => kind),
    ['audio'],
  );
  assert.equal(one.failed[0].kind, 'camera');
  assert.match(one.failed[0].error.message, /another program/);
  await assert.rejects(devices.open({ audio: false }), { code: 'media_in_use' });
  host.busy.add('mic-1');
  await assert.rejects(devices.open(), { code: 'media_in_use', message: /camera and microphone/i });
});

test('a speaker that cannot be chosen is said; storage that is refused harms nobody', async (t) => {
  const store = {
    getItem: () => {
      throw new DOMException('no', 'SecurityError');
    },
    setItem: () => {
      throw new DOMException('no', 'SecurityError');
    },
  };
  const { devices } = await page(t, { store });
  await devices.choose('speaker', 'speaker-2');
  assert.equal(devices.current('speaker').id, 'speaker-2');
  const sinks = [];
  devices.route({ setSinkId: async (id) => void sinks.push(id) });
  assert.deepEqual(sinks, ['speaker-2']);
});

test('a closed line lets go of the host', async (t) => {
  const { line, host, channel } = await page(t);
  const publication = await channel.publish({ video: true });
  line.close();
  await settled();
  await host.plug('camera', 'cam-3');
  assert.equal(publication.stream.getTracks().length, 0);
  assert.ok(host.tracks.every(({ readyState }) => readyState === 'ended'));
});
