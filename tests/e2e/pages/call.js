// A page that uses the package as an application does, with `window.call` for the test to drive it by. Everything that crosses to
// the test is plain data; objects stay here.
import { Partyline } from '/partyline/index.js';
import { explainConnection } from './explain_connection.js';
import { MediaGuard } from './media_guard.js';
import { source, videoTrack, audioTrack } from './source.js';
import { Watcher } from './watcher.js';

/** Everything that the package said to its logger. */
const log = [];
const logger = Object.fromEntries(
  ['debug', 'info', 'warn', 'error'].map((level) => [
    level,
    (...words) => log.push([level, ...words].join(' ')),
  ]),
);

const plainError = (error) => ({
  name: error?.name,
  code: error?.code,
  message: error?.message,
  retryable: error?.retryable,
});

/** Of every outcome the test gets data: an error is told, not thrown. */
async function outcome(promise) {
  try {
    await promise;
    return { ok: true };
  } catch (error) {
    return { ok: false, error: plainError(error) };
  }
}

/** How a stream's tracks are, by kind. */
const trackStates = (stream) =>
  Object.fromEntries(
    stream.getTracks().map(({ kind, readyState, enabled }) => [kind, `${readyState} ${enabled}`]),
  );

class Room {
  publications = new Map();
  /** The sources this page made, by the publication's name. */
  sources = new Map();
  watchers = new Map();
  dataChannels = new Map();
  events = [];
  peerStates = [];
  #remembered = [];
  #eventsBefore = 0;

