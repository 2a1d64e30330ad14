// A relay, where there is no other way: behind routers and firewalls, over UDP, TCP and TLS, with credentials that end in the middle
// of a call or were never right, and with a relay that is killed.
import { expect, expectBack, expectCall, expectStill, green, red, test } from './lab/apart.mjs';
import { hasRelay } from './lab/relay.mjs';

// Outages take their time, and more of it on a busy machine.
test.describe.configure({ timeout: 120_000 });
test.skip(!hasRelay(), 'needs coturn');

/** Both ends of what the packets to the other one go over, as the browser's statistics have them; nothing while there is no path. */
const endsOf = (client) =>
  client.evaluate(async (room) => {
    const [{ connection }] = window.call.line.channels.get(room).peers.values();
    const statistics = await connection.getStats();
    const transport = [...statistics.values()].find(({ type }) => type === 'transport');
    const pair = statistics.get(transport?.selectedCandidatePairId);
    return pair && [pair.localCandidateId, pair.remoteCandidateId].map((id) => statistics.get(id));
  }, client.room);

/** The same in short: { relayed, protocol }. */
async function pathOf(client) {
  const ends = await endsOf(client);
  if (!ends) return undefined;
  const [{ relayProtocol, protocol }] = ends;
  const relayed = ends.some(({ candidateType }) => candidateType === 'relay');
  return { relayed, protocol: relayProtocol ?? protocol };
}

/** Until when its credentials for the relay are good: seconds since 1970. */
const credentialsOf = (client) =>
  client.evaluate((room) => {
    const [{ connection }] = window.call.line.channels.get(room).peers.values();
    return Number.parseInt(connection.getConfiguration().iceServers[0].username, 10);
  }, client.room);

/** Keeps, from now on, why the browser got nothing from a relay: the codes of the relay's answers. */
const watchRefusals = (client) =>
  client.evaluate(() => {
    window.refusals = [];
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(...given) {
        super(...given);
        this.addEventListener('icecandidateerror', ({ errorCode }) =>
          window.refusals.push(errorCode),
        );
      }
    };
  });

const relayed = test.extend({
  /** An endpoint that has a relay; `given` is as for its entry. */
  endpointWithRelay: async ({ internet }, use, testInfo) => {
    const endpoints = [];
    await use(async (given) => {
      const relay = await internet.relay();
      const endpoint = await internet.startEndpoint({ config: { relays: [relay.entry(given)] } });
      endpoints.push(endpoint);
      return endpoint;
    });
    if (testInfo.status !== testInfo.expectedStatus) {
      const { log } = await internet.relay();
      await testInfo.attach('relay.log', { body: log.join(''), contentType: 'text/plain' });
    }
    for (const endpoint of endpoints) await endpoint.stop();
  },

  /** A call of two behind such an endpoint; `behind` is told of both hosts before they meet. */
  relayedCall: async ({ internet, endpointWithRelay, twoApart }, use) => {
    await use(async (given, behind) => {
      const endpoint = await endpointWithRelay(given);
      behind?.(...['ann', 'bob'].map((name) => internet.host(name)));
      return twoApart({ endpoint });
    });
  },
});

const udp = 'meta l4proto udp';
/** The path in words of `pathOf`. */
const over = (protocol) => ({ relayed: true, protocol });

relayed('scenario S3: UDP is blocked on both sides', async ({ internet, relayedCall }) => {
  const { ann, bob } = await relayedCall({}, (...hosts) =>
    hosts.forEach((host) => internet.block(host, udp)),
  );
  for (const client of [ann, bob]) expect(await pathOf(client)).toEqual(over('tcp'));
});

relayed('scenario S3: UDP is blocked on one side', async ({ internet, relayedCall }) => {
  const { ann, bob } = await relayedCall({}, (_, bobsHost) => internet.block(bobsHost, udp));
  expect(await pathOf(ann)).toMatchObject({ relayed: true });
  expect(await pathOf(bob)).toEqual(over('tcp'));
});

relayed('scenario S3: only port 443 is open', async ({ internet, relayedCall }) => {
  const { ann, bob } = await relayedCall({ over: 'tls' }, (...hosts) => {
    for (const host of hosts) {
      internet.block(host, udp);
      internet.block(host, 'ip daddr 203.0.113.20 tcp dport != 443');
    }
  });
  for (const client of [ann, bob]) expect(await pathOf(client)).toEqual(over('tls'));
});

relayed('a direct path is preferred to the relay', async ({ relayedCall }) => {
  const { ann, bob } = await relayedCall({ over: 'udp' });
  for (const client of [ann, bob]) {
    await expect.poll(() => pathOf(client)).toEqual({ relayed: false, protocol: 'udp' });
  }
});

