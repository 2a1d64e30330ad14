// Tokens in a browser: let in, renewed in the middle of a call, refused. A library of somebody else signs them.
import { SignJWT, exportSPKI, generateKeyPair } from 'jose';
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEndpoint } from './lab/endpoint.mjs';
import { at } from './lab/places.mjs';
import {
  expect,
  expectCall,
  expectNoStream,
  expectToPerceive,
  green,
  meet,
  red,
  test as base,
} from './lab/test.mjs';

const secret = 'a secret of thirty-two bytes, or more';

/** `signer(alg, key, kid)` signs claims; `seconds` from now is when the token ends. */
const signer =
  (alg, key, kid) =>
  (claims, seconds = 3600) =>
    new SignJWT({ aud: 'calls', ...claims })
      .setProtectedHeader({ alg, kid })
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
      .sign(key);

const test = base.extend({
  /** An endpoint that takes tokens by three keys, one of each algorithm, and a signer for each. */
  tokens: async ({ network, site }, use) => {
    const secretFile = join(network.folder, 'token.secret');
    writeFileSync(secretFile, secret);
    chmodSync(secretFile, 0o600);
    const signers = { HS256: signer('HS256', new TextEncoder().encode(secret), '2026') };
    const keys = [{ kid: '2026', alg: 'HS256', secret_file: secretFile }];
    for (const alg of ['ES256', 'EdDSA']) {
      const pair = await generateKeyPair(alg);
      const file = join(network.folder, `${alg}.pem`);
      writeFileSync(file, await exportSPKI(pair.publicKey));
      keys.push({ kid: alg, alg, public_key_file: file });
      signers[alg] = signer(alg, pair.privateKey, alg);
    }
    const config = { keys: [{ id: 'app', tokens: { audience: 'calls', keys } }] };
    const endpoint = await startEndpoint(network, { site, config });
    await use({ endpoint, sign: signers.HS256, signers });
    await endpoint.stop();
  },
});

const withTokens = (endpoint, ...tokens) => ({ endpoint, line: { tokens } });
const me = async (client) => (await client.roomReport()).me;
const events = async (client) => (await client.report()).line.events;
const asked = async (client) =>
  (await events(client))
    .filter((event) => event.startsWith('asked'))
    .map((event) => event.slice(19));

/** Whether no track is sent to the other one. */
const sendsNothing = (client, room) =>
  client.evaluate((where) => {
    const [{ connection }] = window.call.line.channels.get(where).peers.values();
    return connection.getSenders().every(({ track }) => !track);
  }, room);

test('tokens of every algorithm let in, and say who it is', async ({ tokens, enter, room }) => {
  for (const [alg, sign] of Object.entries(tokens.signers)) {
    const client = await enter(
      alg,
      withTokens(tokens.endpoint, await sign({ sub: `user-${alg}` })),
    );
    await client.join(room);
    expect(await me(client)).toBe(`user-${alg}`);
    expect(await asked(client)).toEqual(['first']);
  }
});

test('the examples of the documentation make tokens that let in', async ({
  tokens,
  enter,
  room,
}) => {
  const blocks = readFileSync(at('docs', 'ACCESS.md'), 'utf8').matchAll(
    /```(js|python)\n(.*?)```/gs,
  );
  const examples = [...blocks].filter(([, , code]) => code.includes('TOKEN_SECRET'));
  let found = 0;
  for (const [, language, code] of examples) {
    // Next to node_modules, where the first finds its library.
    const file = at('build', `token-example.${language === 'js' ? 'mjs' : 'py'}`);
    writeFileSync(file, code);
    const program = language === 'js' ? process.execPath : 'python3';
    const env = { ...process.env, TOKEN_SECRET: secret };
    const token = execFileSync(program, [file], { env, encoding: 'utf8' }).trim();
    const ann = await enter(language, withTokens(tokens.endpoint, token));
    await ann.join(`room-${room}`);
    expect(await me(ann)).toBe('user-7');
    found += 1;
  }
  expect(found).toBe(2);
});