  constructor(channel) {
    this.channel = channel;
    channel.on('state', ({ from, to, code }) =>
      this.#note(`state ${from} ${to} ${code ?? ''}`.trim()),
    );
    channel.on('error', ({ error, peer }) =>
      this.#note(`error ${error.code} ${this.#nameOf(peer)} ${error.message}`),
    );
    channel.on('peer-joined', ({ peer }) => {
      this.#note(`peer-joined ${this.#nameOf(peer)}`);
      peer.on('data-channel', ({ channel: pipe }) => this.#keepDataChannel(peer, pipe));
      peer.on('state', ({ to }) => this.peerStates.push(`${this.#nameOf(peer)} ${to}`));
      peer.on('connection-reset', () => this.#note(`connection-reset ${this.#nameOf(peer)}`));
    });
    channel.on('peer-left', ({ peer, reason }) =>
      this.#note(`peer-left ${this.#nameOf(peer)} ${reason}`),
    );
    channel.on('stream-added', ({ peer, stream, name }) => {
      this.#note(`stream-added ${this.#nameOf(peer)} ${name}`);
      this.watchers.set(`${peer.id}/${name}`, new Watcher(stream, () => peer.connection));
    });
    channel.on('stream-removed', ({ peer, name }) => {
      this.#note(`stream-removed ${this.#nameOf(peer)} ${name}`);
      this.watchers.get(`${peer.id}/${name}`)?.close();
      this.watchers.delete(`${peer.id}/${name}`);
    });
  }

  /** Looks from now on whether any media arrives. */
  async guard() {
    this.mediaGuard = await MediaGuard.of(() => this.channel.peers.values());
  }

  /** Stops watching and stops our own sources; returns how they were. */
  end() {
    this.mediaGuard?.close();
    for (const watcher of this.watchers.values()) watcher.close();
    const states = {};
    for (const [name, stream] of this.sources) {
      states[name] = trackStates(stream);
      for (const track of stream.getTracks()) track.stop();
    }
    return states;
  }

  /** Remembers the objects of the call as they are, and begins to look for gaps. */
  remember() {
    this.#remembered = [...this.channel.peers.values()].map((peer) => ({
      peer,
      name: this.#nameOf(peer),
      connection: peer.connection,
      streams: new Map(peer.streams),
      tracks: [...peer.streams.values()].flatMap((stream) => stream.getTracks()),
    }));
    this.#eventsBefore = this.events.length;
    for (const watcher of this.watchers.values()) watcher.watchGaps();
  }

  /** What is not as it was, in words; the events since; and the longest time in ms without a picture. */
  compare() {
    const different = [];
    for (const { peer, name, connection, streams, tracks } of this.#remembered) {
      if (this.channel.peers.get(peer.id) !== peer) different.push(`${name} is another peer`);
      if (peer.connection !== connection) different.push(`${name} has another connection`);
      for (const [publication, stream] of streams) {
        if (peer.streams.get(publication) !== stream)
          different.push(`${publication} of ${name} is another stream`);
      }
      const now = [...peer.streams.values()].flatMap((stream) => stream.getTracks());
      if (tracks.some((track) => !now.includes(track))) different.push(`${name} has other tracks`);
    }
    const gaps = [...this.watchers.values()].map(({ longestGap }) => longestGap);
    return {
      different,
      events: this.events.slice(this.#eventsBefore),
      longestGap: Math.round(Math.max(...gaps)),
    };
  }

  #nameOf(peer) {
    return peer?.metadata?.name ?? peer?.id ?? '-';
  }

  #note(text) {
    this.events.push(text);
  }

  peer(name) {
    const found = [...this.channel.peers.values()].filter((peer) => this.#nameOf(peer) === name);
    if (found.length !== 1) throw new Error(`${found.length} peers are named ${name}`);
    return found[0];
  }

  #keepDataChannel(peer, pipe) {
    const key = `${this.#nameOf(peer)}/${pipe.label}`;
    const kept = { pipe, received: [] };
    pipe.addEventListener('message', ({ data }) => kept.received.push(data));
    this.dataChannels.set(key, kept);
  }

  openDataChannel(name, label, init) {
    const peer = this.peer(name);
    this.#keepDataChannel(peer, peer.openDataChannel(label, init));
  }

  async #reportPeer(peer) {
    const streams = {};
    for (const name of peer.streams.keys()) {
      streams[name] = (await this.watchers.get(`${peer.id}/${name}`)?.report()) ?? null;
    }
    const publications = {};
    for (const [name, { audio, video }] of peer.publications) publications[name] = { audio, video };
    return { id: peer.id, state: peer.state, metadata: peer.metadata, streams, publications };
  }

  async explain() {
    const connections = {};
    for (const peer of this.channel.peers.values()) {
      connections[this.#nameOf(peer)] = await explainConnection(peer.connection);
    }
    const sounds = {};
    for (const [key, watcher] of this.watchers) sounds[key] = await watcher.explainSound();
    return { connections, sounds };
  }

  async report() {
    const peers = {};
    for (const peer of this.channel.peers.values()) {
      peers[this.#nameOf(peer)] = await this.#reportPeer(peer);
    }
    const pipes = {};
    for (const [key, { pipe, received }] of this.dataChannels) {
      pipes[key] = { readyState: pipe.readyState, received };
    }
    const { peerStates, events } = this;
    return { state: this.channel.state, me: this.channel.me.id, peers, pipes, events, peerStates };
  }
}

const rooms = new Map();
const attached = new Map();
let sealing;
let witness;
const sealingEvents = [];

/** With a witness in its worker. */
async function openEncryption({ key, late = 0, file = `/witness_worker.js?late=${late}` }) {
  const { encryption } = await import('/partyline/encryption.js');
  const worker = () => (witness = new Worker(file, { type: 'module' }));
  sealing = encryption({ worker, ...(key !== undefined && { key }) });
  sealing.on('secured', ({ peer, secured }) =>
    sealingEvents.push(`${secured ? 'secured' : 'open'} ${peer.metadata.name}`),
  );
  sealing.on('fingerprint', ({ peer, changed }) =>
    sealingEvents.push(`${changed ? 'changed' : 'known'} ${peer.metadata.name}`),
  );
  return sealing;
}

function witnessed() {
  return new Promise((resolve) => {
    const answered = ({ data }) => {
      if (data.type !== 'Witness') return;
      witness.removeEventListener('message', answered);
      resolve(data.seen);
    };
    witness.addEventListener('message', answered);
    witness.postMessage('witness');
  });
}

let line;
const lineEvents = [];

const call = {
  /**
   * Makes the line. Nothing happens on the network yet. `tokens` are what its tokenProvider gives, one after the other, and the last
   * again and again; it throws where one is null. `encryption` is { key, late } where media is to be encrypted.
   */
  async open({ tokens, encryption, ...options }) {
    if (encryption) options.encryption = await openEncryption(encryption);
    if (tokens) {
      delete options.key;
      options.tokenProvider = ({ reason }) => {
        lineEvents.push(`asked for a token: ${reason}`);
        const token = tokens.length > 1 ? tokens.shift() : tokens[0];
        if (!token) throw new Error('the backend is down');
        return token;
      };
    }
    line = new Partyline({ logger, ...options });
    window.reasons = [];
    line.on('state', ({ from, to, code, reason }) => {
      lineEvents.push(`${from} ${to} ${code ?? ''}`.trim());
      window.reasons.push(reason);
    });
    line.on('error', ({ error }) => lineEvents.push(`error ${error.code}`));
  },

  get line() {
    return line;
  },

  join: (name, metadata) =>
    outcome(
      (async () => {
        const channel = await line.join(name, { metadata });
        rooms.set(name, new Room(channel));
      })(),
    ),

  /** Leaves. What becomes of our own tracks is told before the page stops them, as `tracks`. */
  async leave(name) {
    const room = rooms.get(name);
    rooms.delete(name);
    const left = await outcome(room.channel.leave());
    return { ...left, tracks: room.end() };
  },

  /** `media` is a source of our own ({ hue, tone }), or what publish takes ({ audio, video } or { screen: true }). */
  publish(roomName, media, options = {}) {
    const room = rooms.get(roomName);
    const own = 'hue' in media || 'tone' in media;
    return outcome(
      (async () => {
        const stream = own ? await source(media) : media;
        const publication = await room.channel.publish(stream, options);
        room.publications.set(publication.name, publication);
        if (own) room.sources.set(publication.name, stream);
      })(),
    );
  },

  unpublish: (roomName, name) => outcome(rooms.get(roomName).publications.get(name).unpublish()),
  mute: (roomName, name, kind) =>
    outcome(
      rooms
        .get(roomName)
        .publications.get(name)
        .mute(kind ?? undefined),
    ),
  unmute: (roomName, name, kind) =>
    outcome(
      rooms
        .get(roomName)
        .publications.get(name)
        .unmute(kind ?? undefined),
    ),

  replace: (roomName, name, media) =>
    outcome(
      (async () => {
        const track = media.hue === undefined ? await audioTrack(media) : videoTrack(media);
        await rooms.get(roomName).publications.get(name).replaceTrack(track);
      })(),
    ),

  /** Shows a stream in an element of this size, in CSS pixels, as an application does; returns nothing. */
  attach(roomName, peerName, { width = 320, height = 180, name = 'camera' } = {}) {
    const peer = rooms.get(roomName).peer(peerName);
    const element = document.createElement('video');
    element.muted = true;
    Object.assign(element.style, {
      width: `${width}px`,
      height: `${height}px`,
      objectFit: 'cover',
    });
    document.body.prepend(element);
    attached.set(`${peerName}/${name}`, { element, detach: peer.attach(element, { name }) });
  },
  resize(peerName, { width, height, hidden = false, name = 'camera' }) {
    const { style } = attached.get(`${peerName}/${name}`).element;
    Object.assign(style, { display: hidden ? 'none' : 'inline' });
    if (width) Object.assign(style, { width: `${width}px`, height: `${height}px` });
  },
  detach: (peerName, name = 'camera') => attached.get(`${peerName}/${name}`).detach(),

  /** What we send to a peer, of each kind: size, whether it is on, what has gone out so far; and what came from there. */
  async traffic(roomName, peerName) {
    const { connection } = rooms.get(roomName).peer(peerName);
    const told = { sent: {}, received: {} };
    for (const each of (await connection.getStats()).values()) {
      const { type, kind, frameWidth, frameHeight, active } = each;
      if (type === 'outbound-rtp')
        told.sent[kind] = { frameWidth, frameHeight, active, packets: each.packetsSent };
      if (type === 'inbound-rtp')
        told.received[kind] = { frameWidth, frameHeight, packets: each.packetsReceived };
    }
    told.encodings = Object.fromEntries(
      connection
        .getSenders()
        .filter(({ track }) => track)
        .map((sender) => [sender.track.kind, sender.getParameters().encodings[0]]),
    );
    return told;
  },

  /** How the tracks are that the test handed in. */
  sourceStates: (roomName, name) => trackStates(rooms.get(roomName).sources.get(name)),

  openDataChannel: (roomName, peerName, label, init) =>
    rooms.get(roomName).openDataChannel(peerName, label, init),
  send: (roomName, key, data) => rooms.get(roomName).dataChannels.get(key).pipe.send(data),

  async close() {
    const closed = await outcome(line.close());
    for (const room of rooms.values()) room.end();
    rooms.clear();
    return closed;
  },

  guard: (roomName) => rooms.get(roomName).guard(),
  guarded: (roomName) => rooms.get(roomName).mediaGuard.report(),
  remember: (roomName) => rooms.get(roomName).remember(),
  compare: (roomName) => rooms.get(roomName).compare(),

  /** What became of frames, what the witness saw of them, and who is who. */
  async sealing(roomName) {
    const peers = {};
    for (const peer of rooms.get(roomName)?.channel.peers.values() ?? [])
      peers[peer.metadata.name] = {
        fingerprint: sealing.fingerprint(peer),
        secured: sealing.secured(peer),
        verified: sealing.verified(peer),
      };
    return { ...(await sealing.counts()), ...(await witnessed()), peers, events: sealingEvents };
  },
  verify: (roomName, name) => sealing.verify(rooms.get(roomName).peer(name)),

  /** For the logs of a test that failed. */
  async explain() {
    const explained = {};
    for (const [name, room] of rooms) explained[name] = await room.explain();
    const sealed = sealing && line.state !== 'closed' && (await sealing.counts());
    return { ...(await call.report()), explained, sealed, sealingEvents, log };
  },

  async report() {
    const told = {};
    for (const [name, room] of rooms) told[name] = await room.report();
    return {
      line: line ? { state: line.state, peerId: line.peerId, events: lineEvents } : null,
      rooms: told,
    };
  },
};

window.call = call;
