// Two members agree on keys, over a lane that tells, alters or swaps what it likes.
import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './fake/sources.mjs';
import { until } from './fake/platform.mjs';

const { Session } = await load('encryption/session');
const { makeIdentity, fingerprintOf, readHello, secretOf, writeHello } =
  await load('encryption/agreement');

/** One end of a lane. What it sends passes `between`, which returns what arrives, in a list. */
class Lane {
  readyState = 'connecting';
  between = (data) => [data];

  send(data) {
    assert.equal(this.readyState, 'open');
    const arrives = typeof data === 'string' ? data : data.slice().buffer;
    for (const each of this.between(arrives))
      queueMicrotask(() => this.other.onmessage?.({ data: each }));
  }
  open() {
    this.readyState = 'open';
    this.onopen?.();
  }
}

function end(name, peer, lane, identity, given) {
  const told = [];
  const timers = [];
  const host = {
    identity: Promise.resolve(identity),
    secret: given === undefined ? Promise.resolve(new Uint8Array()) : secretOf(given, 'room'),
    given: given !== undefined,
    channel: 'room',
    me: name,
    peer,
    after: (_ms, then) => {
      timers.push(then);
      return () => timers.splice(timers.indexOf(then), 1);
    },
    confirmed: (key) => told.push(`confirmed ${key.length}`),
    gave: async (kid, base) => void told.push(`gave ${kid} ${base[0]}`),
    has: (kid) => told.push(`has ${kid}`),
    failed: (code, why) => told.push(`${code}: ${why}`),
  };
  return { session: new Session(lane, host), told, timers, host };
}

async function two({ anns, bobs, annsKey, bobsKey } = {}) {
  const [one, other] = [new Lane(), new Lane()];
  one.other = other;
  other.other = one;
  const identities = [anns ?? (await makeIdentity()), bobs ?? (await makeIdentity())];
  const ann = end('p_ann', 'p_bob', one, identities[0], annsKey);
  const bob = end('p_bob', 'p_ann', other, identities[1], bobsKey);
  return { ann, bob, one, other, identities };
}
const open = ({ one, other }) => [one, other].forEach((lane) => lane.open());
const hears = (side, words) =>
  until(() => side.told.some((each) => words.test(each)), String(words));
const failed = ({ told }) => told.filter((each) => each.startsWith('encryption_'));

test('both learn who the other is, and hand keys over', async () => {
  const world = await two();
  open(world);
  const { ann, bob } = world;
  await hears(ann, /^confirmed 65/);
  await hears(bob, /^confirmed 65/);
  ann.session.give(1, new Uint8Array(32).fill(7));
  await hears(bob, /^gave 1 7/);
  await hears(ann, /^has 1/);
  assert.deepEqual([...failed(ann), ...failed(bob), ...ann.timers, ...bob.timers], []);
});

test('one opens before the other', async () => {
  const { ann, bob, one, other } = await two();
  other.open();
  await until(() => true);
  one.open();
  await hears(ann, /^confirmed/);
  await hears(bob, /^confirmed/);
});

test('with the same key of the application', async () => {
  const world = await two({ annsKey: 'word', bobsKey: 'word' });
  open(world);
  await hears(world.ann, /^confirmed/);
  await hears(world.bob, /^confirmed/);
});

for (const [what, annsKey, bobsKey, words] of [
  ['another key', 'word', 'another', /another key/],
  ['a key on one side only', 'word', undefined, /same key of the application/],
]) {
  test(`${what}: both say so, and nothing is handed over`, async () => {
    const world = await two({ annsKey, bobsKey });
    open(world);
    world.ann.session.give(1, new Uint8Array(32));
    await hears(world.ann, words);
    await hears(world.bob, words);
    for (const { told } of [world.ann, world.bob]) assert.equal(told.length, 1, String(told));
  });
}

test('somebody between, with a key of their own: what each says does not open for the other', async () => {
  const world = await two();
  const eve = writeHello(await makeIdentity(), false);
  world.one.between = (data) => (typeof data === 'string' ? [eve] : [data]);
  open(world);
  await hears(world.bob, /somebody between/);
  assert.deepEqual(
    world.bob.told.filter((each) => each.startsWith('confirmed')),
    [],
  );
});

