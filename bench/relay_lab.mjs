// Where relayed calls are measured: two hosts with a browser each, and beyond a router the relay, both kinds' signalling, and the
// pages. Both kinds get their credentials for the relay with the welcome.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Internet, endpointAddress, key } from '../tests/e2e/lab/internet.mjs';
import { prefix, runFolder } from '../tests/e2e/lab/namespaces.mjs';
import { at } from '../tests/e2e/lab/places.mjs';
import { Server } from '../tests/e2e/lab/processes.mjs';
import { buildSite } from '../tests/e2e/lab/site.mjs';

export class RelayLab {
  #folder = join(runFolder, `${prefix}-${process.pid}-relay-site`);

  static async open() {
    const lab = new RelayLab();
    try {
      await lab.#start();
    } catch (error) {
      await lab.close();
      throw error;
    }
    return lab;
  }

  async #start() {
    const site = buildSite(this.#folder, at('bench', 'pages'));
    this.internet = await Internet.create('relay', site);
    this.hosts = ['first', 'second'].map((name) => this.internet.host(name));
    this.browsers = [];
    for (const host of this.hosts) this.browsers.push(await host.chromium());
    // All the ways to it, as docs/RELAY.md advises.
    const relay = (await this.internet.relay()).entry({ over: 'all' });
    this.endpoint = await this.internet.startEndpoint({ config: { relays: [relay] } });
    this.raw = await this.#startRaw(site, relay);
  }

  #startRaw(site, relay) {
    const { router, tls } = this.internet;
    const file = join(this.#folder, 'relay.json');
    writeFileSync(file, JSON.stringify(relay));
    const where = ['--host', endpointAddress];
    const shown = ['--certificate', tls.certificate_file, '--key', tls.key_file];
    const words = [at('bench', 'raw_server.mjs'), site, '--relay', file, ...where, ...shown];
    return Server.start(router, process.execPath, words);
  }

  get browser() {
    return `Chromium ${this.browsers[0].version()}`;
  }

  /** Nothing goes out but TCP to ports of the web: the relay's other addresses are closed, and signalling is on ports of its own. */
  closeAllBut443() {
    for (const host of this.hosts) {
      this.internet.block(host, 'meta l4proto udp');
      this.internet.block(host, 'ip daddr 203.0.113.20 tcp dport != 443');
    }
  }

  /** A page of a kind, 'raw' or 'sdk', that was just loaded, on the first host or the second. */
  async page(kind, side, given) {
    // Pages that may use a microphone have candidates with plain addresses, as in every real call.
    const permissions = ['microphone', 'camera'];
    const context = await this.browsers[side].newContext({ permissions, ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(`${this.internet.endpoint.url}/${kind}.html`);
    await page.waitForFunction(() => 'bench' in window);
    const url = (kind === 'raw' ? this.raw : this.endpoint).socketUrl;
    await page.evaluate((options) => window.bench.prepare(options), { url, key, ...given });
    return page;
  }

  async close() {
    await this.raw?.stop();
    await this.endpoint?.stop();
    await this.internet?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
