// A page without camera or permission joins all the same and perceives the others; only publishing is rejected, in words.
import { launchChromium } from './lab/browsers.mjs';
import { expect, expectToPerceive, test } from './lab/test.mjs';

const red = { hue: 'red', tone: 440 };

const cases = [
  {
    what: 'no camera and no microphone',
    launch: {
      devices: [
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream=device-count=0',
      ],
    },
    code: 'media_not_found',
    words: /camera|microphone|device/i,
  },
  {
    what: 'permission denied',
    launch: { devices: ['--use-fake-device-for-media-stream', '--deny-permission-prompts'] },
    code: 'media_permission_denied',
    words: /permission|allow/i,
  },
];

for (const { what, launch, code, words } of cases) {
  test(what, async ({ network, enter, room }) => {
    const browser = await launchChromium(network, launch);
    const bob = await enter('Bob');
    await bob.join(room);
    await bob.publish(red);

    const ann = await enter('Ann', { browser });
    await ann.join(room);
    await expectToPerceive(ann, bob, red);

    const outcome = await ann.tryPublish({ audio: true, video: true });
    expect(outcome).toMatchObject({ ok: false, error: { name: 'PartylineError', code } });
    expect(outcome.error.message).toMatch(words);
    expect((await bob.peerReport(ann)).publications).toEqual({});

    // What needs no device can still be published.
    await ann.publish({ hue: 'green', tone: 880 });
    await expectToPerceive(bob, ann, { hue: 'green', tone: 880 });
    await browser.close();
  });
}
