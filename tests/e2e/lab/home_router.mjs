// A router of a host's own, between it and the internet: an address of its own outside, to which nothing comes unasked. It is in the
// host's network namespace, since two of them in one namespace would take what one sends to the other for the same connection.

/** How a router translates: `cone` shows everybody the same port of a socket, `symmetric` shows each another one. */
const portsOf = { cone: '', symmetric: 'random,fully-random' };

export class HomeRouter {
  #host;
  #way;

  /** `way` is from the internet to the host: the words of a route. */
  constructor(internet, host, { address, kind, device, way }) {
    if (!(kind in portsOf)) throw new Error(`no such router: ${kind}`);
    this.#host = host;
    this.#way = [internet, [`${address}/32`, ...way]];
    internet.ip('route', 'replace', `${address}/32`, ...way);
    // What is unknown goes before the kernel remembers it: it would count as a connection with which the host's own must not
    // collide, and that one would get another port.
    this.#rule(`table ip home {
      chain in { type filter hook prerouting priority 0;
        iifname ${device} meta l4proto udp ct state new drop;
      }
      chain out { type nat hook postrouting priority 100;
        oifname ${device} meta l4proto udp snat to ${address} ${portsOf[kind]};
      }
    }`);
  }

  #rule(input) {
    this.#host.run('nft', ['-f', '-'], { input: `${input}\n` });
  }

  remove() {
    const [internet, route] = this.#way;
    internet.ip('route', 'delete', ...route);
    this.#rule('delete table ip home');
  }
}
