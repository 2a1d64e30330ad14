// A relay, where there is no other way: over TCP and TLS, with credentials that end in the middle of a call.
import { expect, expectBack, test } from './lab/apart.mjs';
import { hasRelay } from './lab/relay.mjs';

// Outages take their time, and more of it on a busy machine.
test.describe.configure({ timeout: 120_000 });
test.skip(!hasRelay(), 'needs coturn');

/** What the packets to the other one go over: { relayed, protocol }, or nothing while there is no path. */
const pathOf = (client) =>
  client.evaluate(async (room) => {
    const [{ connection }] = window.call.line.channels.get(room).peers.values();
    const statistics = await connection.getStats();
    const transport = [...statistics.values()].find(({ type }) => type === 'transport');
    const pair = statistics.get(transport?.selectedCandidatePairId);
    if (!pair) return undefined;
    const [local, remote] = [pair.localCandidateId, pair.remoteCandidateId].map((id) =>
      statistics.get(id),
    );
    const relayed = [local, remote].some(({ candidateType }) => candidateType === 'relay');
    return { relayed, protocol: local.relayProtocol ?? local.protocol };
  }, client.room);

/** Until when its credentials for the relay are good: seconds since 1970. */
const credentialsOf = (client) =>
  client.evaluate((room) => {
    const [{ connection }] = window.call.line.channels.get(room).peers.values();
    return Number.parseInt(connection.getConfiguration().iceServers[0].username, 10);
  }, client.room);

/** A call of two behind an endpoint that has a relay; `behind` is told of the internet and both hosts before they meet. */
const relayed = test.extend({
  relayedCall: async ({ internet, twoApart }, use, testInfo) => {
    const endpoints = [];
    await use(async (given, behind) => {
      const relay = await internet.relay();
      const endpoint = await internet.startEndpoint({ config: { relays: [relay.entry(given)] } });
      endpoints.push(endpoint);
      behind?.(...['ann', 'bob'].map((name) => internet.host(name)));
      return twoApart({ endpoint });
    });
    if (testInfo.status !== testInfo.expectedStatus) {
      const { log } = await internet.relay();
      await testInfo.attach('relay.log', { body: log.join(''), contentType: 'text/plain' });
    }
    for (const endpoint of endpoints) await endpoint.stop();
  },
});

const udp = 'meta l4proto udp';

relayed('scenario S3: UDP is blocked on both sides', async ({ internet, relayedCall }) => {
  const { ann, bob } = await relayedCall({}, (...hosts) =>
    hosts.forEach((host) => internet.block(host, udp)),
  );
  for (const client of [ann, bob])
    expect(await pathOf(client)).toEqual({ relayed: true, protocol: 'tcp' });
});

relayed('scenario S3: UDP is blocked on one side', async ({ internet, relayedCall }) => {
  const { ann, bob } = await relayedCall({}, (_, bobsHost) => internet.block(bobsHost, udp));
  expect(await pathOf(ann)).toMatchObject({ relayed: true });
  expect(await pathOf(bob)).toEqual({ relayed: true, protocol: 'tcp' });
});

relayed('scenario S3: only port 443 is open', async ({ internet, relayedCall }) => {
  const { ann, bob } = await relayedCall({ over: 'tls' }, (...hosts) => {
    for (const host of hosts) {
      internet.block(host, udp);
      internet.block(host, 'ip daddr 203.0.113.20 tcp dport != 443');
    }
  });
  for (const client of [ann, bob])
    expect(await pathOf(client)).toEqual({ relayed: true, protocol: 'tls' });
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
      expect(await pathOf(client)).toEqual({ relayed: true, protocol: 'tcp' });
    }
    await expectBack(call);

    annsHost.unplug('wlan0');
    await expect.poll(() => ann.evaluate(() => navigator.onLine)).toBe(false);
    annsHost.plug('wwan0');
    await expectBack(call);
    expect(await pathOf(ann)).toEqual({ relayed: true, protocol: 'tcp' });
  },
);
