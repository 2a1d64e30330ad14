// A package, a host and an endpoint, put together.
import { Partyline } from '../../../js/dist/index.js';
import { FakeEndpoint } from './endpoint.mjs';
import { FakePlatform, settled, until } from './platform.mjs';

export { Partyline, PartylineError } from '../../../js/dist/index.js';
export { FakePlatform, settled, until };

/** `t` is the test's context: whatever it opened is closed with it. */
export function world(t, options = {}) {
  const platform = options.platform ?? new FakePlatform();
  const endpoint = new FakeEndpoint(platform);
  const logs = [];
  const logger = Object.fromEntries(
    ['debug', 'info', 'warn', 'error'].map((level) => [
      level,
      (...words) => logs.push([level, ...words].join(' ')),
    ]),
  );
  const line = new Partyline({
    endpoint: 'ws://localhost:7400',
    key: 'pk_demo',
    platform,
    logger,
    ...options,
  });
  t.after(() => line.close());
  return { platform, endpoint, line, logs };
}

/** As `world`, with one joined channel. */
export async function joined(t, options) {
  const all = world(t, options);
  const channel = await all.line.join('room', { metadata: { name: 'me' } });
  return { ...all, channel };
}

/** As `joined`, with a peer that is connected. */
export async function connected(t, { publications } = {}) {
  const all = await joined(t);
  const peer = all.endpoint.peerJoins('room', 'p_bob', { publications });
  await peer.offered();
  peer.answer();
  await settled();
  const connection = all.platform.connections.at(-1);
  connection.become('connected');
  await settled();
  return { ...all, peer, connection, bob: all.channel.peers.get('p_bob') };
}

/** Records what an emitter says. */
export function record(emitter, ...types) {
  const events = [];
  for (const type of types) emitter.on(type, (event) => events.push([type, event]));
  return events;
}
