// What must be seen and heard: pictures of the right hue that move, sound of the right tone; or stillness and silence.
import { expect } from '@playwright/test';

const audible = -60;
const silent = -90;
const toneTolerance = 25;

const look = async (viewer, sender, { stream = 'camera', room } = {}) => {
  const peer = await viewer.peerReport(sender, room);
  return peer?.streams[stream];
};

/** Compares what is there with what was there at first, in words that explain a failure. */
function describe(now, first, wanted) {
  const told = {};
  if ('hue' in wanted) told.hue = now.hue;
  if ('hue' in wanted || wanted.moving) {
    const changes = now.changes - first.changes;
    const frames = now.frames - first.frames;
    told.moving =
      changes >= 3 && frames >= 5 ? true : `${frames} frames, ${changes} of them different`;
  }
  if ('tone' in wanted) {
    const rightTone = now.tone === 'unknown' || Math.abs(now.tone - wanted.tone) < toneTolerance;
    const right = rightTone && now.level > audible;
    told.tone = right ? wanted.tone : `${now.tone} Hz at ${now.level} dB`;
    // Whoever reads the failure should see where the sound was lost.
    if (now.sound) told.sound = now.sound;
  }
  return told;
}

/**
 * Waits until `viewer` sees and hears what `sender` publishes: decoded pictures of that `hue` that change, or any that change
 * (`moving: true`); sound of that `tone`. `where` says of which stream and room, and the ms that it may take.
 */
export async function expectToPerceive(viewer, sender, wanted, where) {
  let first;
  const expected = {};
  if ('hue' in wanted) expected.hue = wanted.hue;
  if ('hue' in wanted || wanted.moving) expected.moving = true;
  if ('tone' in wanted) expected.tone = wanted.tone;
  await expect
    .poll(
      async () => {
        const now = await look(viewer, sender, where);
        if (!now) return 'no stream';
        first ??= now;
        return describe(now, first, wanted);
      },
      {
        message: `what ${viewer.name} perceives of ${sender.name}`,
        intervals: [100, 200, 300],
        timeout: where?.timeout ?? 20_000,
      },
    )
    .toEqual(expected);
}

/** Waits until not one more picture arrives between two looks, each of which would have seen several of a living stream. */
export async function expectStill(viewer, sender, where) {
  let last;
  await expect
    .poll(
      async () => {
        const frames = (await look(viewer, sender, where))?.frames;
        const more = frames - last;
        last = frames;
        return more;
      },
      { message: `pictures that ${viewer.name} still gets of ${sender.name}`, intervals: [600] },
    )
    .toBe(0);
}

/** Waits until there is no sound. */
export async function expectSilence(viewer, sender, where) {
  await expect
    .poll(async () => (await look(viewer, sender, where))?.level ?? -200, {
      message: `dB that ${viewer.name} hears of ${sender.name}`,
    })
    .toBeLessThan(silent);
}

/** Waits until there is no such stream. */
export async function expectNoStream(viewer, sender, where) {
  await expect
    .poll(async () => (await look(viewer, sender, where)) ?? 'no stream', {
      message: `what ${viewer.name} perceives of ${sender.name}`,
    })
    .toBe('no stream');
}

/** Waits until everybody perceives what everybody else publishes. `media` maps a client to what it publishes, null for nothing. */
export async function expectCall(media, where) {
  for (const viewer of media.keys()) {
    for (const [sender, wanted] of media) {
      if (sender !== viewer && wanted) await expectToPerceive(viewer, sender, wanted, where);
    }
  }
}
