// Who has which key: rules one by one, and a seeded simulation in which members come, go, lose their connections and answer late.
import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './fake/sources.mjs';

const { Schedule, overlapMs } = await load('encryption/schedule');

/** A schedule, and one line for each order. */
function begin() {
  const schedule = new Schedule();
  const tell = (now, fact) =>
    schedule
      .handle(now, fact)
      .map(({ type, session, key }) =>
        [type, session, key === null ? 'none' : key].filter((word) => word !== undefined).join(' '),
      );
  return {
    schedule,
    admit: (member, session, now = 0, identity = member) =>
      tell(now, { type: 'Admitted', member, identity, session }),
    has: (session, key, now = 0) => tell(now, { type: 'Has', session, key }),
    lost: (session, now = 0) => tell(now, { type: 'Lost', session }),
    left: (member, now = 0) => tell(now, { type: 'Left', member }),
    wake: (now) => tell(now, { type: 'Wakeup' }),
  };
}

test('the first one gets a key, and is sent to when it says that it has it', () => {
  const { admit, has } = begin();
  assert.deepEqual(admit('bob', 1), ['Make 1', 'Give 1 1']);
  assert.deepEqual(has(1, 1), ['Use 1 1']);
  assert.deepEqual(has(1, 1), []);
});

test('who comes gets a key that nobody had before; the others go on with theirs until they have it', () => {
  const { admit, has } = begin();
  admit('bob', 1);
  has(1, 1);
  assert.deepEqual(admit('cleo', 2), ['Make 2', 'Give 1 2', 'Give 2 2']);
  assert.deepEqual(has(2, 2), ['Use 2 2']);
  assert.deepEqual(has(1, 2), ['Use 1 2', 'Forget 1']);
});

test('who leaves takes no key along that is used any longer than it takes', () => {
  const { schedule, admit, has, left, wake } = begin();
  admit('bob', 1);
  admit('cleo', 2);
  has(1, 2);
  has(2, 2);
  assert.deepEqual(left('cleo', 1_000), ['Make 3', 'Give 1 3']);
  assert.equal(schedule.wakeup, 1_000 + overlapMs);
  // Bob does not answer: nothing is sent to him any more, until he does.
  assert.deepEqual(wake(1_000 + overlapMs), ['Use 1 none', 'Forget 2']);
  assert.equal(schedule.wakeup, null);
  assert.deepEqual(has(1, 3, 9_000), ['Use 1 3']);
});

test('the same one on another connection gets the present key again; another one under its name does not', () => {
  const { admit, has, lost } = begin();
  admit('bob', 1);
  has(1, 1);
  assert.deepEqual(lost(1), []);
  assert.deepEqual(admit('bob', 2), ['Give 2 1']);
  assert.deepEqual(has(2, 1), ['Use 2 1']);
  lost(2);
  assert.deepEqual(admit('bob', 3, 0, 'another'), ['Make 2', 'Give 3 2', 'Forget 1']);
});

test('the last one leaves: nothing is kept, and numbers are not used again', () => {
  const { admit, has, left, wake } = begin();
  admit('bob', 1);
  has(1, 1);
  left('bob', 0);
  wake(overlapMs);
  assert.deepEqual(admit('cleo', 2, overlapMs), ['Make 2', 'Give 2 2']);
});

test('what is said of sessions and keys that are no more changes nothing', () => {
  const { admit, has, lost, left } = begin();
  admit('bob', 1);
  assert.deepEqual([...has(7, 1), ...lost(7), ...left('cleo'), ...has(1, 99)], []);
  assert.deepEqual(has(1, 1), ['Use 1 1']);
});

