// What the browser's part of the platform makes of the events of a page.
import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './fake/sources.mjs';

const { browserPlatform } = await load('platform');

/** Stands in for the globals of a page, as far as they are listened to. */
function page(t) {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const connection = new EventTarget();
  const replaced = {
    addEventListener: window.addEventListener.bind(window),
    document,
    navigator: { connection },
  };
  const before = Object.keys(replaced).map((name) => [
    name,
    Object.getOwnPropertyDescriptor(globalThis, name),
  ]);
  for (const [name, value] of Object.entries(replaced)) {
    Object.defineProperty(globalThis, name, { value, configurable: true });
  }
  t.after(() => {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else delete globalThis[name];
    }
  });
  return { window, document, connection };
}

const event = (type, members) => Object.assign(new Event(type), members);

test('a page that may have slept has resumed, one that ends is leaving', (t) => {
  const { window, document, connection } = page(t);
  const told = [];
  const stop = browserPlatform.onPageChange((what) => told.push(what));
  const tells = (target, happened) => {
    told.length = 0;
    target.dispatchEvent(happened);
    return told.join();
  };
  assert.equal(tells(document, event('visibilitychange')), 'resumed');
  document.visibilityState = 'hidden';
  assert.equal(tells(document, event('visibilitychange')), '');
  assert.equal(tells(document, event('freeze')), '');
  assert.equal(tells(document, event('resume')), 'resumed');
  assert.equal(tells(connection, event('change')), 'resumed');
  assert.equal(tells(window, event('pageshow', { persisted: false })), '');
  assert.equal(tells(window, event('pageshow', { persisted: true })), 'resumed');
  assert.equal(tells(window, event('pagehide', { persisted: true })), 'hidden');
  assert.equal(tells(window, event('pagehide', { persisted: false })), 'leaving');
  stop();
  assert.equal(tells(document, event('resume')), '');
});

test('what a page hands over is taken once, in the order in which it was left', (t) => {
  const { window } = page(t);
  const items = new Map();
  globalThis.sessionStorage = {
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, text) => items.set(name, text),
    removeItem: (name) => items.delete(name),
  };
  t.after(() => delete globalThis.sessionStorage);
  const { handOver, takeOver } = browserPlatform;
  assert.equal(takeOver('a'), '');
  handOver('a', 'first');
  handOver('a', 'second');
  handOver('b', 'other');
  assert.equal(takeOver('a'), 'first');
  assert.equal(takeOver('a'), 'second');
  assert.equal(takeOver('a'), '');
  // Shown again, the page takes back what is its own.
  window.dispatchEvent(new Event('pageshow'));
  assert.equal(takeOver('b'), '');
  assert.equal(items.size, 0);
});

test('where storage is forbidden nothing is handed over', (t) => {
  Object.defineProperty(globalThis, 'sessionStorage', {
    configurable: true,
    get() {
      throw new DOMException('no', 'SecurityError');
    },
  });
  t.after(() => delete globalThis.sessionStorage);
  browserPlatform.handOver('a', 'text');
  assert.equal(browserPlatform.takeOver('a'), '');
});

test('where there is no page there is nothing to listen to', () => {
  browserPlatform.onPageChange(() => assert.fail())();
  browserPlatform.onNetworkChange(() => assert.fail())();
});
