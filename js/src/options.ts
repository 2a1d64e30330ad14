// What an application may set, checked when it sets it.
import { browserPlatform } from './platform.js';
import type { Encryption } from './encryption/index.js';
import type { Platform } from './platform.js';
import type { TokenReason } from './wire.js';

/** Takes what the SDK has to say to developers. Never gets a key or a token. `console` is one. */
export interface Logger {
  debug(...words: unknown[]): void;
  info(...words: unknown[]): void;
  warn(...words: unknown[]): void;
  error(...words: unknown[]): void;
  /**
   * Where this is given, it is called with every input of the core, each a line of JSON, so that what happened can be played to a
   * core again. The lines have names, metadata, descriptions and addresses in them, but no keys, tokens, tickets and passwords.
   */
  transcript?(line: string): void;
}

/** Why a token is asked for. */
export interface TokenContext {
  reason: TokenReason;
}

/** How to wait between attempts to reach the endpoint, in milliseconds. */
export interface ReconnectOptions {
  /** Upper bound of the first random delay; each next one is twice that. Default 300. */
  minDelayMs?: number;
  /** Upper bound of every delay. Default 20 000. */
  maxDelayMs?: number;
  /** How long to try before giving up, counted from the loss. Default `Infinity`. */
  giveUpAfterMs?: number;
}

export interface PartylineOptions {
  /** `wss://…`, or `ws://` of this machine. Several are tried in turn. */
  endpoint: string | readonly string[];
  /** A publishable key. Either this or `tokenProvider`. */
  key?: string;
  /** Gets a token from your backend, each time one is needed. */
  tokenProvider?: (context: TokenContext) => Promise<string> | string;
  /** Relays and reflectors, added to those that the endpoint delivers. Default none. */
  iceServers?: readonly RTCIceServer[];
  /** `'relay'` allows only relayed paths. Default `'all'`. */
  iceTransportPolicy?: RTCIceTransportPolicy;
  reconnect?: ReconnectOptions;
  /** What `encryption()` of `partyline/encryption` returns: media is encrypted from end to end. Default none. */
  encryption?: Encryption;
  /** Silent by default. */
  logger?: Logger;
  /** Replaces parts of the host: for tests, Node and native shells. */
  platform?: Partial<Platform>;
}

/** Checked options, ready for use. `core` is what the core is told. */
export interface Settings {
  core: { endpoints: string[]; key: string | undefined } & Record<string, unknown>;
  tokenProvider: PartylineOptions['tokenProvider'];
  encryption: Encryption | undefined;
  logger: Logger | undefined;
  platform: Platform;
}

const fail = (option: string, what: string): never => {
  throw new TypeError(`Partyline options: '${option}' ${what}.`);
};

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** How many letters apart two names are, roughly: enough to find what was meant. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const letters = (text: string): string[] => [...text.toLowerCase()].sort();
  const distance = (other: string): number => {
    const rest = letters(other);
    let extra = 0;
    for (const letter of letters(name)) {
      const at = rest.indexOf(letter);
      if (at < 0) extra += 1;
      else rest.splice(at, 1);
    }
    return extra + rest.length;
  };
  return known
    .map((other) => ({ other, by: distance(other) }))
    .filter(({ other, by }) => by <= Math.max(2, other.length / 3))
    .sort((a, b) => a.by - b.by)[0]?.other;
}

function checkNames(given: object, known: readonly string[], prefix: string): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    fail(prefix + name, meant ? `is unknown; did you mean '${prefix}${meant}'?` : 'is unknown');
  }
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' ||
  host.endsWith('.localhost') ||
  host === '[::1]' ||
  /^127(\.\d+){3}$/.test(host);

function checkEndpoint(value: unknown, option: string): string {
  if (typeof value !== 'string')
    return fail(option, 'must be a URL such as "wss://calls.example.com"');
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    return fail(option, 'is no URL; it should look like "wss://calls.example.com"');
  }
  if (url.protocol !== 'wss:' && url.protocol !== 'ws:') {
    const meant = url.protocol === 'https:' ? 'wss' : url.protocol === 'http:' ? 'ws' : undefined;
    fail(
      option,
      `must start with "wss://" or "ws://"${meant ? `; did you mean "${meant}://${url.host}"?` : ''}`,
    );
  }
  if (url.protocol === 'ws:' && !isLoopback(url.hostname)) {
    fail(
      option,
      `must start with "wss://": "ws://" is for this machine only (localhost, 127.0.0.1, [::1])`,
    );
  }
  if (url.username || url.password) fail(option, 'must not contain a user name or password');
  for (const name of url.searchParams.keys()) {
    if (/key|token|secret|password|auth/i.test(name)) {
      fail(
        option,
        `must not carry '${name}': URLs end in logs; use the option 'key' or 'tokenProvider'`,
      );
    }
  }
  if (url.hash) fail(option, 'must not have a part after "#"');
  return value;
}

function checkEndpoints(value: unknown): string[] {
  if (!Array.isArray(value)) return [checkEndpoint(value, 'endpoint')];
  if (value.length === 0) fail('endpoint', 'must name at least one endpoint');
  return value.map((each, index) => checkEndpoint(each, `endpoint[${index}]`));
}

