// Looks continuously whether any media at all arrives where none may: packets and decoded pictures by the statistics of every
// connection there ever is meanwhile, sound by listening to every sample.
import { sharedAudioContext } from './source.js';

const lookEveryMs = 100;
/** Samples that one look covers: many more than pass between two. */
const samples = 32_768;

/** How much media a connection has received. */
async function received(connection) {
  const sums = { packets: 0, frames: 0 };
  // Of a connection that was closed meanwhile there are no statistics.
  const statistics = await connection.getStats().catch(() => new Map());
  for (const { type, packetsReceived = 0, framesDecoded = 0 } of statistics.values()) {
    if (type !== 'inbound-rtp') continue;
    sums.packets += packetsReceived;
    sums.frames += framesDecoded;
  }
  return sums;
}

class Ear {
  constructor(track) {
    const context = sharedAudioContext();
    void context.resume();
    this.source = new MediaStreamAudioSourceNode(context, {
      mediaStream: new MediaStream([track]),
    });
    this.analyser = new AnalyserNode(context, { fftSize: samples });
    this.source.connect(this.analyser);
    this.window = new Float32Array(samples);
  }

  /** The greatest amplitude of late. */
  loudest() {
    this.analyser.getFloatTimeDomainData(this.window);
    return this.window.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  }

  close() {
    this.source.disconnect();
  }
}

export class MediaGuard {
  #connections = new Map();
  #ears = new Map();
  #loudest = 0;

  /** `peers` gives the peers there are now. What they have sent so far does not count. */
  static async of(peers) {
    const guard = new MediaGuard(peers);
    await guard.#look((now) => ({ before: now, now }));
    guard.timer = setInterval(() => guard.#look(), lookEveryMs);
    return guard;
  }

  constructor(peers) {
    this.peers = peers;
  }

  async #look(first = (now) => ({ before: { packets: 0, frames: 0 }, now })) {
    this.#listen();
    for (const { connection } of this.peers()) {
      if (!connection) continue;
      const now = await received(connection);
      const known = this.#connections.get(connection);
      if (!known) this.#connections.set(connection, first(now));
      else if (now.packets > 0) known.now = now;
    }
  }

  #listen() {
    for (const peer of this.peers()) {
      for (const track of [...peer.streams.values()].flatMap((stream) => stream.getAudioTracks()))
        if (!this.#ears.has(track)) this.#ears.set(track, new Ear(track));
    }
    for (const ear of this.#ears.values()) this.#loudest = Math.max(this.#loudest, ear.loudest());
  }

  /** What has arrived since the beginning. */
  report() {
    const told = { connections: this.#connections.size, packets: 0, frames: 0 };
    for (const { before, now } of this.#connections.values()) {
      told.packets += now.packets - before.packets;
      told.frames += now.frames - before.frames;
    }
    return { ...told, loudest: this.#loudest };
  }

  close() {
    clearInterval(this.timer);
    for (const ear of this.#ears.values()) ear.close();
  }
}