relayed(
  'scenario 8: credentials end in the middle of a call, and then the path is lost',
  async ({ internet, relayedCall }) => {
    const call = await relayedCall({ lifetime: 10 }, (annsHost, bobsHost) => {
      // The firewall knows the other network before there is one.
      annsHost.plug('wwan0');
      annsHost.unplug('wwan0');
      for (const host of [annsHost, bobsHost]) internet.block(host, udp);
    });
    const { ann, bob, annsHost } = call;
    const clients = [ann, bob];
    const first = Math.max(...(await Promise.all(clients.map(credentialsOf))));
    // The relay's clock and this one are the same.
    await expect
      .poll(() => Date.now() / 1000, { timeout: 30_000, message: 'the first ones have ended' })
      .toBeGreaterThan(first + 1);
    for (const client of clients) {
      expect(await credentialsOf(client)).toBeGreaterThan(Date.now() / 1000);
      expect(await pathOf(client)).toEqual(over('tcp'));
    }
    await expectBack(call);

    annsHost.unplug('wlan0');
    await expect.poll(() => ann.evaluate(() => navigator.onLine)).toBe(false);
    annsHost.plug('wwan0');
    await expectBack(call);
    expect(await pathOf(ann)).toEqual(over('tcp'));
  },
);

relayed('routers that show everybody the same port need no relay', async ({ relayedCall }) => {
  let outside;
  const { ann, bob } = await relayedCall({ over: 'udp' }, (...hosts) => {
    outside = hosts.map((host) => host.hideBehind('cone'));
  });
  const addresses = async (client) => (await endsOf(client))?.map(({ address }) => address);
  await expect.poll(() => addresses(ann)).toEqual(outside);
  await expect.poll(() => addresses(bob)).toEqual(outside.toReversed());
  for (const client of [ann, bob])
    expect(await pathOf(client)).toEqual({ relayed: false, protocol: 'udp' });
});

relayed('routers that show everybody another port need one', async ({ relayedCall }) => {
  const { ann, bob } = await relayedCall({ over: 'udp' }, (...hosts) =>
    hosts.forEach((host) => host.hideBehind('symmetric')),
  );
  for (const client of [ann, bob]) expect(await pathOf(client)).toEqual(over('udp'));
});

relayed(
  'a relay with another secret is no way, and says so',
  async ({ internet, endpointWithRelay, enterFrom, room }) => {
    const endpoint = await endpointWithRelay({ wrong: true });
    const media = new Map();
    const open = [];
    for (const [name, what] of Object.entries({ Ann: red, Bob: green })) {
      const host = internet.host(name.toLowerCase());
      open.push(internet.block(host, udp));
      const client = await enterFrom(host, name, { endpoint });
      await watchRefusals(client);
      await client.join(room);
      await client.publish(what);
      media.set(client, what);
    }
    const [ann, bob] = media.keys();
    const { log } = await internet.relay();
    for (const [client, other] of [
      [ann, bob],
      [bob, ann],
    ]) {
      // A browser looks for a path for 15 s.
      await expect
        .poll(async () => (await client.roomReport()).events.join(), { timeout: 40_000 })
        .toContain(`error negotiation_failed ${other.name} `);
      expect((await client.roomReport()).peerStates).toEqual([]);
      expect(await client.evaluate(() => window.refusals)).toContain(401);
      const { peerId } = (await client.report()).line;
      const said = new RegExp(`Cannot find credentials of user <\\d+:${peerId}>`);
      await expect.poll(() => log.join('')).toMatch(said);
    }
    for (const unblock of open) unblock();
    await expectCall(media, { timeout: 60_000 });
    for (const client of media.keys())
      expect(await pathOf(client)).toEqual({ relayed: false, protocol: 'udp' });
  },
);

relayed('a relay with another secret harms no direct path', async ({ relayedCall }) => {
  const { ann, bob } = await relayedCall({ wrong: true });
  for (const client of [ann, bob])
    expect(await pathOf(client)).toEqual({ relayed: false, protocol: 'udp' });
});

const ways = {
  udp: (_, host) => host.hideBehind('symmetric'),
  tcp: (internet, host) => internet.block(host, udp),
};
for (const [protocol, narrow] of Object.entries(ways)) {
  relayed(
    `the relay is killed and comes back, over ${protocol}`,
    async ({ internet, relayedCall }) => {
      const call = await relayedCall({ over: protocol }, (...hosts) =>
        hosts.forEach((host) => narrow(internet, host)),
      );
      const { ann, bob } = call;
      for (const client of [ann, bob]) expect(await pathOf(client)).toEqual(over(protocol));
      const relay = await internet.relay();
      await relay.stop();
      await Promise.all([expectStill(ann, bob), expectStill(bob, ann)]);
      await relay.start();
      // Its allocations are gone, and with them the path: a restart of it may come too early.
      await expectBack(call, { rebuilt: true });
      for (const client of [ann, bob]) expect(await pathOf(client)).toEqual(over(protocol));
    },
  );
}
