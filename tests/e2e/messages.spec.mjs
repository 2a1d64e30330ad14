// What applications send to one another arrives once and in order, whatever happens to sockets and to the endpoint meanwhile.
import { BreakableWay } from './lab/breakable_way.mjs';
import { startEndpoint } from './lab/endpoint.mjs';
import { expect, test } from './lab/test.mjs';

/** From now on what comes is kept, as [name of the sender, data]. */
const listen = (client, room) =>
  client.evaluate((name) => {
    window.heard = [];
    window.call.line.channels
      .get(name)
      .on('message', ({ from, data }) => window.heard.push([from.metadata.name, data]));
  }, room);

const heard = (client) => client.evaluate(() => window.heard);

/** Begins to send the numbers from 1 to `count`, one after another without waiting for the endpoint. */
const chat = (client, room, count) =>
  client.evaluate(
    ([name, most]) => {
      const channel = window.call.line.channels.get(name);
      const sends = [];
      window.sending = new Promise((resolve, reject) => {
        const timer = setInterval(() => {
          sends.push(channel.send(sends.length + 1));
          if (sends.length < most) return;
          clearInterval(timer);
          Promise.all(sends).then(() => resolve(sends.length), reject);
        }, 15);
      });
    },
    [room, count],
  );

/** Waits until all of it was answered. */
const sent = (client) => client.evaluate(() => window.sending);

const numbers = (name, count) => Array.from({ length: count }, (_, i) => [name, i + 1]);

async function together(ann, bob, room) {
  for (const client of [ann, bob]) {
    client.mayComplain = true;
    await client.join(room);
    await listen(client, room);
  }
  await ann.expectPeers(bob);
  await bob.expectPeers(ann);
}

async function expectAll(ann, bob, count) {
  expect(await sent(ann)).toBe(count);
  expect(await sent(bob)).toBe(count);
  await expect.poll(async () => (await heard(bob)).length).toBe(count);
  await expect.poll(async () => (await heard(ann)).length).toBe(count);
  expect(await heard(bob)).toEqual(numbers('Ann', count));
  expect(await heard(ann)).toEqual(numbers('Bob', count));
}

test('JSON, strings and bytes, to all, to some and to one', async ({ enter, room }) => {
  const ann = await enter('Ann');
  const bob = await enter('Bob');
  const cat = await enter('Cat');
  for (const client of [ann, bob, cat]) {
    await client.join(room);
    await client.evaluate((name) => {
      window.heard = [];
      window.call.line.channels.get(name).on('message', ({ from, data, topic }) => {
        const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
        const shown = bytes instanceof Uint8Array ? [...bytes] : data;
        const kind = Object.prototype.toString.call(data).slice(8, -1);
        window.heard.push([from.metadata.name, topic, kind, shown]);
      });
    }, room);
  }
  await ann.expectPeers(bob, cat);
  const refusals = await ann.evaluate(async (name) => {
    const channel = window.call.line.channels.get(name);
    const [bobHere, catHere] = ['Bob', 'Cat'].map((who) =>
      [...channel.peers.values()].find(({ metadata }) => metadata.name === who),
    );
    await channel.send({ deep: [1, { text: 'Zoë 🎉\0' }] }, { topic: 'chat' });
    await channel.send('only Bob', { to: bobHere });
    await channel.send(Uint8Array.of(0, 128, 255).buffer, { to: [bobHere.id, catHere] });
    await catHere.send(Uint8Array.of(1, 2, 3, 4).subarray(1, 3));
    const refused = [];
    for (const [data, options] of [
      ['x'.repeat(65_535), {}],
      ['nobody', { to: ['p_nobody', bobHere] }],
    ]) {
      await channel.send(data, options).catch(({ code }) => refused.push(code));
    }
    await channel.send('last');
    return refused;
  }, room);
  expect(refusals).toEqual(['message_too_large', 'peer_not_found']);
  const first = ['Ann', 'chat', 'Object', { deep: [1, { text: 'Zoë 🎉\0' }] }];
  const last = ['Ann', '', 'String', 'last'];
  const buffer = ['Ann', '', 'ArrayBuffer', [0, 128, 255]];
  await expect.poll(() => heard(bob)).toContainEqual(last);
  await expect.poll(() => heard(cat)).toContainEqual(last);
  expect(await heard(bob)).toEqual([first, ['Ann', '', 'String', 'only Bob'], buffer, last]);
  expect(await heard(cat)).toEqual([first, buffer, ['Ann', '', 'Uint8Array', [2, 3]], last]);
  expect(await heard(ann)).toEqual([]);
});

test('a socket that is reset three times while both send', async ({
  network,
  endpoint,
  enter,
  room,
}) => {
  const way = await BreakableWay.to(network, endpoint);
  const ann = await enter('Ann', { endpoint: way });
  const bob = await enter('Bob');
  await together(ann, bob, room);
  for (const client of [ann, bob]) await chat(client, room, 200);
  for (const after of [20, 60, 100]) {
    await expect.poll(async () => (await heard(bob)).length).toBeGreaterThan(after);
    await way.cut();
  }
  await expectAll(ann, bob, 200);
  await way.close();
});

test('the endpoint is killed and started again while both send', async ({
  network,
  site,
  enter,
  room,
}) => {
  const secret = 'messages';
  let own = await startEndpoint(network, { site, secret });
  const { port } = own;
  const ann = await enter('Ann', { endpoint: own });
  const bob = await enter('Bob', { endpoint: own });
  await together(ann, bob, room);
  for (const client of [ann, bob]) await chat(client, room, 300);
  await expect.poll(async () => (await heard(ann)).length).toBeGreaterThan(20);

  await own.kill();
  await ann.expectLine('reconnecting');
  await bob.expectLine('reconnecting');
  own = await startEndpoint(network, { site, port, secret });
  await expectAll(ann, bob, 300);
  // Nobody was seen to leave.
  for (const client of [ann, bob]) {
    const { events } = await client.roomReport();
    expect(events.filter((event) => event.startsWith('peer-left'))).toEqual([]);
  }
  await own.stop();
});
