// What is done before anybody joins, so that joining is quick.
import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './fake/sources.mjs';
import { FakePlatform, Partyline } from './fake/world.mjs';

test('the rehearsal is a call that the core takes part in to its end', async () => {
  const { rehearsal } = await load('rehearsal');
  const { createCore } = await load('loader');
  const options = { endpoints: ['wss://a.example.com'], key: 'pk' };
  const core = await createCore(() => options, 0);
  const orders = rehearsal.flatMap((input, i) => {
    const result = core.step(i * 100, input);
    assert.equal(result.error, undefined, JSON.stringify(input));
    return result.outputs.map(({ type }) => type);
  });
  for (const order of [
    'CreateConnection',
    'AcceptOffer',
    'StreamAdded',
    'MakeOffer',
    'AddCandidates',
    'AcceptAnswer',
    'PeerStateChanged',
    'PeerPublicationsChanged',
  ]) {
    assert.ok(orders.includes(order), order);
  }
  assert.equal(orders.filter((order) => order === 'StreamAdded').length, 2);
  assert.ok(!orders.includes('Log'), 'the core has something to remark');
});

test('an idle page gets ready, in turns, without a word to the network', async () => {
  const idle = [];
  let warm = 0;
  const platform = Object.assign(new FakePlatform(), {
    whenIdle: (callback) => idle.push(callback),
    warmUp: () => (warm += 1),
  });
  const line = new Partyline({ endpoint: 'wss://a.example.com', key: 'pk', platform });
  assert.equal(idle.length, 1);
  idle.shift()();
  assert.equal(warm, 0);
  idle.shift()();
  assert.equal(warm, 1);
  assert.equal(platform.sockets.length, 0);
  assert.equal(line.state, 'idle');
  line.close();

  const closed = new Partyline({ endpoint: 'wss://a.example.com', key: 'pk', platform });
  closed.close();
  idle.shift()();
  assert.equal(idle.length, 0, 'nothing is prepared for who has gone');
});
