// Chromium and Firefox in one call. The tone of Firefox's fake microphone is always the same.
import { expect, expectCall, test } from './lab/test.mjs';
import { firefoxProgram } from './lab/firefox.mjs';

const red = { hue: 'red', tone: 440 };
const green = { hue: 'green', tone: 1000 };

test.skip(!firefoxProgram(), 'Firefox is not installed');

for (const [first, second] of [
  ['chromium', 'firefox'],
  ['firefox', 'chromium'],
]) {
  test(`${first} joins first, ${second} second`, async ({ enter, room }) => {
    const media = new Map();
    for (const kind of [first, second]) {
      const given = kind === 'firefox' ? green : red;
      const client = await enter(kind, kind === 'firefox' ? { browser: kind } : {});
      await client.join(room);
      await client.publish(given);
      media.set(client, given);
    }
    await expectCall(media);
    for (const client of media.keys()) await client.leave();
  });
}

test('both at once, and again', async ({ enter, room }) => {
  const chromium = await enter('chromium');
  const firefox = await enter('firefox', { browser: 'firefox' });
  const media = new Map([
    [chromium, red],
    [firefox, green],
  ]);
  for (let time = 1; time <= 3; time++) {
    await Promise.all(
      [...media].map(async ([client, given]) => {
        await client.join(`${room}-${time}`);
        await client.publish(given);
      }),
    );
    await expectCall(media);
    await Promise.all([chromium.leave(), firefox.leave()]);
  }
});

test('muting, a second publication and leaving work between them', async ({ enter, room }) => {
  const chromium = await enter('chromium');
  const firefox = await enter('firefox', { browser: 'firefox' });
  await chromium.join(room);
  await firefox.join(room);
  await chromium.publish(red);
  await firefox.publish(green);
  await expectCall(
    new Map([
      [chromium, red],
      [firefox, green],
    ]),
  );

  await firefox.publish({ hue: 'blue' }, { name: 'screen' });
  await expectCall(
    new Map([
      [chromium, null],
      [firefox, { hue: 'blue' }],
    ]),
    { stream: 'screen' },
  );
  await firefox.mute();
  await expect
    .poll(async () => (await chromium.peerReport(firefox)).publications.camera)
    .toEqual({ audio: 'muted', video: 'muted' });
  await firefox.unmute();
  await expectCall(
    new Map([
      [chromium, red],
      [firefox, green],
    ]),
  );
  await firefox.leave();
  await chromium.expectPeers();
});
