// A join that the endpoint does not grant is rejected with a code and with words that say what to do.
import { elsewhere } from './lab/browsers.mjs';
import { startEndpoint } from './lab/endpoint.mjs';
import { expect, test } from './lab/test.mjs';

const keys = [
  { id: 'pk_elsewhere', origins: ['https://example.com'] },
  { id: 'pk_rooms', channels: ['rooms/*'] },
  { id: 'pk_listen', permissions: ['join', 'subscribe', 'send'] },
];

test.describe('an endpoint with keys of its own', () => {
  let own;

  test.beforeAll(async ({ network, site }) => {
    own = await startEndpoint(network, { site, config: { keys } });
  });
  test.afterAll(() => own.stop());

  const expectRefused = (outcome, code, words) => {
    expect(outcome).toMatchObject({
      ok: false,
      error: { name: 'PartylineError', code, retryable: false },
    });
    expect(outcome.error.message).toMatch(words);
  };

  test('an unknown key', async ({ enter, room }) => {
    const ann = await enter('Ann', { endpoint: own, key: 'pk_nobody_knows' });
    expectRefused(await ann.tryJoin(room), 'key_unknown', /key/i);
  });

  test('an origin that is not allowed', async ({ enter, room }) => {
    const ann = await enter('Ann', { endpoint: own, key: 'pk_elsewhere' });
    expectRefused(await ann.tryJoin(room), 'origin_refused', /origin/i);
  });

  test('a channel name that the key does not allow, and one that it does', async ({ enter }) => {
    const ann = await enter('Ann', { endpoint: own, key: 'pk_rooms' });
    expectRefused(await ann.tryJoin('offices/1'), 'channel_not_allowed', /offices\/1|channel/i);
    await ann.join('rooms/1');
  });

  test('a channel name that is none', async ({ enter }) => {
    const ann = await enter('Ann', { endpoint: own, key: 'pk_rooms' });
    for (const name of [' ', 'rooms/\u0007', 'rooms/ ', `rooms/${'x'.repeat(200)}`]) {
      const outcome = await ann.tryJoin(name);
      expect(outcome.ok).toBe(false);
      expect(outcome.error.code ?? outcome.error.name).toMatch(/channel_name_invalid|TypeError/);
    }
    await ann.join('rooms/2');
  });

  test('publishing with a key that may only listen', async ({ enter, room }) => {
    const ann = await enter('Ann', { endpoint: own, key: 'pk_listen' });
    await ann.join(room);
    await ann.publish({ hue: 'red' });
    await expect
      .poll(async () => (await ann.roomReport()).events.join('\n'))
      .toMatch(/error publish_not_allowed/);
  });
});

test('the development key from another origin than loopback', async ({ enter, endpoint, room }) => {
  const url = `http://${elsewhere}:${endpoint.port}/call.html`;
  const ann = await enter('Ann', { url });
  const outcome = await ann.tryJoin(room);
  expect(outcome).toMatchObject({ ok: false, error: { code: 'origin_refused' } });
  expect(outcome.error.message).toMatch(/elsewhere\.test|origin/i);
});
