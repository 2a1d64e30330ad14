// Real devices of a browser, as far as it has any: fake cameras and microphones.
import { launchChromium } from './lab/browsers.mjs';
import { expect, expectToPerceive, test } from './lab/test.mjs';

// The second of Chromium's fake cameras has pictures of 16 bits, which no encoder takes; the third has JPEG.
const three = {
  devices: ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream=device-count=3'],
};

const onDevices = (client, fn, argument = null) =>
  client.page.evaluate(
    `(async () => (${fn})(await window.call.line.devices(), ${JSON.stringify(argument)}))()`,
  );

const usedDevices = (client) =>
  client.evaluate((room) => {
    const publication = window.call.line.channels.get(room).publications.get('camera');
    return publication.stream.getTracks().map((track) => track.getSettings().deviceId);
  }, client.room);

test('a camera is replaced by another in the middle of a call, and the next page begins with it', async ({
  network,
  enter,
  room,
}) => {
  const browser = await launchChromium(network, three);
  const ann = await enter('Ann', { browser });
  const bob = await enter('Bob');
  await bob.join(room);
  await ann.join(room);
  await ann.publish({ audio: true, video: true });
  await expectToPerceive(bob, ann, { moving: true });

  const cameras = await onDevices(ann, (devices) => devices.list('camera'));
  expect(cameras).toHaveLength(3);
  expect(cameras[0].label).not.toBe('');
  const [, first] = await usedDevices(ann);
  const other = cameras.findLast(({ id }) => id !== first);
  await bob.remember();
  await onDevices(ann, (devices, id) => devices.choose('camera', id), other.id);
  expect((await usedDevices(ann))[1]).toBe(other.id);
  await expectToPerceive(bob, ann, { moving: true });
  // Nothing was negotiated: the same tracks, over the same connection.
  expect((await bob.compare()).different).toEqual([]);

  await ann.reload();
  await ann.open();
  await onDevices(ann, () => undefined);
  await ann.join(room);
  await ann.publish({ audio: true, video: true });
  expect((await usedDevices(ann)).at(-1)).toBe(other.id);
  await browser.close();
});

test('a muted camera is let go, and the same one is opened again', async ({ enter, room }) => {
  const ann = await enter('Ann');
  const bob = await enter('Bob');
  await bob.join(room);
  await ann.join(room);
  await ann.publish({ audio: true, video: true });
  await expectToPerceive(bob, ann, { moving: true });
  const before = await usedDevices(ann);
  await ann.mute('video');
  expect(await usedDevices(ann)).toHaveLength(1);
  await expect
    .poll(async () => (await bob.peerReport(ann)).publications.camera)
    .toEqual({ audio: 'live', video: 'muted' });
  await ann.unmute('video');
  expect((await usedDevices(ann)).sort()).toEqual(before.sort());
  await expectToPerceive(bob, ann, { moving: true });
  expect((await bob.peerReport(ann)).publications.camera.video).toBe('live');
});

test('what is allowed and what is not, in words', async ({ network, enter }) => {
  const denied = await launchChromium(network, {
    devices: ['--use-fake-device-for-media-stream', '--deny-permission-prompts'],
  });
  const ann = await enter('Ann', { browser: denied });
  const told = await onDevices(ann, async (devices) => {
    try {
      await devices.open();
      return 'opened';
    } catch ({ code, message }) {
      return { code, message, camera: devices.permission('camera') };
    }
  });
  expect(told).toMatchObject({ code: 'media_permission_denied' });
  expect(told.message).toMatch(/site settings/);
  expect(['denied', 'prompt']).toContain(told.camera);
  await denied.close();

  const only = await launchChromium(network, {
    devices: [
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream=device-count=0',
    ],
  });
  const bob = await enter('Bob', { browser: only });
  const none = await onDevices(bob, async (devices) => {
    try {
      const { stream, failed } = await devices.open();
      return {
        kinds: stream.getTracks().map(({ kind }) => kind),
        failed: failed.map(({ kind, error }) => [kind, error.code]),
      };
    } catch ({ code }) {
      return { code };
    }
  });
  // What there is, is opened: a call without a camera is better than none.
  expect(none).toEqual({ kinds: ['audio'], failed: [['camera', 'media_not_found']] });
  await only.close();
});

/** The page, looked at without what Playwright does: its `evaluate` counts as something the user did. */
async function untouched(page) {
  const session = await page.context().newCDPSession(page);
  return {
    mouse: page.mouse,
    problems: page.problems,
    async evaluate(fn, argument) {
      const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
        expression: `(${fn})(${JSON.stringify(argument) ?? ''})`,
        awaitPromise: true,
        returnByValue: true,
        userGesture: false,
      });
      if (exceptionDetails) throw new Error(exceptionDetails.exception.description);
      return result.value;
    },
  };
}

test('pages that may not play before a click say so once, and one call plays all', async ({
  network,
  enter,
  room,
}) => {
  const strict = await launchChromium(network, {
    more: ['--autoplay-policy=document-user-activation-required'],
  });
  const ann = await enter('Ann');
  const bob = await enter('Bob', { browser: strict, line: false });
  bob.page = await untouched(bob.page);
  await bob.open();
  await ann.join(room);
  await bob.join(room);
  await ann.publish({ hue: 'red', tone: 440 });
  await expect.poll(async () => (await bob.peerReport(ann))?.publications.camera).toBeTruthy();
  await bob.evaluate((where) => {
    const { line } = window.call;
    window.playback = [];
    line.on('playback', ({ blocked }) => window.playback.push(blocked));
    const [peer] = line.channels.get(where).peers.values();
    window.elements = [1, 2].map(() => {
      const element = document.createElement('video');
      document.body.append(element);
      peer.attach(element);
      return element;
    });
    document.onclick = () => line.resumePlayback();
  }, room);
  await expect.poll(() => bob.evaluate(() => window.playback)).toEqual([true]);
  expect(await bob.evaluate(() => window.elements.map(({ paused }) => paused))).toEqual([
    true,
    true,
  ]);
  await bob.page.mouse.click(5, 5);
  await expect.poll(() => bob.evaluate(() => window.playback)).toEqual([true, false]);
  expect(await bob.evaluate(() => window.elements.map(({ paused }) => paused))).toEqual([
    false,
    false,
  ]);
  await strict.close();
});

test('a shared tab that is closed ends the sharing, and says so', async ({
  network,
  enter,
  room,
}) => {
  const browser = await launchChromium(network, {
    devices: [
      '--use-fake-device-for-media-stream',
      '--auto-select-tab-capture-source-by-title=what is shared',
    ],
  });
  const ann = await enter('Ann', { browser });
  const bob = await enter('Bob');
  await bob.join(room);
  await ann.join(room);
  const shown = await ann.page.context().newPage();
  await shown.setContent(
    '<title>what is shared</title><script>setInterval(() => { document.body.style.background = `hsl(${Date.now() / 5 % 360} 100% 50%)`; }, 50)</script>',
  );
  await ann.publish({ screen: true });
  await ann.evaluate((where) => {
    window.ended = [];
    window.call.line.channels
      .get(where)
      .publications.get('screen')
      .on('ended', (event) => window.ended.push(event));
  }, room);
  await bob.expectEvent('stream-added Ann screen');
  await shown.close();
  await expect
    .poll(() => ann.evaluate(() => window.ended))
    .toContainEqual({ reason: 'sharing-stopped', kind: 'video' });
  await bob.expectEvent('stream-removed Ann screen');
  await browser.close();
});
