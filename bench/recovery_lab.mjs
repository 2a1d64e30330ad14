// Where calls are disturbed: signalling that can be cut and killed, media that can be lost without it, and interfaces that come and
// go.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { BreakableWay } from '../tests/e2e/lab/breakable_way.mjs';
import { launchChromium } from '../tests/e2e/lab/browsers.mjs';
import { startEndpoint, startPageServer } from '../tests/e2e/lab/endpoint.mjs';
import { Internet, endpointAddress, key } from '../tests/e2e/lab/internet.mjs';
import { prefix, runFolder } from '../tests/e2e/lab/namespaces.mjs';
import { Network } from '../tests/e2e/lab/network.mjs';
import { at } from '../tests/e2e/lab/places.mjs';
import { Server } from '../tests/e2e/lab/processes.mjs';
import { buildSite } from '../tests/e2e/lab/site.mjs';
import { bundleKinds, kinds } from './recovery_kinds.mjs';
import { Call } from './recovery_call.mjs';

/** Opens what `Place` is, or leaves nothing behind. */
async function openPlace(Place, names) {
  const place = new Place();
  try {
    await place.buildSite(names);
    await place.start();
  } catch (error) {
    await place.close();
    throw error;
  }
  return place;
}

class Place {
  #folder = join(runFolder, `${prefix}-${process.pid}-recovery-site`);
  /** Of the first side, and of the second where it is another. */
  browsers = [];

  async buildSite(names) {
    this.site = buildSite(this.#folder, at('bench', 'pages'));
    await bundleKinds(this.site, names);
  }

  get browser() {
    return `Chromium ${this.browsers[0].version()}`;
  }

  /** Starts the signalling of a kind, which may be killed and restarted under the same address. */
  async signalling(kind) {
    let server = await kinds[kind].start(this, 0);
    const { port, socketUrl } = server;
    return {
      port,
      socketUrl,
      kill: () => server.kill(),
      restart: async () => (server = await kinds[kind].start(this, port)),
      stop: () => server.stop(),
    };
  }

  async #openPage(kind, side, watch) {
    // Pages that may use a microphone have candidates with plain addresses, as in every real call.
    const permissions = ['microphone', 'camera'];
    const browser = this.browsers[side % this.browsers.length];
    const context = await browser.newContext({ permissions, ignoreHTTPSErrors: true });
    const page = await context.newPage();
    watch(page);
    await page.goto(`${this.pages.url}/recovery.html?${kind}`);
    await page.waitForFunction(() => 'recovery' in window);
    return page;
  }

  call(kind, url, room, media) {
    return Call.begin(
      (...how) => this.#openPage(kind, ...how),
      { url, key: this.key, room },
      media,
    );
  }

  async close() {
    for (const browser of this.browsers) await browser.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Both sides on one host: their media and their signalling can be lost apart from each other. */
export class OneHost extends Place {
  static open = (names) => openPlace(OneHost, names);

  key = 'pk_demo';

  async start() {
    this.network = Network.create('recovery');
    this.pages = await startPageServer(this.network, this.site);
    this.browsers.push(await launchChromium(this.network));
  }

  startEndpoint = (given) => startEndpoint(this.network, given);

  startScript = (file, words, port) =>
    Server.start(this.network, process.execPath, [file, ...words, '--port', String(port)]);

  wayTo = (signalling) => BreakableWay.to(this.network, signalling);

  /** All that is not signalling vanishes from now on, without a word to who sends it; returns how to end that. */
  losePath() {
    const rule = (text) =>
      execFileSync(...this.network.command('nft', ['-f', '-']), { input: `${text}\n` });
    rule(`table inet lost {
      chain input { type filter hook input priority 0; meta l4proto udp drop; }
    }`);
    return () => rule('delete table inet lost');
  }

  async close() {
    await super.close();
    await this.pages?.stop();
    this.network?.close();
  }
}

/** Each side on a host of its own in the internet of the tests, where the first moves. Signalling is beyond a router, over TLS. */
export class TwoHosts extends Place {
  static open = (names) => openPlace(TwoHosts, names);

  key = key;

  async start() {
    this.internet = await Internet.create('recovery', this.site);
    this.pages = this.internet.endpoint;
    this.first = this.internet.host('first');
    for (const host of [this.first, this.internet.host('second')]) {
      this.browsers.push(await launchChromium(host));
    }
  }

  startEndpoint = (given) => this.internet.startEndpoint(given);

  startScript(file, words, port) {
    const { certificate_file, key_file } = this.internet.tls;
    const where = ['--port', String(port), '--host', endpointAddress];
    const shown = ['--certificate', certificate_file, '--key', key_file];
    const { router } = this.internet;
    return Server.start(router, process.execPath, [file, ...words, ...where, ...shown]);
  }

  wayTo = ({ socketUrl }) => ({ socketUrl, close() {} });

  /** Each call begins in a browser that has seen no change of its networks: after one, connections were slow to come about. */
  async mend() {
    await this.browsers[0].close();
    this.internet.mend();
    this.browsers[0] = await launchChromium(this.first);
  }

  async close() {
    await super.close();
    await this.internet?.close();
  }
}
