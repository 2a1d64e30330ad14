// Where calls are disturbed: signalling that can be cut and killed, media that can be lost without it, and interfaces that come and
// go.
import { execFileSync } from 'node:child_process';
import { BreakableWay } from '../tests/e2e/lab/breakable_way.mjs';
import { launchChromium } from '../tests/e2e/lab/browsers.mjs';
import { startPageServer } from '../tests/e2e/lab/endpoint.mjs';
import { Network } from '../tests/e2e/lab/network.mjs';
import { at } from '../tests/e2e/lab/places.mjs';
import { buildSite } from '../tests/e2e/lab/site.mjs';
import { bundleKinds, kinds } from './recovery_kinds.mjs';
import { Call } from './recovery_call.mjs';
import { Roads, signallingAddress } from './recovery_roads.mjs';

/** Opens what `Place` is, or leaves nothing behind. */
async function openPlace(Place, names) {
  const place = new Place();
  try {
    await place.start(names);
  } catch (error) {
    await place.close();
    throw error;
  }
  return place;
}

class Place {
  browsers = [];

  /** `network` is where the servers run, `hosts` where the two sides. */
  async serve(network, hosts, names, more = []) {
    this.network = network;
    const site = buildSite(network.folder, at('bench', 'pages'));
    await bundleKinds(site, names);
    this.pages = await startPageServer(network, site);
    for (const host of hosts) this.browsers.push(await launchChromium(host, { more }));
  }

  get browser() {
    return `Chromium ${this.browsers[0].version()}`;
  }

  /** How pages reach what listens on loopback. */
  url = (url) => url;

  /** Starts the signalling of a kind, which may be killed and restarted under the same address. */
  async signalling(kind) {
    let server = await kinds[kind].start(this.network, {});
    const { port, socketUrl } = server;
    return {
      port,
      socketUrl: this.url(socketUrl),
      kill: () => server.kill(),
      restart: async () => (server = await kinds[kind].start(this.network, { port })),
      stop: () => server.stop(),
    };
  }

  wayTo(signalling) {
    return BreakableWay.to(this.network, signalling);
  }

  async #openPage(kind, side) {
    // Pages that may use a microphone have candidates with plain addresses, as in every real call.
    const permissions = ['microphone', 'camera'];
    const context = await this.browsers[side % this.browsers.length].newContext({ permissions });
    const page = await context.newPage();
    await page.goto(this.url(`${this.pages.url}/recovery.html?${kind}`));
    await page.waitForFunction(() => 'recovery' in window);
    return page;
  }

  call(kind, url, room, media) {
    return Call.begin((side) => this.#openPage(kind, side), url, room, media);
  }

  async close() {
    for (const browser of this.browsers) await browser.close();
    await this.pages?.stop();
  }
}

/** Both sides on one host: their media and their signalling can be lost apart from each other. */
export class OneHost extends Place {
  static open = (names) => openPlace(OneHost, names);

  async start(names) {
    this.own = Network.create('recovery');
    await this.serve(this.own, [this.own], names);
  }

  /** All that is not signalling vanishes from now on, without a word to who sends it; returns how to end that. */
  losePath() {
    const rule = (text) =>
      execFileSync(...this.own.command('nft', ['-f', '-']), { input: `${text}\n` });
    rule(`table inet lost {
      chain input { type filter hook input priority 0; meta l4proto udp drop; }
    }`);
    return () => rule('delete table inet lost');
  }

  async close() {
    await super.close();
    this.own?.close();
  }
}

/** Each side on a host of its own, `roads` between them. */
export class TwoHosts extends Place {
  static open = (names) => openPlace(TwoHosts, names);

  // Sockets without TLS are allowed to localhost only: here that is elsewhere.
  url = (url) => url.replace('127.0.0.1', 'localhost');

  async start(names) {
    this.roads = Roads.create();
    const { first, second, router } = this.roads;
    const more = [`--host-resolver-rules=MAP localhost ${signallingAddress}`];
    await this.serve(router, [first, second], names, more);
  }

  async close() {
    await super.close();
    this.roads?.close();
  }
}
