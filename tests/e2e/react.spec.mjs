// The hooks in an application, under StrictMode: joined once, published once, rendered when there is a reason, and nothing left.
import { serveApp } from './lab/app.mjs';
import { expect, test } from './lab/test.mjs';

const playing = (page, selector) =>
  page.evaluate(
    (which) =>
      [...document.querySelectorAll(which)].filter(
        (video) => video.currentTime > 0.3 && video.videoWidth > 0,
      ).length,
    selector,
  );

test('a call between a React application and a page', async ({
  network,
  endpoint,
  enter,
  room,
}) => {
  const server = await serveApp(network, 'react.jsx');
  const ann = await enter('Ann');
  await ann.join(room);
  await ann.publish({ hue: 'red', tone: 440 });
  const joins = await ann.evaluate((where) => {
    const seen = [];
    const channel = window.call.line.channels.get(where);
    channel.on('peer-joined', () => seen.push('joined'));
    channel.on('peer-left', () => seen.push('left'));
    window.seen = seen;
    return seen.length;
  }, room);
  expect(joins).toBe(0);

  const query = new URLSearchParams({ endpoint: endpoint.socketUrl, room });
  const { page } = await enter('React', { url: `${server.url}/?${query}`, line: false });
  await expect.poll(() => playing(page, '.peer')).toBe(1);
  await expect.poll(() => playing(page, '.own')).toBe(1);
  await expect(page.locator('#state')).toHaveText('joined');
  await expect(page.locator('#line')).toHaveText('connected');
  await expect.poll(() => ann.evaluate(() => window.seen)).toEqual(['joined']);

  // What others say of themselves is no reason to render who is there.
  const before = await page.evaluate(() => window.app.renders);
  await ann.evaluate((where) => {
    for (let i = 0; i < 50; i++) window.call.line.channels.get(where).setMetadata({ i });
  }, room);
  await expect
    .poll(() => page.evaluate(() => [...window.app.channel.peers.values()][0].metadata.i))
    .toBe(49);
  expect(await page.evaluate(() => window.app.renders)).toBe(before);

  const bob = () =>
    ann.evaluate((where) => {
      const [peer] = window.call.line.channels.get(where).peers.values();
      return peer && peer.publications.get('camera')?.audio;
    }, room);
  await page.getByRole('button', { name: 'Mute' }).click();
  await expect.poll(bob).toBe('muted');
  await page.getByRole('button', { name: 'Unmute' }).click();
  await expect.poll(bob).toBe('live');

  await page.evaluate(() => window.app.showCall(false));
  await expect.poll(() => ann.evaluate(() => window.seen)).toEqual(['joined', 'left']);
  await page.evaluate(() => window.app.showCall(true));
  await expect.poll(() => playing(page, '.peer')).toBe(1);
  await expect.poll(() => ann.evaluate(() => window.seen)).toEqual(['joined', 'left', 'joined']);
  await server.stop();
});
