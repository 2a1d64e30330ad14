// Where everything is measured: one network, one endpoint, one server for the pages and for raw signalling, one browser.
import { launchChromium } from '../tests/e2e/lab/browsers.mjs';
import { startEndpoint } from '../tests/e2e/lab/endpoint.mjs';
import { Network } from '../tests/e2e/lab/network.mjs';
import { at } from '../tests/e2e/lab/places.mjs';
import { Server } from '../tests/e2e/lab/processes.mjs';
import { buildSite } from '../tests/e2e/lab/site.mjs';

/** What is sent in the measurements of time: a picture and a tone. */
export const media = { hue: 'red', tone: 440, width: 320, height: 240, framesPerSecond: 30 };

export class Lab {
  static async open() {
    const lab = new Lab();
    try {
      await lab.#start();
    } catch (error) {
      await lab.close();
      throw error;
    }
    return lab;
  }

  async #start() {
    this.network = Network.create('bench');
    this.site = buildSite(this.network.folder, at('bench', 'pages'));
    const script = at('bench', 'raw_server.mjs');
    this.pages = await Server.start(this.network, process.execPath, [script, this.site]);
    this.endpoint = await startEndpoint(this.network);
    this.browser = await launchChromium(this.network);
  }

  /**
   * Loads a page of a kind, 'raw' or 'sdk', in a browser context of its own. `watch` is given the page before it loads, `prepare`
   * runs in it before its own scripts.
   */
  async page(kind, { watch, prepare } = {}) {
    const page = await this.blankPage(kind, { watch, prepare });
    await page.waitForFunction(() => 'bench' in window);
    return page;
  }

  /** The same of a page that is not there to join. */
  async blankPage(name, { watch, prepare } = {}) {
    const context = await this.browser.newContext();
    const page = await context.newPage();
    watch?.(page);
    if (prepare) await page.addInitScript(prepare);
    await page.goto(`${this.pages.url}/${name}.html`);
    return page;
  }

  socketUrl(kind) {
    return kind === 'raw' ? this.pages.socketUrl : this.endpoint.socketUrl;
  }

  prepare(page, kind, given = media) {
    return page.evaluate((options) => window.bench.prepare(options), {
      url: this.socketUrl(kind),
      media: given,
    });
  }

  async close() {
    await this.browser?.close();
    await this.endpoint?.stop();
    await this.pages?.stop();
    this.network?.close();
  }
}

/** `at`: when; `fresh`: what joins is made only then. */
export const join = (page, room, { at, fresh } = {}) =>
  page.evaluate((options) => window.bench.join(options), { room, at, fresh });

export const result = (page) => page.evaluate(() => window.bench.result());

export const leave = (page) => page.evaluate(() => window.bench.leave());

/** Rejects with words when a promise takes too long. */
export async function within(ms, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
