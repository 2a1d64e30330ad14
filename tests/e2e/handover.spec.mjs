// A participant moves from one network to another in the middle of a call.
import { expect, expectBack, expectStill, test } from './lab/apart.mjs';

// Outages take their time, and more of it on a busy machine.
test.describe.configure({ timeout: 120_000 });

/** Where packets of the one that `client` is with come from. */
const remoteAddress = (client) =>
  client.evaluate(async (room) => {
    const { connection } = [...window.call.line.channels.get(room).peers.values()][0];
    const statistics = await connection.getStats();
    const { selectedCandidatePairId } = [...statistics.values()].find(
      ({ type }) => type === 'transport',
    );
    const { remoteCandidateId } = statistics.get(selectedCandidatePairId);
    const { address, ip, port } = statistics.get(remoteCandidateId);
    return `${address ?? ip}:${port}`;
  }, client.room);

test('scenario 1: from Wi-Fi to cellular, with a break between them', async ({ twoApart }) => {
  const call = await twoApart();
  const { ann, bob, annsHost } = call;
  annsHost.unplug('wlan0');
  await expect.poll(() => ann.evaluate(() => navigator.onLine)).toBe(false);
  await expectStill(bob, ann);
  annsHost.plug('wwan0');
  await expectBack(call);
});

test('scenario 1: from Wi-Fi to cellular, which is there before the other goes', async ({
  twoApart,
}) => {
  const call = await twoApart();
  const { ann, bob, annsHost } = call;
  annsHost.plug('wwan0');
  annsHost.unplug('wlan0');
  await expectStill(bob, ann);
  await expectStill(ann, bob);
  // Nothing tells the page, so the first restart may be offered by a socket that is dead already.
  await expectBack(call, { rebuilt: true });
});

test('other addresses: the translator of a home router restarts', async ({
  internet,
  twoApart,
}) => {
  internet.translate(internet.host('ann'));
  const call = await twoApart();
  const { bob } = call;
  const before = await remoteAddress(bob);
  internet.restartTranslation();
  await expect.poll(() => remoteAddress(bob), { timeout: 30_000 }).not.toBe(before);
  await expectBack(call);
});