function checkCredentials({ key, tokenProvider }: Record<string, unknown>): string {
  if (key !== undefined && tokenProvider !== undefined) {
    fail('key', `and 'tokenProvider' exclude each other: give one of them`);
  }
  if (key === undefined && tokenProvider === undefined) {
    fail('key', `or 'tokenProvider' is missing: give one of them`);
  }
  if (tokenProvider !== undefined && typeof tokenProvider !== 'function') {
    fail('tokenProvider', 'must be a function that returns a promise of a token');
  }
  if (key !== undefined && (typeof key !== 'string' || key.trim() === '')) {
    fail('key', 'must be a publishable key such as "pk_demo"');
  }
  return (key as string | undefined) ?? '';
}

function checkReconnect(value: unknown): Record<string, number> {
  if (value === undefined) return {};
  if (!isPlain(value)) return fail('reconnect', 'must be an object');
  checkNames(value, ['minDelayMs', 'maxDelayMs', 'giveUpAfterMs'], 'reconnect.');
  const number = (name: string, initial: number): number => {
    const given = value[name] === undefined ? initial : value[name];
    if (typeof given !== 'number' || !(given >= 0)) {
      return fail(`reconnect.${name}`, 'must be a number of milliseconds, not negative');
    }
    if (given === Infinity && name !== 'giveUpAfterMs') fail(`reconnect.${name}`, 'must be finite');
    return given;
  };
  const min = number('minDelayMs', 300);
  const max = number('maxDelayMs', 20_000);
  const giveUp = number('giveUpAfterMs', Infinity);
  if (min > max) fail('reconnect.minDelayMs', `must not be greater than 'reconnect.maxDelayMs'`);
  return {
    min_delay_ms: min,
    max_delay_ms: max,
    // The core's default is: never.
    ...(giveUp < 2 ** 53 && { give_up_after_ms: giveUp }),
  };
}

function checkIceServers(value: unknown): unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return fail('iceServers', 'must be an array of RTCIceServer');
  value.forEach((server: unknown, index) => {
    const option = `iceServers[${index}]`;
    if (!isPlain(server)) return fail(option, 'must be an object with `urls`');
    const urls = Array.isArray(server.urls) ? server.urls : [server.urls];
    const good = (url: unknown): boolean =>
      typeof url === 'string' && /^(stun|turn)s?:\S+$/i.test(url);
    if (urls.length === 0 || !urls.every(good)) {
      fail(
        `${option}.urls`,
        'must be one or several URLs that start with stun:, stuns:, turn: or turns:',
      );
    }
    for (const name of ['username', 'credential']) {
      if (server[name] !== undefined && typeof server[name] !== 'string') {
        fail(`${option}.${name}`, 'must be a string');
      }
    }
  });
  return value;
}

function checkFunctions<T extends object>(
  value: unknown,
  option: string,
  required: readonly string[],
  optional: readonly string[],
): T | undefined {
  if (value === undefined) return undefined;
  if (!isPlain(value)) return fail(option, 'must be an object');
  for (const name of [...required, ...optional]) {
    const given = value[name];
    if (typeof given !== 'function' && (given !== undefined || required.includes(name))) {
      fail(`${option}.${name}`, 'must be a function');
    }
  }
  return value as T;
}

function checkEncryption(value: unknown): Encryption | undefined {
  if (value !== undefined && !(value as Partial<Encryption> | null)?._guard)
    fail('encryption', 'must be made by encryption()');
  return value as Encryption | undefined;
}

const known = [
  'endpoint',
  'key',
  'tokenProvider',
  'iceServers',
  'iceTransportPolicy',
  'reconnect',
  'encryption',
  'logger',
  'platform',
] as const satisfies readonly (keyof PartylineOptions)[];

/** Checks what the application gave. Throws a `TypeError` that names the option. */
export function checkOptions(given: unknown, version: string): Settings {
  if (!isPlain(given)) {
    throw new TypeError(
      'new Partyline(options): options must be an object with `endpoint` and `key`.',
    );
  }
  checkNames(given, known, '');
  const endpoints = checkEndpoints(given.endpoint);
  const key = checkCredentials(given);
  const policy = given.iceTransportPolicy ?? 'all';
  if (policy !== 'all' && policy !== 'relay')
    fail('iceTransportPolicy', `must be 'all' or 'relay'`);
  const platformNames = Object.keys(browserPlatform);
  const platform = checkFunctions<Partial<Platform>>(given.platform, 'platform', [], platformNames);
  // An object of a class may have members of its own.
  if (platform && Object.getPrototypeOf(platform) === Object.prototype) {
    checkNames(platform, platformNames, 'platform.');
  }
  return {
    core: {
      endpoints,
      key,
      client: `partyline/${version}`,
      reconnect: checkReconnect(given.reconnect),
      ice_servers: checkIceServers(given.iceServers),
      ice_transport_policy: policy,
    },
    encryption: checkEncryption(given.encryption),
    tokenProvider: given.tokenProvider as PartylineOptions['tokenProvider'],
    logger: checkFunctions<Logger>(
      given.logger,
      'logger',
      ['debug', 'info', 'warn', 'error'],
      ['transcript'],
    ),
    platform: withDefaults(platform),
  };
}

function withDefaults(platform: Partial<Platform> = {}): Platform {
  const names = Object.keys(browserPlatform) as (keyof Platform)[];
  const chosen = names.map((name) => {
    const own = platform[name] as ((...rest: unknown[]) => unknown) | undefined;
    return [name, own ? own.bind(platform) : browserPlatform[name]];
  });
  return Object.fromEntries(chosen) as unknown as Platform;
}
