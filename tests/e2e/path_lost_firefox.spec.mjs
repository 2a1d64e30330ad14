// In Firefox a path that was lost for long does not come back by a restart of ICE.
import { expect, expectBack, expectCall, red, test } from './lab/apart.mjs';
import { firefoxProgram } from './lab/firefox.mjs';

// Outages take their time, and more of it on a busy machine.
test.describe.configure({ timeout: 120_000 });

test.skip(!firefoxProgram(), 'Firefox is not installed');

test('scenario 6: the connection with a Firefox is made anew', async ({
  internet,
  enterFrom,
  room,
}) => {
  const [annsHost, bobsHost] = ['ann', 'bob'].map((name) => internet.host(name));
  const ann = await enterFrom(annsHost, 'Ann');
  const bob = await enterFrom(bobsHost, 'Bob', { browser: 'firefox' });
  const media = new Map([
    [ann, red],
    // The tone of its fake microphone.
    [bob, { hue: 'green', tone: 1000 }],
  ]);
  for (const [client, what] of media) {
    await client.join(room);
    await client.publish(what);
  }
  await expectCall(media);
  for (const client of media.keys()) await client.remember();

  const mend = internet.part(annsHost, bobsHost);
  for (const client of media.keys()) {
    await expect
      .poll(async () => (await client.compare()).events.join(), { timeout: 40_000 })
      .toContain('connection-reset');
  }
  mend();
  await expectBack({ ann, bob, media }, { rebuilt: true });
});