test('a token that ends in the middle of a call is replaced, and the call goes on untouched', async ({
  tokens,
  enter,
  room,
}) => {
  const { endpoint, sign } = tokens;
  // The first one is asked to be replaced two seconds before its end.
  const claims = { sub: 'ann' };
  const line = [await sign(claims, 10), null, await sign(claims, 14), await sign(claims, 3600)];
  const ann = await enter('Ann', withTokens(endpoint, ...line));
  const bob = await enter('Bob', withTokens(endpoint, await sign({ sub: 'bob' })));
  const media = await meet(room, ann, bob);
  for (const client of [ann, bob]) await client.remember();
  await expect
    .poll(() => asked(ann), { timeout: 40_000 })
    .toEqual(['first', 'expiring', 'expiring', 'expiring']);
  await expectCall(media);
  for (const client of [ann, bob]) {
    const { different, events: told } = await client.compare();
    expect(different).toEqual([]);
    expect(told).toEqual([]);
  }
  expect((await events(ann)).filter((event) => !event.startsWith('asked'))).toEqual([
    'idle connecting',
    'connecting connected',
  ]);
});

test('a newer token that allows less takes effect at once', async ({ tokens, enter, room }) => {
  const { endpoint, sign } = tokens;
  const less = await sign({ sub: 'ann', permissions: ['join', 'subscribe'] });
  const ann = await enter('Ann', withTokens(endpoint, await sign({ sub: 'ann' }, 12), less));
  const bob = await enter('Bob', withTokens(endpoint, await sign({ sub: 'bob' })));
  await meet(room, ann, bob);
  await expectNoStream(bob, ann);
  await expect
    .poll(async () => (await ann.roomReport()).events.join('\n'))
    .toMatch(/error publish_not_allowed/);
  await ann.expectPeers(bob);
  // Not only hidden: nothing is sent any more, while Bob is still seen.
  await expect.poll(() => sendsNothing(ann, room)).toBe(true);
  await expectToPerceive(ann, bob, green);
});

test('who may not subscribe is sent nothing, and is seen all the same', async ({
  tokens,
  enter,
  room,
}) => {
  const { endpoint, sign } = tokens;
  const deaf = await sign({ sub: 'ann', permissions: ['join', 'publish'] });
  const ann = await enter('Ann', withTokens(endpoint, deaf));
  const bob = await enter('Bob', withTokens(endpoint, await sign({ sub: 'bob' })));
  await ann.join(room);
  await ann.publish(red);
  await bob.join(room);
  await bob.publish(green);
  await expectToPerceive(bob, ann, red);
  await expect
    .poll(() =>
      bob.evaluate(async (where) => {
        const [{ connection }] = window.call.line.channels.get(where).peers.values();
        const all = [...(await connection.getStats()).values()];
        const count = (type, name) =>
          all.filter((one) => one.type === type).reduce((sum, one) => sum + one[name], 0);
        return [count('inbound-rtp', 'packetsReceived') > 50, count('outbound-rtp', 'packetsSent')];
      }, room),
    )
    .toEqual([true, 0]);
});

test('tokens that are no good: words that help, and the provider is not asked in a loop', async ({
  tokens,
  enter,
  room,
}) => {
  const { endpoint, sign } = tokens;
  const forged = await signer(
    'HS256',
    new TextEncoder().encode('another secret'.repeat(3)),
    '2026',
  )({ sub: 'ann' });
  const cases = [
    [forged, /not signed by a key of this endpoint/],
    [await sign({ sub: 'ann' }, -60), /expired/],
    [await sign({ sub: 'ann', aud: 'others' }), /audience/],
  ];
  for (const [token, words] of cases) {
    const ann = await enter('Ann', withTokens(endpoint, token));
    ann.mayComplain = true;
    void ann.tryJoin(room).catch(() => {});
    await expect
      .poll(() => ann.evaluate(() => window.reasons?.join('\n') ?? ''), { timeout: 20_000 })
      .toMatch(words);
    await expect
      .poll(() => ann.evaluate(() => window.reasons.join('\n')))
      .toMatch(/the same token again/);
    expect((await asked(ann)).length).toBeLessThan(8);
    expect(await ann.evaluate(() => window.reasons.join('\n'))).not.toContain(token.slice(-20));
  }
});
