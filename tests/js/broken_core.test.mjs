import assert from 'node:assert/strict';
import test from 'node:test';
import { Partyline, FakePlatform, joined, record, settled, world } from './fake/world.mjs';

test('a core that breaks ends its client in words, and nobody else', async (t) => {
  const { line, channel, platform, endpoint } = await joined(t);
  const errors = record(line, 'error');
  const states = record(channel, 'state');
  const pending = line.join('other');
  // As a trap in the module is: an exception out of the step.
  t.mock.method(JSON, 'parse', () => {
    throw new WebAssembly.RuntimeError('unreachable');
  });
  endpoint.send({ type: 'pong' });
  t.mock.restoreAll();
  await pending.catch(() => {});
  await settled();
  assert.equal(line.state, 'closed');
  assert.equal(channel.state, 'left');
  assert.equal(states.at(-1)[1].code, 'internal');
  assert.equal(errors.at(-1)[1].error.code, 'internal');
  assert.deepEqual(platform.left, {
    timers: 0,
    sockets: 0,
    connections: 0,
    networkListeners: 0,
    pageListeners: 0,
  });
  await assert.rejects(line.join('room'), { name: 'PartylineError' });

  const other = world(t);
  assert.equal((await other.line.join('room')).state, 'joined');
});

test('a core that cannot be loaded rejects the join, and the next one tries again', async (t) => {
  const platform = new FakePlatform();
  const { line } = world(t);
  const compile = t.mock.method(WebAssembly, 'Instance', function () {
    throw new WebAssembly.CompileError('blocked by the content policy');
  });
  const first = new Partyline({ endpoint: 'wss://a.example.com', key: 'pk', platform });
  t.after(() => first.close());
  await assert.rejects(first.join('room'), (error) => {
    assert.equal(error.code, 'load_failed');
    assert.equal(error.retryable, true);
    assert.match(error.message, /wasm-unsafe-eval/);
    return true;
  });
  assert.equal(platform.left.sockets, 0, 'the socket that was opened meanwhile is closed');
  compile.mock.restore();
  assert.equal((await line.join('room')).state, 'joined');
});

test('a host that does not compile at once compiles in the background', async (t) => {
  const refuse = t.mock.method(WebAssembly, 'Instance', function () {
    throw new RangeError('WebAssembly.Instance is disallowed on the main thread');
  });
  const { line } = world(t);
  assert.equal((await line.join('room')).state, 'joined');
  assert.equal(refuse.mock.callCount(), 1);
});
