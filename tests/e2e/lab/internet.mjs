// An internet of the tests' own, connected to nothing else: a router with the endpoint in it, and hosts of participants, each in a
// network namespace, with as many interfaces as it needs. Whatever happens in networks is brought about by rules of the router and by
// interfaces that come and go.
//
//   Ann    198.18.1.10 wlan0 ──┐
//          198.18.2.10 wwan0 ──┼── router, 203.0.113.10: endpoint, 203.0.113.20: relay
//   Bob    198.18.3.10 wlan0 ──┘
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchChromium } from './browsers.mjs';
import { startEndpoint } from './endpoint.mjs';
import { Firefox } from './firefox.mjs';
import { HomeRouter } from './home_router.mjs';
import { canIsolate, ip, prefix, remove, removeStale, runFolder } from './namespaces.mjs';
import { Relay } from './relay.mjs';

/** What endpoints here accept: the development key is for pages of the endpoint's own machine. */
export const key = 'pk_apart';
export const endpointAddress = '203.0.113.10';
/** What a host behind an address translation is seen as: other ports each time that the translator restarts. */
const outside = (time) => `203.0.113.11:${20_000 + 1_000 * time}-${20_999 + 1_000 * time}`;

function hasPacketFilter() {
  try {
    execFileSync('nft', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

let possible;

/** Whether it can be made here: it takes root on Linux, and nft. */
export const canMakeInternet = () => (possible ??= canIsolate() && hasPacketFilter());

/** A network namespace with a scratch folder, where programs run. Has what `Network` has. */
class Place {
  isolated = true;

  constructor(name, folder) {
    this.name = name;
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    ip('netns', 'add', name);
    // An address of IPv6 that comes up a second later is a change of networks to a browser.
    this.set('net.ipv6.conf.all.disable_ipv6', 1);
    this.set('net.ipv6.conf.default.disable_ipv6', 1);
    this.ip('link', 'set', 'lo', 'up');
  }

  ip(...args) {
    return ip('-n', this.name, ...args);
  }

  run(program, args, options) {
    return execFileSync('ip', ['netns', 'exec', this.name, program, ...args], options);
  }

  /** Sets a parameter of the kernel for this namespace. */
  set(parameter, value) {
    const file = `/proc/sys/${parameter.replaceAll('.', '/')}`;
    this.run('sh', ['-c', `echo ${value} > ${file}`]);
  }

  spawn(program, args, options) {
    return spawn('ip', ['netns', 'exec', this.name, program, ...args], options);
  }

  wrapper(program) {
    const file = join(this.folder, `run-${program.split('/').pop()}`);
    const script = `#!/bin/sh\nexec ip netns exec ${this.name} ${program} "$@"\n`;
    writeFileSync(file, script, { mode: 0o755 });
    return file;
  }

  close() {
    remove(this.name);
  }
}

/** A participant's machine. `wlan0` is up from the beginning, others are when they are plugged in. */
class Host extends Place {
  #internet;
  /** By the interface's name. */
  #subnets = new Map();
  /** The last number of the address that it has now, by the interface's name. */
  #plugged = new Map();
  #chromium;
  #firefox;
  #homeRouter;

  constructor(internet, name, folder) {
    super(name, folder);
    this.#internet = internet;
    this.#wire('wlan0');
    this.plug('wlan0');
  }

  #wire(device) {
    const { router } = this.#internet;
    const number = this.#internet.nextSubnet();
    const far = `net${number}`;
    router.ip('link', 'add', far, 'type', 'veth', 'peer', 'name', device, 'netns', this.name);
    router.ip('address', 'add', `198.18.${number}.1/24`, 'dev', far);
    router.ip('link', 'set', far, 'up');
    this.#subnets.set(device, number);
  }

  /** Every address that it may have, as a set of nft. */
  get addresses() {
    const numbers = [...this.#subnets.values()];
    return `{ ${numbers.map((number) => `198.18.${number}.10-198.18.${number}.99`).join(', ')} }`;
  }

  /** An interface comes up. Sockets bound to its address leave by it; others by the one that came first. */
  plug(device, last = 10) {
    if (!this.#subnets.has(device)) this.#wire(device);
    if (this.#plugged.has(device)) return;
    this.#plugged.set(device, last);
    const number = this.#subnets.get(device);
    const [address, gateway] = [this.#address(device), `198.18.${number}.1`];
    const table = String(100 + number);
    this.ip('address', 'replace', `${address}/24`, 'dev', device);
    this.ip('link', 'set', device, 'up');
    this.ip('route', 'replace', 'default', 'via', gateway, 'metric', table);
    this.ip('route', 'replace', 'default', 'via', gateway, 'dev', device, 'table', table);
    this.ip('rule', 'add', 'from', address, 'lookup', table);
  }

  #address(device) {
    return `198.18.${this.#subnets.get(device)}.${this.#plugged.get(device)}`;
  }

  #release(device) {
    this.ip('rule', 'delete', 'from', this.#address(device));
    this.ip('address', 'flush', 'dev', device);
    this.#plugged.delete(device);
  }

  /** An interface is gone, with its address. */
  unplug(device) {
    if (!this.#plugged.has(device)) return;
    this.#release(device);
    this.ip('link', 'set', device, 'down');
  }

  /** An interface that is up gets another address, and what is sent from the one before has no answer any more. */
  readdress(device, last = 20) {
    this.#release(device);
    this.plug(device, last);
  }

  /**
   * Is behind a router of its own from now on, which translates what it sends over UDP by `wlan0`; `kind` is 'cone' or 'symmetric'.
   * Returns the address that others see.
   */
  hideBehind(kind) {
    const number = this.#subnets.get('wlan0');
    const address = `203.0.113.${100 + number}`;
    const way = ['via', this.#address('wlan0')];
    const { router } = this.#internet;
    this.#homeRouter = new HomeRouter(router, this, { address, kind, device: 'wlan0', way });
    return address;
  }

  /** As it was made. */
  mend() {
    this.#homeRouter?.remove();
    this.#homeRouter = undefined;
    for (const device of this.#subnets.keys()) if (device !== 'wlan0') this.unplug(device);
    if (this.#plugged.get('wlan0') !== 10) this.unplug('wlan0');
    this.plug('wlan0');
  }

  chromium() {
    // For the relay's certificate: of those of sockets a context's option takes care.
    const more = ['--ignore-certificate-errors'];
    return (this.#chromium ??= launchChromium(this, { more }));
  }

  firefox() {
    return (this.#firefox ??= Firefox.launch(this));
  }

  async close() {
    await (await this.#chromium)?.close();
    await (await this.#firefox)?.close();
    super.close();
  }
}

export class Internet {
  #name;
  #folder;
  #hosts = new Map();
  #subnets = 0;
  #losses = new Map();
  #firewalls = new Map();
  #relay;
  #translations = new Map();
  /** Connections of another zone are unknown to the router's address translation. */
  #zone = 1;

  static async create(label, site) {
    removeStale();
    const internet = new Internet(`${prefix}-${process.pid}-${label}`);
    internet.site = site;
    internet.endpoint = await internet.startEndpoint();
    return internet;
  }

  constructor(name) {
    this.#name = name;
    this.#folder = join(runFolder, name);
    this.router = new Place(`${name}-router`, this.#folder);
    this.router.ip('address', 'add', `${endpointAddress}/32`, 'dev', 'lo');
    this.router.set('net.ipv4.ip_forward', 1);
    this.#certify();
  }

  /** Browsers speak to hosts other than their own over TLS only. */
  #certify() {
    const [key, certificate] = ['key.pem', 'certificate.pem'].map((f) => join(this.#folder, f));
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const content = ['-days', '2', '-subj', `/CN=${endpointAddress}`];
    const files = ['-keyout', key, '-out', certificate];
    execFileSync('openssl', ['req', '-x509', ...kind, ...content, ...files], { stdio: 'ignore' });
    this.tls = { certificate_file: certificate, key_file: key };
  }

  /** Starts an endpoint at the router, which serves the tests' pages. */
  startEndpoint({ config, ...rest } = {}) {
    const complete = { keys: [{ id: key }], ...config, tls: this.tls };
    const { site } = this;
    return startEndpoint(this.router, { host: endpointAddress, site, config: complete, ...rest });
  }

  nextSubnet() {
    return ++this.#subnets;
  }

  /** A participant's machine, made when it is first asked for. */
  host(name) {
    let host = this.#hosts.get(name);
    if (!host) {
      host = new Host(this, `${this.#name}-${name}`, join(this.#folder, name));
      this.#hosts.set(name, host);
    }
    return host;
  }

  /** Everything is as in the beginning. */
  mend() {
    this.#losses.clear();
    this.#firewalls.clear();
    this.#translations.clear();
    this.#apply();
    for (const host of this.#hosts.values()) host.mend();
  }

  /** What one host sends to another is lost; `which` of it, in words of nft. Returns how to end that. */
  lose(from, to, which = '') {
    const rule = `ip saddr ${from.addresses} ip daddr ${to.addresses} ${which} drop;`;
    return this.#change(this.#losses, rule);
  }

  /** Nothing passes between two hosts, while both reach the endpoint. Returns how to end that. */
  part(one, other) {
    const ends = [this.lose(one, other), this.lose(other, one)];
    return () => ends.forEach((end) => end());
  }

  /** Puts a host behind a firewall: `which`, in words of nft, passes it in neither direction. Returns how to take it away. */
  block(host, which) {
    return this.#change(this.#firewalls, [host.addresses, which]);
  }

  /** The relay at the router, started when it is first asked for. */
  relay() {
    return (this.#relay ??= Relay.start(this.router, this.tls));
  }

  /** Gives a host an address translation of its own, as a home router does; returns how to take it away. */
  translate(host) {
    return this.#change(this.#translations, host.addresses);
  }

  /** The translator restarts: it has forgotten every connection, and takes other addresses and ports for those that follow. */
  restartTranslation() {
    this.#zone++;
    this.#apply();
  }

  #change(list, what) {
    const key = Symbol();
    list.set(key, what);
    this.#apply();
    return () => {
      if (list.delete(key)) this.#apply();
    };
  }

  #apply() {
    const translations = [...this.#translations.values()];
    // What comes from outside unasked does not pass a translation.
    const closed = translations.map((addresses) => `ip daddr ${addresses} ct state new drop;`);
    const seenAs = outside(this.#zone % 40);
    const translated = translations.map(
      (addresses) => `ip saddr ${addresses} meta l4proto udp snat to ${seenAs};`,
    );
    const firewalls = (direction) =>
      [...this.#firewalls.values()].map(
        ([addresses, which]) => `ip ${direction} ${addresses} ${which} drop;`,
      );
    const chain = (name, type, priority, rules) =>
      `chain ${name} { type ${type} priority ${priority};\n${rules.join('\n')}\n}`;
    const chains = [
      chain('zone', 'filter hook prerouting', -300, [`ct zone set ${this.#zone};`]),
      chain('firewall_out', 'filter hook prerouting', -200, firewalls('saddr')),
      // Not what the relay itself sends: to it, that would be an error of its own machine.
      chain('firewall_in', 'filter hook forward', -200, firewalls('daddr')),
      chain('losses', 'filter hook forward', 0, [...this.#losses.values(), ...closed]),
      chain('translation', 'nat hook postrouting', 100, translated),
    ];
    const input = `flush ruleset\ntable ip tests {\n${chains.join('\n')}\n}\n`;
    this.router.run('nft', ['-f', '-'], { input });
  }

  async close() {
    for (const host of this.#hosts.values()) await host.close();
    await this.endpoint.stop();
    await (await this.#relay)?.stop();
    this.router.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
