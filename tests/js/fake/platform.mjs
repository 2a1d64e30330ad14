// A host whose time passes when the test says so, and in which everything that was opened can be counted.
import { setImmediate } from 'node:timers/promises';
import { FakeStream, tracks } from './media.mjs';
import { FakePeerConnection } from './peer_connection.mjs';

export class FakeSocket {
  readyState = 0;
  sent = [];
  onopen = null;
  onmessage = null;
  onerror = null;
  onclose = null;
  constructor(url, protocol) {
    this.url = url;
    this.protocol = protocol;
  }
  open() {
    if (this.readyState !== 0) return; // closed before it was open
    this.readyState = 1;
    this.onopen?.({});
  }
  receive(data) {
    this.onmessage?.({ data: typeof data === 'object' && data.type ? JSON.stringify(data) : data });
  }
  /** The other end, or the network, ended it. */
  lose(code = 1006, reason = '') {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
  send(text) {
    this.sent.push(text);
    this.onsent?.(text);
  }
  close(code = 1000, reason) {
    // As browsers do.
    if (code !== 1000 && !(code >= 3000 && code < 5000)) {
      throw new DOMException(`${code} is no code to close with`, 'InvalidAccessError');
    }
    this.readyState = 3;
    this.closedWith = { code, reason };
  }
}

export class FakePlatform {
  time = 1000;
  timers = new Map();
  sockets = [];
  connections = [];
  networkListeners = new Set();
  pageListeners = new Set();
  /** [slot, text]: what pages left for the next one. */
  handedOver = [];
  online = true;
  asked = [];
  /** Replace it to have devices fail: what the next requests are answered with. */
  media = () => tracks('audio', 'video');
  #lastTimer = 0;

  createWebSocket(url, protocol) {
    const socket = new FakeSocket(url, protocol);
    this.sockets.push(socket);
    this.onsocket?.(socket);
    return socket;
  }
  createPeerConnection(configuration) {
    const connection = new FakePeerConnection(configuration);
    this.connections.push(connection);
    return connection;
  }
  createMediaStream() {
    return new FakeStream();
  }
  capabilities(kind) {
    return { codecs: [{ mimeType: kind === 'audio' ? 'audio/opus' : 'video/VP8' }] };
  }
  async getUserMedia(constraints) {
    this.asked.push(constraints);
    return this.media(constraints);
  }
  async getDisplayMedia(options) {
    this.asked.push(options);
    return this.media(options);
  }
  setTimeout(callback, ms) {
    const id = (this.#lastTimer += 1);
    this.timers.set(id, { callback, at: this.time + ms });
    return id;
  }
  clearTimeout(id) {
    this.timers.delete(id);
  }
  now() {
    return this.time;
  }
  randomSeed() {
    return 42;
  }
  isOnline() {
    return this.online;
  }
  onNetworkChange(changed) {
    this.networkListeners.add(changed);
    return () => this.networkListeners.delete(changed);
  }
  onPageChange(changed) {
    this.pageListeners.add(changed);
    return () => this.pageListeners.delete(changed);
  }

  handOver(slot, text) {
    this.handedOver.push([slot, text]);
  }
  takeOver(slot) {
    const found = this.handedOver.findIndex(([name]) => name === slot);
    return found < 0 ? '' : this.handedOver.splice(found, 1)[0][1];
  }

  // ---- for the test ----

  /** `resumed`, `hidden` or `leaving`. */
  changePage(what) {
    for (const changed of this.pageListeners) changed(what);
  }

  setOnline(online) {
    this.online = online;
    for (const changed of this.networkListeners) changed(online);
  }
  /** Lets time pass, timer by timer. */
  async advance(ms) {
    await settled();
    const end = this.time + ms;
    for (;;) {
      const next = [...this.timers].sort(([, a], [, b]) => a.at - b.at)[0];
      if (!next || next[1].at > end) break;
      this.timers.delete(next[0]);
      this.time = Math.max(this.time, next[1].at);
      next[1].callback();
      await settled();
    }
    this.time = end;
    await settled();
  }
  /** What is left of everything that was opened. */
  get left() {
    return {
      timers: this.timers.size,
      sockets: this.sockets.filter(({ readyState }) => readyState < 2).length,
      connections: this.connections.filter(({ closed }) => !closed).length,
      networkListeners: this.networkListeners.size,
      pageListeners: this.pageListeners.size,
    };
  }
}

/** Everything that was under way, and needs no time and no network, has happened. */
export async function settled() {
  for (let turn = 0; turn < 8; turn += 1) await setImmediate();
}

/** Waits, in real time, until it is so: for what the host does by itself, as compiling wasm. */
export async function until(condition, what = String(condition)) {
  const end = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`never happened: ${what}`);
    await setImmediate();
  }
  await settled();
}
