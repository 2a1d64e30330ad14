// The demo page, as a visitor meets it: a link, a name, a call. demo/README.md says what its elements are called.
import { existsSync } from 'node:fs';
import { startEndpoint } from './lab/endpoint.mjs';
import { at } from './lab/places.mjs';
import { expect, test } from './lab/test.mjs';

const demo = at('demo', 'dist');

test.describe('the demo', () => {
  let own;

  test.beforeAll(async ({ network }) => {
    if (!existsSync(demo)) throw new Error(`${demo} is not there: npm run build`);
    own = await startEndpoint(network, { site: demo });
  });
  test.afterAll(() => own?.stop());

  const visit = async (enter, room, name) => {
    const { page } = await enter(name, { url: `${own.url}/#${room}`, line: false });
    await expect(page.getByTestId('lobby')).toBeVisible();
    return page;
  };

  const joinWithMouse = async (page, name) => {
    await page.getByTestId('name-input').fill(name);
    await page.getByTestId('join').click();
    await expect(page.getByTestId('call')).toBeVisible();
  };

  /** Goes on with the Tab key until an element has the focus. */
  const tabTo = async (page, testId) => {
    const focused = () => page.evaluate(() => document.activeElement?.dataset.testid);
    for (let presses = 0; (await focused()) !== testId; presses++) {
      expect(presses, `Tab reaches ${testId}`).toBeLessThan(40);
      await page.keyboard.press('Tab');
    }
  };

  const joinWithKeyboard = async (page, name) => {
    await tabTo(page, 'name-input');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type(name);
    await tabTo(page, 'join');
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('call')).toBeVisible();
  };

  const expectPerson = async (page, name) => {
    const tile = page.getByTestId('tile');
    await expect(tile).toHaveCount(1);
    await expect(tile.getByTestId('tile-name')).toContainText(name);
    await expect(tile).toHaveAttribute('data-state', 'connected');
    const video = tile.locator('video');
    const decoded = () =>
      video.evaluate((element) => element.getVideoPlaybackQuality().totalVideoFrames);
    const first = await decoded();
    await expect.poll(decoded, { message: `pictures of ${name}` }).toBeGreaterThan(first + 10);
  };

  test('two people meet, one by keyboard only, mute, and leave', async ({ enter, room }) => {
    const ann = await visit(enter, room, 'Ann');
    const bob = await visit(enter, room, 'Bob');
    await joinWithMouse(ann, 'Ann');
    await expect(ann.getByTestId('alone')).toBeVisible();
    await joinWithKeyboard(bob, 'Bob');
    await expectPerson(ann, 'Bob');
    await expectPerson(bob, 'Ann');
    await expect(ann.getByTestId('alone')).toBeHidden();

    await bob.keyboard.press('m');
    await expect(ann.getByTestId('tile')).toHaveAttribute('data-audio', 'off');
    await bob.keyboard.press('c');
    await expect(ann.getByTestId('tile')).toHaveAttribute('data-video', 'off');
    await bob.keyboard.press('c');
    await bob.keyboard.press('m');
    await expect(ann.getByTestId('tile')).toHaveAttribute('data-audio', 'on');
    await expect(ann.getByTestId('tile')).toHaveAttribute('data-video', 'on');
    await expectPerson(ann, 'Bob');

    await tabTo(bob, 'leave');
    await bob.keyboard.press('Enter');
    await expect(bob.getByTestId('left')).toBeVisible();
    await expect(ann.getByTestId('tile')).toHaveCount(0);
    await bob.getByTestId('rejoin').click();
    await expectPerson(ann, 'Bob');
    await expectPerson(bob, 'Ann');
  });

  test('a screen is shared, seen on the stage, and taken away', async ({ enter, room }) => {
    const ann = await visit(enter, room, 'Ann');
    const bob = await visit(enter, room, 'Bob');
    await joinWithMouse(ann, 'Ann');
    await joinWithMouse(bob, 'Bob');
    await expectPerson(bob, 'Ann');
    await ann.getByTestId('share').click();
    await expect(ann.getByTestId('share-banner')).toBeVisible();
    await expect(bob.getByTestId('stage')).toBeVisible();
    await expect
      .poll(() => bob.getByTestId('stage-video').evaluate((video) => video.currentTime))
      .toBeGreaterThan(0.5);
    await ann.getByTestId('stop-sharing').click();
    await expect(bob.getByTestId('stage')).toBeHidden();
    await expectPerson(bob, 'Ann');
  });
});