/** mulberry32. */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One life of a channel, with the rules checked by books of its own. */
function simulate(seed) {
  const draw = random(seed);
  const below = (max) => Math.floor(draw() * max);
  const schedule = new Schedule();
  const names = ['bob', 'cleo', 'dan', 'eve', 'fay'];
  /** Who is there: identity, session, what it was given and when it came. */
  const there = new Map();
  /** Key → who was given it, and since when who left had it. */
  const given = new Map();
  const compromised = new Map();
  const using = new Map();
  const made = new Set();
  const forgotten = new Set();
  /** What is on its way: { at, session, key }. Answers of one session come in order. */
  let answers = [];
  let now = 0;
  let ids = 0;

  const check = (orders, about) => {
    for (const { type, session, key } of orders) {
      const where = `seed ${seed}, at ${now}, ${JSON.stringify(about)}: ${type} ${session} ${key}`;
      const member = [...there.values()].find((each) => each.session === session);
      if (type === 'Make') {
        assert.ok(!made.has(key), `${where}: used again`);
        made.add(key);
        given.set(key, new Set());
      }
      if (type === 'Give') {
        assert.ok(member, `${where}: to nobody`);
        assert.ok(!forgotten.has(key), `${where}: forgotten`);
        // Keys that others had before it came are not for it.
        assert.ok(!member.tooOld.has(key), `${where}: it was not there then`);
        given.get(key).add(member.identity);
        const late = [...answers].reverse().find((each) => each.session === session);
        const at = Math.max(late?.at ?? 0, now + 1 + below(draw() < 0.1 ? 9_000 : 200));
        if (draw() < 0.97) answers.push({ at, session, key });
        answers.sort((a, b) => a.at - b.at);
      }
      if (type === 'Use') {
        assert.ok(member, `${where}: of nobody`);
        if (key === null) {
          const old = using.get(session);
          assert.ok(compromised.get(old) + overlapMs <= now, `${where}: without need`);
        } else {
          assert.ok(member.answered.has(key), `${where}: it does not have it`);
          assert.ok(!forgotten.has(key), `${where}: forgotten`);
        }
        using.set(session, key);
      }
      if (type === 'Forget') {
        assert.ok(!forgotten.has(key), `${where}: twice`);
        forgotten.add(key);
      }
    }
    for (const { session } of there.values()) {
      const key = using.get(session) ?? null;
      if (session === null || key === null) continue;
      assert.ok(!forgotten.has(key), `seed ${seed}: ${key} is used and forgotten`);
      const since = compromised.get(key);
      assert.ok(
        since === undefined || now < since + overlapMs,
        `seed ${seed}, at ${now}: ${session} still uses ${key}, which somebody took along`,
      );
    }
    const open = made.size - forgotten.size;
    assert.ok(open <= 2 * names.length + 2, `seed ${seed}: ${open} keys are kept`);
  };
  const tell = (fact) => check(schedule.handle(now, fact), fact);
  /** Before the schedule is told. */
  const leave = (name) => {
    const { identity } = there.get(name);
    there.delete(name);
    for (const [key, who] of given)
      if (who.has(identity) && !compromised.has(key)) compromised.set(key, now);
  };
  const admit = (name, same) => {
    const known = there.get(name);
    const session = (ids += 1);
    if (known && same) Object.assign(known, { session, answered: new Set() });
    else {
      if (known) leave(name);
      const tooOld = new Set([...given].filter(([, who]) => who.size > 0).map(([key]) => key));
      there.set(name, { identity: `${name}${session}`, session, answered: new Set(), tooOld });
    }
    tell({ type: 'Admitted', member: name, identity: there.get(name).identity, session });
  };
  const deliver = () => {
    const { session, key } = answers.shift();
    const member = [...there.values()].find((each) => each.session === session);
    member?.answered.add(key);
    tell({ type: 'Has', session, key });
  };
  /** To the next answer or timer, or as far as that. */
  const pass = (until) => {
    for (;;) {
      const next = Math.min(answers[0]?.at ?? Infinity, schedule.wakeup ?? Infinity);
      if (next > until) break;
      now = Math.max(now, next);
      if (answers[0]?.at <= now) deliver();
      else tell({ type: 'Wakeup' });
    }
    now = until;
  };

  for (let step = 0; step < 60; step += 1) {
    pass(now + below(draw() < 0.2 ? 8_000 : 300));
    const name = names[below(names.length)];
    const known = there.get(name);
    const what = draw();
    if (!known) admit(name);
    else if (what < 0.35) {
      leave(name);
      tell({ type: 'Left', member: name });
    } else if (what < 0.7 && known.session !== null) {
      const { session } = known;
      known.session = null;
      using.delete(session);
      tell({ type: 'Lost', session });
    } else if (what < 0.8) admit(name, false);
    else admit(name, true);
  }
  // Whose answer was lost had a connection that did not work: it gets another.
  for (const name of [...there.keys()]) {
    const { session } = there.get(name);
    there.get(name).session = null;
    if (session !== null) tell({ type: 'Lost', session });
  }
  answers = [];
  for (const name of [...there.keys()]) {
    const session = (ids += 1);
    Object.assign(there.get(name), { session, answered: new Set() });
    const orders = schedule.handle(now, {
      type: 'Admitted',
      member: name,
      identity: there.get(name).identity,
      session,
    });
    check(orders, { again: name });
    answers = orders
      .filter(({ type }) => type === 'Give')
      .map((order) => ({ at: now + 1, session: order.session, key: order.key }))
      .concat(answers.filter(({ session: other }) => other !== session));
    pass(now + 10);
  }
  pass(now + 60_000);
  const last = new Set([...there.values()].map(({ session }) => using.get(session) ?? null));
  assert.ok(last.size <= 1 && !last.has(null), `seed ${seed}: not all are sent to with one key`);
  return made.size;
}

test('a thousand lives of a channel', () => {
  let keys = 0;
  for (let seed = 1; seed <= 1_000; seed += 1) keys += simulate(seed);
  assert.ok(keys > 5_000, `${keys} keys`);
});
