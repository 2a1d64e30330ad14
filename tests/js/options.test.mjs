import assert from 'node:assert/strict';
import test from 'node:test';
import { Partyline } from './fake/world.mjs';

const good = { endpoint: 'wss://calls.example.com', key: 'pk_of_mine' };
const noKey = { key: undefined };

/** Options beside good ones, and what the TypeError must say: the option's name above all. */
const wrong = [
  [{ endpoint: undefined }, /'endpoint'/],
  [{ endpoint: 7 }, /'endpoint'/],
  [{ endpoint: 'not a url' }, /'endpoint' is no URL/],
  [
    { endpoint: 'https://calls.example.com' },
    /'endpoint'.*did you mean "wss:\/\/calls\.example\.com"/,
  ],
  [{ endpoint: 'http://localhost:7400' }, /'endpoint'.*did you mean "ws:\/\/localhost:7400"/],
  [{ endpoint: 'ftp://calls.example.com' }, /'endpoint'/],
  [{ endpoint: 'ws://calls.example.com' }, /'endpoint'.*wss:\/\//],
  [{ endpoint: 'ws://127.0.0.1.example.com' }, /'endpoint'.*wss:\/\//],
  [{ endpoint: 'ws://10.0.0.1:7400' }, /'endpoint'.*wss:\/\//],
  [{ endpoint: 'wss://user:word@calls.example.com' }, /'endpoint'.*password/],
  [{ endpoint: 'wss://calls.example.com?key=pk_demo' }, /'endpoint'.*'key'/],
  [{ endpoint: 'wss://calls.example.com?access_token=a' }, /'endpoint'.*'access_token'/],
  [{ endpoint: 'wss://calls.example.com/#part' }, /'endpoint'.*#/],
  [{ endpoint: [] }, /'endpoint'/],
  [{ endpoint: ['wss://a.example.com', 'ws://b.example.com'] }, /'endpoint\[1\]'/],
  [{ key: undefined }, /'key' or 'tokenProvider'/],
  [{ key: '' }, /'key'/],
  [{ key: 7 }, /'key'/],
  [{ tokenProvider: async () => 'a' }, /'key' and 'tokenProvider'/],
  [{ ...noKey, tokenProvider: 'a.b.c' }, /'tokenProvider'/],
  [{ iceServers: {} }, /'iceServers'/],
  [{ iceServers: ['stun:a'] }, /'iceServers\[0\]'/],
  [{ iceServers: [{ urls: 'http://a' }] }, /'iceServers\[0\]\.urls'/],
  [{ iceServers: [{ urls: [] }] }, /'iceServers\[0\]\.urls'/],
  [
    { iceServers: [{ urls: 'stun:a' }, { urls: 'turn:a', username: 7 }] },
    /'iceServers\[1\]\.username'/,
  ],
  [{ iceTransportPolicy: 'some' }, /'iceTransportPolicy'/],
  [{ reconnect: 7 }, /'reconnect'/],
  [{ reconnect: { minDelayMs: '1' } }, /'reconnect\.minDelayMs'/],
  [{ reconnect: { minDelayMs: -1 } }, /'reconnect\.minDelayMs'/],
  [{ reconnect: { minDelayMs: NaN } }, /'reconnect\.minDelayMs'/],
  [{ reconnect: { maxDelayMs: Infinity } }, /'reconnect\.maxDelayMs'/],
  [{ reconnect: { minDelayMs: 10, maxDelayMs: 5 } }, /'reconnect\.minDelayMs'/],
  [{ reconnect: { giveUpAfterMs: 'never' } }, /'reconnect\.giveUpAfterMs'/],
  [{ reconnect: { maxDelay: 5 } }, /'reconnect\.maxDelay'.*'reconnect\.maxDelayMs'/],
  [{ logger: 'console' }, /'logger'/],
  [{ logger: { debug() {} } }, /'logger\.info'/],
  [{ platform: 7 }, /'platform'/],
  [{ platform: { now: 7 } }, /'platform\.now'/],
  [{ platform: { noww: () => 7 } }, /'platform\.noww'.*'platform\.now'/],
  [{ endpoints: ['wss://a'] }, /'endpoints' is unknown; did you mean 'endpoint'/],
  [{ iceserver: [] }, /'iceserver' is unknown; did you mean 'iceServers'/],
  [{ colour: 'red' }, /'colour' is unknown/],
];

for (const [options, message] of wrong) {
  test(`TypeError for ${JSON.stringify(options)}`, () => {
    assert.throws(
      () => new Partyline({ ...good, ...options }),
      (error) => {
        assert.ok(error instanceof TypeError);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /pk_of_mine|word@/, 'no credential in it');
        return true;
      },
    );
  });
}

test('TypeError for options that are none', () => {
  for (const options of [undefined, null, 7, 'wss://a', []]) {
    assert.throws(() => new Partyline(options), TypeError);
  }
});

const right = [
  {},
  { endpoint: 'ws://localhost:7400' },
  { endpoint: 'ws://app.localhost/v1' },
  { endpoint: 'ws://127.8.0.1' },
  { endpoint: 'ws://[::1]:7400' },
  { endpoint: 'wss://calls.example.com/v1?region=eu' },
  { endpoint: ['wss://a.example.com', 'wss://b.example.com'] },
  { ...noKey, tokenProvider: async () => 'a' },
  {
    iceServers: [{ urls: ['stun:a', 'turns:b:443?transport=tcp'], username: 'u', credential: 'c' }],
  },
  { iceTransportPolicy: 'relay' },
  { reconnect: { minDelayMs: 0, maxDelayMs: 0, giveUpAfterMs: Infinity } },
  { reconnect: { giveUpAfterMs: 60_000 } },
  { logger: console },
  { platform: {} },
  { reconnect: undefined, logger: undefined, platform: undefined, iceServers: undefined },
];

for (const options of right) {
  test(`fine: ${Object.keys(options)} ${JSON.stringify(options)}`, () => {
    assert.equal(new Partyline({ ...good, ...options }).state, 'idle');
  });
}
