// The same identity twice: a page that is loaded anew, and one that has what another page of its tab would have handed over.
import { BreakableWay } from './lab/breakable_way.mjs';
import { startEndpoint } from './lab/endpoint.mjs';
import { expect, expectCall, green, meet, test as base } from './lab/test.mjs';

const policies = ['replace', 'reject', 'allow'];

const test = base.extend({
  /** An endpoint with a key for each policy. */
  strict: async ({ network, site }, use) => {
    const keys = policies.map((policy) => ({ id: `pk_${policy}`, same_identity: policy }));
    const endpoint = await startEndpoint(network, { site, config: { keys } });
    await use(endpoint);
    await endpoint.stop();
  },
});

const me = async (client) => (await client.roomReport()).me;
const comings = async (client) =>
  (await client.roomReport()).events.filter((event) => event.startsWith('peer-'));

async function goOn(client, room) {
  await client.open();
  await client.join(room);
  await client.publish(green);
}

test('scenario 12: a page that is loaded anew is the same peer, and the old one is gone at once', async ({
  twoInACall,
  room,
}) => {
  const { ann, bob, media } = await twoInACall();
  for (let time = 1; time <= 2; time++) {
    const before = await me(bob);
    await bob.reload();
    await ann.expectPeers();
    await goOn(bob, room);
    await expectCall(media);
    expect(await me(bob)).toBe(before);
    expect(await comings(ann)).toEqual([
      'peer-joined Bob',
      ...Array(time).fill(['peer-left Bob left', 'peer-joined Bob']).flat(),
    ]);
  }
  // Not because of the page: another tab of the same browser is somebody else.
  await bob.closeLine();
  await goOn(bob, room);
  await expectCall(media);
});

test('scenario 12: the same when the endpoint does not hear that the old page ends', async ({
  network,
  endpoint,
  enter,
  room,
}) => {
  const way = await BreakableWay.to(network, endpoint);
  const ann = await enter('Ann');
  const bob = await enter('Bob', { endpoint: way });
  const media = await meet(room, ann, bob);
  const before = await me(bob);
  await way.hole();
  await bob.reload();
  await way.pass();
  await goOn(bob, room);
  await expectCall(media);
  expect(await me(bob)).toBe(before);
  expect(await comings(ann)).toEqual(['peer-joined Bob', 'peer-left Bob left', 'peer-joined Bob']);
  await ann.expectPeers(bob);
  await way.close();
});

/** Ann in her room, and another page that has what hers would hand over. */
async function copyOf(enter, endpoint, key, room) {
  const url = `${endpoint.url}/call.html`;
  const ann = await enter('Ann', { endpoint, key, url });
  await ann.join(room);
  const left = await ann.evaluate(() => {
    window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    return { ...sessionStorage };
  });
  expect(Object.keys(left)).toEqual([`partyline ${key} ${endpoint.socketUrl}`]);
  const copy = await enter('Copy', { endpoint, key, url, line: false });
  await copy.evaluate((items) => Object.assign(sessionStorage, items), left);
  copy.options = ann.options;
  return { ann, copy };
}

test('scenario 11: replace: the newer page goes on, and the older is told for good', async ({
  strict,
  enter,
  room,
}) => {
  const { ann, copy } = await copyOf(enter, strict, 'pk_replace', room);
  const identity = await me(ann);
  await goOn(copy, room);
  expect(await me(copy)).toBe(identity);
  await ann.expectLine('closed');
  expect((await ann.report()).line.events.slice(-2)).toEqual([
    'connected closed session_taken',
    'error session_taken',
  ]);
  // A stale page takes nothing back.
  await ann.evaluate(() => window.dispatchEvent(new Event('online')));
  const watcher = await enter('Watcher', { endpoint: strict, key: 'pk_replace' });
  await watcher.join(room);
  await watcher.expectPeers(copy);
  await copy.expectLine('connected');
});

test('scenario 11: reject: the newer page is refused while the older is there', async ({
  strict,
  enter,
  room,
}) => {
  const { ann, copy } = await copyOf(enter, strict, 'pk_reject', room);
  copy.mayComplain = true;
  await copy.open();
  const { ok, error } = await copy.tryJoin(room);
  expect({ ok, code: error?.code }).toEqual({ ok: false, code: 'identity_in_use' });
  await ann.expectLine('connected');
  expect((await ann.roomReport()).events.filter((event) => event.startsWith('state'))).toEqual([
    'state joining joined',
  ]);
});

test('scenario 11: allow: both are there, as two peers', async ({ strict, enter, room }) => {
  const { ann, copy } = await copyOf(enter, strict, 'pk_allow', room);
  await goOn(copy, room);
  expect(await me(copy)).not.toBe(await me(ann));
  await ann.expectPeers(copy);
  await copy.expectPeers(ann);
});
