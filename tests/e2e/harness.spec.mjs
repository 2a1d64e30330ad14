// The tests' own eyes and ears, on a call made by hand: what they report is there, and what is not there they do not report.
import { at } from './lab/places.mjs';
import { expect, test } from './lab/test.mjs';
import { startPageServer } from './lab/endpoint.mjs';
import { buildSite } from './lab/site.mjs';

const watch = async (page, media) =>
  page.evaluate(async (wanted) => {
    const { source } = await import('/source.js');
    const { Watcher } = await import('/watcher.js');
    window.stream = await source(wanted);
    window.watcher = new Watcher(window.stream);
  }, media);

const report = (page) => page.evaluate(() => window.watcher.report());

test.describe('the eyes and ears of the tests', () => {
  let pages;

  test.beforeAll(async ({ network }) => {
    pages = await startPageServer(network, buildSite(network.folder, at('bench', 'pages')));
  });
  test.afterAll(() => pages.stop());
  test.beforeEach(({ page }) => page.goto(`${pages.url}/empty.html`));

  for (const [hue, tone] of [
    ['red', 440],
    ['green', 880],
    ['blue', 1320],
    ['magenta', 660],
  ]) {
    test(`tell ${hue} and ${tone} Hz`, async ({ page }) => {
      await watch(page, { hue, tone });
      await expect.poll(() => report(page)).toMatchObject({ hue });
      await expect.poll(async () => (await report(page)).changes).toBeGreaterThan(5);
      await expect.poll(async () => (await report(page)).level).toBeGreaterThan(-60);
      expect(Math.abs((await report(page)).tone - tone)).toBeLessThan(25);
    });
  }

  test('notice a picture that stands still and a sound that ends', async ({ page }) => {
    await watch(page, { hue: 'red', tone: 440 });
    await expect.poll(async () => (await report(page)).changes).toBeGreaterThan(3);
    await page.evaluate(() => window.stream.getTracks().forEach((track) => track.stop()));
    await expect.poll(async () => (await report(page)).level).toBeLessThan(-90);
    let last;
    await expect
      .poll(
        async () => {
          const { changes } = await report(page);
          const more = changes - last;
          last = changes;
          return more;
        },
        { intervals: [600] },
      )
      .toBe(0);
  });

  test('believe themselves online', async ({ page, network }) => {
    test.skip(!network.isolated, 'needs a network of its own');
    expect(await page.evaluate(() => navigator.onLine)).toBe(true);
  });
});
