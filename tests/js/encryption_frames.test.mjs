// Sealed frames: what is hidden, what is authenticated, and that nothing opens twice or with another key.
import assert from 'node:assert/strict';
import { createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import test from 'node:test';
import { load } from './fake/sources.mjs';

const { SealingKey, OpeningKeys, ReplayWindow, encodeHeader, decodeHeader } =
  await load('encryption/sframe');
const { clearBytes, escape, unescape, sealable } = await load('encryption/clear-bytes');

const bytes = (...values) => Uint8Array.from(values.flat());
const random = (length) => Uint8Array.from(randomBytes(length));
const keyFrame = (length = 200) => bytes(0x10, [...random(length - 1)]);
const base = random(32);

async function pair(kid = 1) {
  const opening = new OpeningKeys();
  await opening.add(kid, base);
  return { sealing: new SealingKey(kid, base), opening };
}
const refusedAs = (why) => (error) => error.why === why;

test('headers are as RFC 9605 has them', () => {
  const hex = (kid, counter) => Buffer.from(encodeHeader(kid, counter)).toString('hex');
  assert.equal(hex(7, 0), '70');
  assert.equal(hex(7, 7), '77');
  assert.equal(hex(8, 8), '880808');
  assert.equal(hex(0x123, 0x4567), '9901234567');
  for (const kid of [0, 1, 7, 8, 255, 256, 2 ** 32 - 1])
    for (const counter of [0, 7, 8, 255, 256, 65_535, 65_536, 2 ** 40])
      assert.deepEqual(decodeHeader(encodeHeader(kid, counter)), { kid, counter });
  for (const none of [[], [0x80], [0x08], [0x00, 0x00], [0xff, ...random(16)]])
    assert.equal(decodeHeader(bytes(none)), null);
});

test('keys and nonces are derived as RFC 9605 says, by another implementation', async () => {
  const sealing = new SealingKey(0x123, base);
  await sealing.seal(random(20), 'audio', 'audio/opus');
  const plain = random(50);
  const frame = Buffer.from(await sealing.seal(plain, 'audio', 'audio/opus'));
  const about = Buffer.from('00000000000001230004', 'hex');
  const derive = (label, length) =>
    Buffer.from(hkdfSync('sha256', base, '', Buffer.concat([Buffer.from(label), about]), length));
  const nonce = derive('SFrame 1.0 Secret salt ', 12);
  nonce[11] ^= 1;
  const header = Buffer.from('910123', 'hex');
  const end = frame.length - 4 - header.length;
  assert.deepEqual(frame.subarray(end, -4), header);
  const decipher = createDecipheriv('aes-128-gcm', derive('SFrame 1.0 Secret key ', 16), nonce);
  decipher.setAAD(Buffer.concat([header, Buffer.of(1)]));
  decipher.setAuthTag(frame.subarray(end - 16, end));
  const opened = Buffer.concat([decipher.update(frame.subarray(0, end - 16)), decipher.final()]);
  assert.deepEqual(opened, Buffer.from(plain));
});

for (const [codec, kind, frame, clear] of [
  ['audio/opus', 'audio', random(80), 0],
  ['audio/opus', 'audio', random(1), 0],
  ['video/VP8', 'video', keyFrame(), 10],
  ['video/VP8', 'video', bytes(0x11, [...random(99)]), 3],
  ['video/VP8', 'video', bytes(0x10, 1), 2],
  ['', 'video', keyFrame(), 10],
  ['video/VP9', 'video', random(300), 0],
  ['video/H264', 'video', bytes(0, 0, 0, 1, 0x67, 1, 2, 0, 0, 1, 0x65, 9, 8, [...random(99)]), 13],
]) {
  test(`${codec || 'no codec'}, ${frame.length} bytes: ${clear} are clear, the rest is hidden`, async () => {
    const { sealing, opening } = await pair();
    const sealed = await sealing.seal(frame, kind, codec);
    assert.equal(clearBytes(codec, kind, frame), clear);
    assert.deepEqual(sealed.slice(0, clear), frame.slice(0, clear));
    const hidden = Buffer.from(frame.slice(clear));
    if (hidden.length > 8) assert.equal(Buffer.from(sealed).indexOf(hidden.subarray(0, 8)), -1);
    assert.deepEqual(await opening.open(sealed, kind), frame);
  });
}

test('what cannot be sealed is refused', async () => {
  const { sealing } = await pair();
  for (const [codec, frame] of [
    ['video/AV1', random(50)],
    ['video/H264', random(50).fill(7)],
    ['video/H264', bytes(0, 0, 0, 1, 0x67, 1, 2)],
    ['video/something', random(50)],
  ])
    await assert.rejects(sealing.seal(frame, 'video', codec), refusedAs('codec'));
  assert.ok(
    !sealable.test('video/AV1') && !sealable.test('audio/red') && sealable.test('video/vp8'),
  );
});

test('no nonce twice: a thousand frames, sealed at once, have a thousand counters', async () => {
  const { sealing } = await pair();
  const frames = await Promise.all(
    Array.from({ length: 1_000 }, (_, index) =>
      sealing.seal(keyFrame(30), index % 2 ? 'audio' : 'video', 'video/VP8'),
    ),
  );
  const counters = frames.map((frame) => {
    const length = frame.at(-2) & 0x1f;
    return decodeHeader(frame.slice(-4 - length, -4)).counter;
  });
  assert.equal(new Set(counters).size, 1_000);
});

test('each byte is authenticated, the clear ones, header, trailer and kind too', async () => {
  const { sealing, opening } = await pair();
  const sealed = await sealing.seal(keyFrame(60), 'video', 'video/VP8');
  for (let at = 0; at < sealed.length; at += 1) {
    for (const bit of [0x01, 0x80]) {
      const altered = sealed.slice();
      altered[at] ^= bit;
      await assert.rejects(opening.open(altered, 'video'), undefined, `byte ${at}`);
    }
  }
  await assert.rejects(opening.open(sealed, 'audio'), refusedAs('forged'));
  await opening.open(sealed, 'video');
});

test('nothing opens twice, with another key, or when it was not sealed', async () => {
  const { sealing, opening } = await pair();
  const sealed = await sealing.seal(keyFrame(), 'video', 'video/VP8');
  const both = await Promise.allSettled([
    opening.open(sealed, 'video'),
    opening.open(sealed, 'video'),
  ]);
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  await assert.rejects(opening.open(sealed, 'video'), refusedAs('replayed'));
  // The same key once more does not open the door again.
  await opening.add(1, base);
  await assert.rejects(opening.open(sealed, 'video'), refusedAs('replayed'));

  const other = new OpeningKeys();
  await assert.rejects(other.open(sealed, 'video'), refusedAs('unknown-key'));
  await other.add(1, random(32));
  await assert.rejects(other.open(sealed, 'video'), refusedAs('forged'));
  for (const length of [0, 1, 4, 20, 21, 50, 1_000])
    await assert.rejects(opening.open(random(length).fill(0x80), 'video'), refusedAs('plain'));
});

test('hostile bytes never do more than to be refused', async () => {
  const { sealing, opening } = await pair();
  const sealed = await sealing.seal(keyFrame(60), 'video', 'video/VP8');
  for (let round = 0; round < 3_000; round += 1) {
    const frame = round % 2 ? random(round % 97) : sealed.slice(round % sealed.length);
    if (frame.length > 4)
      frame.set(
        [...random(3)].map((byte) => byte | 0x80),
        frame.length - 4,
      );
    if (frame.length > 0) frame[frame.length - 1] = 0xe1;
    await assert.rejects(opening.open(frame, 'video'), (error) => typeof error.why === 'string');
  }
});

test('only the newest keys of a sender are kept', async () => {
  const opening = new OpeningKeys();
  const sealed = [];
  for (let kid = 1; kid <= OpeningKeys.max + 3; kid += 1) {
    await opening.add(kid, base);
    sealed.push(await new SealingKey(kid, base).seal(keyFrame(), 'video', 'video/VP8'));
  }
  await assert.rejects(opening.open(sealed[0], 'video'), refusedAs('unknown-key'));
  await opening.open(sealed.at(-1), 'video');
});

test('frames may overtake one another, within the window', () => {
  const came = new ReplayWindow();
  const draw = (max) => randomBytes(4).readUInt32LE() % max;
  const seen = new Set();
  let next = 0;
  let highest = 0;
  for (let round = 0; round < 60_000; round += 1) {
    next += draw(3);
    if (draw(5_000) === 0) next += draw(40_000);
    const counter = Math.max(0, next - draw(200));
    if (seen.has(counter)) assert.ok(came.has(counter), `${counter} again`);
    else {
      const tooOld = counter < highest - 16_384;
      assert.ok(!came.has(counter) || tooOld, `${counter} for the first time`);
      came.add(counter);
      seen.add(counter);
      highest = Math.max(highest, counter);
    }
  }
});

test('H.264: no start code in what is hidden, whatever it is', async () => {
  const before = bytes(0x65, 0x88);
  for (let round = 0; round < 2_000; round += 1) {
    const hidden = random(60).map((byte) => byte % 5);
    for (const ahead of [before, bytes(0), bytes(0, 0)]) {
      const escaped = escape(hidden, ahead);
      const whole = Buffer.concat([ahead, escaped]);
      for (const code of ['000000', '000001', '000002'])
        assert.ok(whole.indexOf(Buffer.from(code, 'hex')) < 0);
      assert.deepEqual(unescape(escaped, ahead), hidden);
    }
  }
  const { sealing, opening } = await pair();
  for (let round = 0; round < 300; round += 1) {
    const frame = bytes(0, 0, 0, 1, 0x41, 0x9a, 0, [...random(300)]);
    const sealed = await sealing.seal(frame, 'video', 'video/H264');
    assert.ok(Buffer.from(sealed).indexOf(Buffer.from('000001', 'hex'), 4) < 0);
    assert.deepEqual(await opening.open(sealed, 'video'), frame);
  }
});

test('of H.264, no frame is sealed with more than one slice left readable', () => {
  const two = bytes(0, 0, 1, 0x41, 1, 2, 3, 4, 5, 6, 0, 0, 1, 0x41, 1, 2, 3, 4);
  assert.equal(clearBytes('video/H264', 'video', two), 6);
});
