// Two hosts with a router between them: the first has two interfaces, as a phone has, the second one. Signalling is behind the
// router. What a route is made of comes and goes here.
//
//   first   wlan0 198.18.1.10 --- 198.18.1.1 \
//           wwan0 198.18.3.10 --- 198.18.3.1  router, signalling on 198.18.2.1 --- 198.18.2.10 eth0   second
import { execFileSync } from 'node:child_process';
import { Network } from '../tests/e2e/lab/network.mjs';

const quiet = { stdio: ['pipe', 'ignore', 'pipe'] };
const links = {
  wlan0: { net: '198.18.1', metric: 100, table: 101 },
  wwan0: { net: '198.18.3', metric: 200, table: 102 },
  eth0: { net: '198.18.2', metric: 100 },
};

export const signallingAddress = `${links.eth0.net}.1`;

export class Roads {
  static create() {
    const roads = new Roads();
    try {
      roads.#build();
    } catch (error) {
      roads.close();
      throw error;
    }
    return roads;
  }

  first = Network.create('recovery-first');
  second = Network.create('recovery-second');
  router = Network.create('recovery-router');

  #ip(network, ...words) {
    execFileSync('ip', ['-n', network.name, ...words], quiet);
  }

  #inRouter(program, args, input) {
    execFileSync(...this.router.command(program, args), { ...quiet, input });
  }

  #build() {
    for (const network of [this.first, this.second, this.router]) {
      this.#ip(network, 'link', 'delete', 'one');
    }
    this.#lay('wlan0', this.first);
    this.#lay('wwan0', this.first);
    this.#lay('eth0', this.second);
    this.#inRouter('sysctl', [
      '-qw',
      'net.ipv4.ip_forward=1',
      'net.ipv4.conf.all.route_localnet=1',
    ]);
    // Servers listen on loopback.
    this.#inRouter(
      'nft',
      ['-f', '-'],
      `table ip inward {
        chain pre { type nat hook prerouting priority -100;
          ip daddr ${signallingAddress} meta l4proto tcp dnat to 127.0.0.1; }
      }
      `,
    );
    this.up('eth0');
    this.up('wlan0');
  }

  #lay(name, network) {
    const { net } = links[name];
    const [own, other] = [this.router.name, network.name];
    const peer = ['type', 'veth', 'peer', 'name', name, 'netns', other];
    execFileSync('ip', ['link', 'add', `to-${name}`, 'netns', own, ...peer], quiet);
    this.#ip(this.router, 'address', 'add', `${net}.1/24`, 'dev', `to-${name}`);
    this.#ip(this.router, 'link', 'set', `to-${name}`, 'up');
  }

  /** The interface is there, with an address whose last number is `host`. */
  up(name, host = 10) {
    const { net, metric, table } = links[name];
    const network = name === 'eth0' ? this.second : this.first;
    const address = `${net}.${host}`;
    this.#ip(network, 'address', 'replace', `${address}/24`, 'dev', name);
    this.#ip(network, 'link', 'set', name, 'up');
    const way = ['default', 'via', `${net}.1`, 'dev', name];
    this.#ip(network, 'route', 'replace', ...way, 'metric', String(metric));
    if (!table) return;
    // A socket that is bound to an address leaves by its interface.
    this.#ip(network, 'rule', 'add', 'from', address, 'lookup', String(table));
    this.#ip(network, 'route', 'replace', ...way, 'table', String(table));
  }

  /** The interface is gone, and its addresses with it. */
  down(name) {
    this.#ip(this.first, 'address', 'flush', 'dev', name, 'scope', 'global');
    this.#ip(this.first, 'link', 'set', name, 'down');
    this.#ip(this.first, 'rule', 'flush', 'table', String(links[name].table));
  }

  /** Another address on the same interface: what goes from the old one is not answered any more. */
  readdress(name, host) {
    this.#ip(this.first, 'address', 'flush', 'dev', name, 'scope', 'global');
    this.#ip(this.first, 'rule', 'flush', 'table', String(links[name].table));
    this.up(name, host);
  }

  close() {
    for (const network of [this.first, this.second, this.router]) network.close();
  }
}