test('somebody between talks to both: both agree with that one, and their fingerprints differ', async () => {
  const [eve, left, right] = [await makeIdentity(), new Lane(), new Lane()];
  const mallory = [new Lane(), new Lane()];
  left.other = mallory[0];
  mallory[0].other = left;
  right.other = mallory[1];
  mallory[1].other = right;
  const [anns, bobs] = [await makeIdentity(), await makeIdentity()];
  const ann = end('p_ann', 'p_bob', left, anns);
  const bob = end('p_bob', 'p_ann', right, bobs);
  end('p_bob', 'p_ann', mallory[0], eve);
  end('p_ann', 'p_bob', mallory[1], eve);
  [left, right, ...mallory].forEach((lane) => lane.open());
  await hears(ann, /^confirmed/);
  await hears(bob, /^confirmed/);
  const seen = [
    await fingerprintOf(anns.publicKey, eve.publicKey),
    await fingerprintOf(eve.publicKey, bobs.publicKey),
  ];
  assert.notEqual(seen[0], seen[1]);
  assert.equal(
    await fingerprintOf(anns.publicKey, bobs.publicKey),
    await fingerprintOf(bobs.publicKey, anns.publicKey),
  );
});

test('somebody between, without the key of the application, gets nowhere', async () => {
  const [eve, left, mallory] = [await makeIdentity(), new Lane(), new Lane()];
  left.other = mallory;
  mallory.other = left;
  const ann = end('p_ann', 'p_bob', left, await makeIdentity(), 'word');
  end('p_bob', 'p_ann', mallory, eve, 'guess');
  [left, mallory].forEach((lane) => lane.open());
  await hears(ann, /^encryption_failed/);
  assert.equal(ann.told.length, 1);
});

for (const [what, between, words] of [
  ['said again', (data) => [data, data], /somebody between|not sealed/],
  ['said in pieces', (data) => (typeof data === 'string' ? [data] : [data.slice(1)]), /between/],
  ['said back to who said it', undefined, /came back/],
  ['no hello', () => ['hello'], /not understood/],
  ['another version', () => ['{"v":2}'], /not understood/],
  [
    'a key that is none',
    (data) => [String(data).replace(/"key":"..../, '"key":"BAAA')],
    /not understood/,
  ],
  ['too long', () => ['x'.repeat(100_000)], /not understood/],
  ['bytes first', () => [new ArrayBuffer(50)], /not understood/],
]) {
  test(`${what}: an error in words, and no key`, async () => {
    const world = await two();
    if (between) world.one.between = between;
    else world.other.between = () => [];
    if (!between) {
      const { send } = world.one;
      world.one.send = (data) => {
        queueMicrotask(() => world.one.onmessage?.({ data }));
        void send;
      };
    }
    open(world);
    await hears(between ? world.bob : world.ann, words);
    const { told } = between ? world.bob : world.ann;
    assert.deepEqual(
      told.filter((each) => each.startsWith('gave')),
      [],
    );
  });
}

test('who says nothing does not encrypt, and may still begin', async () => {
  const world = await two();
  const { ann, bob, one, other } = world;
  one.open();
  await until(() => ann.timers.length === 1);
  ann.timers[0]();
  await hears(ann, /^encryption_unsupported/);
  other.open();
  await hears(bob, /^confirmed/);
  await hears(ann, /^confirmed/);
});

test('after its end nothing is said or heard', async () => {
  const world = await two();
  open(world);
  await hears(world.ann, /^confirmed/);
  await hears(world.bob, /^confirmed/);
  const before = [...world.bob.told];
  world.ann.session.end();
  world.ann.session.give(1, new Uint8Array(32));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(world.bob.told, before);
});

test('keys that nobody takes are not kept without end', async () => {
  const world = await two();
  world.bob.host.gave = () => new Promise(() => {});
  open(world);
  await hears(world.ann, /^confirmed/);
  for (let kid = 1; kid < 100; kid += 1) world.ann.session.give(kid, new Uint8Array(32));
  await hears(world.bob, /too many keys/);
});

test('hellos are read or refused', async () => {
  const hello = writeHello(await makeIdentity(), true);
  assert.equal(readHello(hello).given, true);
  for (const none of [
    null,
    7,
    '',
    '{}',
    '[]',
    'null',
    hello.slice(1),
    hello.replace('"v":1', '"v":3'),
  ])
    assert.equal(readHello(none), null);
});
