// A named, shared space: publish into it, and hear about everyone else in it.
import { checkKnown, checkMetadata, checkString } from './checks.js';
import { decodeData, encodeData } from './data.js';
import type { MessageData, ReceivedData } from './data.js';
import type { CompanionNews } from './companion-wire.js';
import type { Driver } from './driver.js';
import { PartylineError, describe } from './errors.js';
import type { ErrorCode } from './errors.js';
import { Emitter } from './events.js';
import { checkSource, isScreen, openSource } from './media.js';
import type { MediaSource } from './media.js';
import { Peer } from './peer.js';
import { Publication } from './publication.js';
import type { SendingOptions } from './sending.js';
import type { ChannelState, Input, Json, Named, Output } from './wire.js';

export interface ChannelEvents {
  'peer-joined': { peer: Peer };
  /** `reason` is `'left'`, `'disconnected'`, or `'removed'`: it may not be there any more, or was put out. */
  'peer-left': { peer: Peer; reason: string };
  /** Its metadata, or what it publishes, changed. */
  'peer-updated': { peer: Peer };
  /** A stream that can be played. */
  'stream-added': { peer: Peer; stream: MediaStream; name: string; metadata: Json };
  'stream-removed': { peer: Peer; stream: MediaStream; name: string; metadata: Json };
  /** A peer sent something. `topic` is `''` where it gave none. */
  message: { from: Peer; data: ReceivedData; topic: string };
  state: { from: ChannelState; to: ChannelState; code: ErrorCode | ''; reason: string };
  /** What recovery will not mend, and listeners that failed. */
  error: { error: PartylineError; peer: Peer | null };
}

export interface SendOptions {
  /** For whom it is: peers, or their ids. Default: everybody else in the channel. */
  to?: Peer | string | readonly (Peer | string)[];
  /** A word to tell messages apart by; 128 bytes at most. Default `''`. */
  topic?: string;
}

export interface PublishOptions extends SendingOptions {
  /** Unique among one's publications in the channel. Default `'camera'`, or `'screen'` for a screen. */
  name?: string;
  /** For others to see. Default `{}`. */
  metadata?: { [key: string]: Json };
  /** Publish without sending a single frame before `unmute`. Default false. */
  muted?: boolean;
  /** Keeps devices that the SDK opened while they are muted: `unmute` is quicker, and their lights stay on. Default false. */
  holdDevice?: boolean;
}

/** @internal What a channel needs of its line. */
export interface ChannelHost {
  readonly _driver: Driver;
  readonly peerId: string | null;
  _unheard(error: PartylineError): void;
}

export class Channel extends Emitter<ChannelEvents> {
  readonly name: string;
  /** Everyone else, by peer id. */
  readonly peers = new Map<string, Peer>();
  /** What oneself publishes, by name. */
  readonly publications = new Map<string, Publication>();
  /** @internal */
  readonly _id: number;
  /** @internal */
  readonly _driver: Driver;
  readonly #host: ChannelHost;
  #publishing = new Set<Publication>();
  #state: ChannelState = 'joining';
  #lastState: ChannelEvents['state'] | undefined;
  #metadata: { [key: string]: Json };

  /** @internal */
  constructor(host: ChannelHost, id: number, name: string, metadata: { [key: string]: Json }) {
    super();
    this.#host = host;
    this._driver = host._driver;
    this._id = id;
    this.name = name;
    this.#metadata = metadata;
  }

  get state(): ChannelState {
    return this.#state;
  }

  /** Oneself, as others see one. */
  get me(): { id: string | null; metadata: { [key: string]: Json } } {
    return { id: this.#host.peerId, metadata: this.#metadata };
  }

  /**
   * Publishes a stream, a track, devices (`{ audio, video }`) or a screen (`{ screen: true }`). What the SDK opened it also
   * stops; what is handed in is never stopped. Rejects with a `PartylineError` in words that say what to do.
   */
  async publish(source: MediaSource, options: PublishOptions = {}): Promise<Publication> {
    checkSource(source);
    const {
      name = isScreen(source) ? 'screen' : 'camera',
      muted = false,
      holdDevice = false,
      metadata: given = {},
      ...rest
    } = options;
    checkString(name, 'publish(source, { name }): the name');
    for (const [option, value] of Object.entries({ muted, holdDevice })) {
      if (typeof value !== 'boolean')
        throw new TypeError(`publish(source, { ${option} }) must be true or false.`);
    }
    const metadata = checkMetadata(given, 'publish(source, { metadata })');
    // Nobody should be asked for a camera in vain. The core has the last word all the same.
    if (this.#state === 'left')
      throw new PartylineError('closed', `The channel '${this.name}' was left.`);
    if (this.publications.has(name)) throw nameTaken(name);

    const media = await openSource(source, this._driver.platform);
    const start = { name, metadata, muted, holdDevice };
    const publication = new Publication(this, start, media);
    this.#publishing.add(publication);
    const audio = publication._track('audio');
    const video = publication._track('video');
    try {
      // What few say is checked where few load it.
      if (Object.keys(rest).length > 0) await publication.setSending(rest);
      await this._driver.call({
        type: 'Publish',
        channel: this._id,
        name,
        metadata,
        ...(audio !== undefined && { audio }),
        ...(video !== undefined && { video }),
        muted,
      });
    } catch (error) {
      publication._end();
      throw error;
    } finally {
      this.#publishing.delete(publication);
    }
    // It may be over already: the channel was left, or the only track ended.
    if (publication._active) this.publications.set(name, publication);
    return publication;
  }

  /**
   * Sends JSON, a string, an `ArrayBuffer` or a typed array, 64 kB at most, to everybody else in the channel or to some.
   * It arrives once, and what one peer sends arrives in order, also across reconnects. Valid at any time: what cannot be
   * sent now is kept. Resolves when the endpoint has it for those it is for. Rejects with a `PartylineError`:
   * `message_too_large`, `peer_not_found` (one of `to` is not in the channel; nobody gets it), `send_not_allowed`,
   * `overloaded` (1,000 messages or 4 MB are waiting already), `delivery_unknown` (it may have arrived, or not), `closed`.
   */
  async send(data: MessageData, options: SendOptions = {}): Promise<void> {
    checkKnown(options, 'send(data, options): options', ['to', 'topic']);
    const { to, topic = '' } = options;
    if (typeof topic !== 'string') throw new TypeError('send(data, { topic }) must be a string.');
    const peers = to === undefined ? [] : [to].flat();
    if (to !== undefined && peers.length === 0) {
      throw new TypeError('send(data, { to }) must name a peer. Leave it out to mean everybody.');
    }
    const ids = peers.map((peer) =>
      checkString(
        typeof peer === 'string' ? peer : peer?.id,
        'send(data, { to }): each is a Peer or an id, which',
      ),
    );
    return this._driver.call({
      type: 'SendMessage',
      channel: this._id,
      to: [...new Set(ids)],
      topic,
      ...encodeData(data),
    });
  }

  /** Changes one's own metadata in this channel: each key of `patch` replaces that key. */
  setMetadata(patch: { [key: string]: Json }): void {
    this.#metadata = {
      ...this.#metadata,
      ...checkMetadata(patch, 'setMetadata(patch): the patch'),
    };
    this._driver.submit({ type: 'SetMetadata', channel: this._id, metadata: this.#metadata });
  }

  /** Ends everything of this channel. The line may join again, the same name too. */
  leave(): void {
    this._driver.submit({ type: 'Leave', channel: this._id });
  }

  /** @internal */
  override _existing(type: keyof ChannelEvents): unknown[] {
    const peers = [...this.peers.values()];
    switch (type) {
      case 'peer-joined':
        return peers.map((peer) => ({ peer }));
      case 'stream-added':
        return peers.flatMap((peer) => peer._existing('stream-added'));
      case 'state':
        return this.#lastState ? [this.#lastState] : [];
      default:
        return [];
    }
  }

  /** @internal */
  override _report(error: PartylineError, peer: Peer | null = null): void {
    if (!this._hasListeners('error')) return this.#host._unheard(error);
    // An error listener that fails cannot be told to itself.
    this._emit('error', { error, peer }, (again) => this.#host._unheard(again));
  }

  /** @internal */
  _unpublished(publication: Publication): void {
    if (this.publications.get(publication.name) === publication) {
      this.publications.delete(publication.name);
    }
  }

  /** @internal */
  _setState(change: ChannelEvents['state']): void {
    this.#state = change.to;
    this.#lastState = change;
    if (change.to === 'left') {
      for (const each of [...this.publications.values(), ...this.#publishing]) each._end();
      this._driver.forgetLocalStreams(this._id);
      for (const peer of this.peers.values()) peer._setState(peer.state, 'left');
      this.peers.clear();
    }
    this._emit('state', change);
  }

  /** @internal The core did not understand something about this channel. */
  _refused(_input: Input, error: PartylineError): void {
    this._report(error);
  }

  /** @internal */
  _peerJoined({ member }: Named<Output, 'PeerJoined'>): void {
    const peer = new Peer(this, member);
    this.peers.set(peer.id, peer);
    this._emit('peer-joined', { peer });
  }

  /** @internal */
  _peerLeft({ peer: id, reason }: Named<Output, 'PeerLeft'>): void {
    const peer = this.peers.get(id);
    if (!peer) return;
    this.peers.delete(id);
    if (peer.state !== 'left') peer._setState(peer.state, 'left');
    this._emit('peer-left', { peer, reason });
  }

  /** @internal */
  _received({ peer: id, topic, format, body }: CompanionNews): void {
    const from = this.peers.get(id);
    if (!from) return;
    let data: ReceivedData;
    try {
      data = decodeData(format, body);
    } catch (cause) {
      const text = `A message of ${id} cannot be read: ${describe(cause).text}`;
      return this._report(new PartylineError('protocol_error', text, cause), from);
    }
    this._emit('message', { from, data, topic });
  }

  /** @internal */
  _streamAdded(output: Named<Output, 'StreamAdded'>): void {
    const peer = this.peers.get(output.peer);
    if (!peer) return;
    const stream = this._driver.platform.createMediaStream();
    peer._setTracks(stream, output.tracks);
    peer.streams.set(output.name, stream);
    const event = { peer, stream, name: output.name, metadata: output.metadata };
    peer._emit('stream-added', event);
    this._emit('stream-added', event);
  }

  /** @internal */
  _streamRemoved({ peer: id, name }: Named<Output, 'StreamRemoved'>): void {
    const peer = this.peers.get(id);
    const stream = peer?.streams.get(name);
    if (!peer || !stream) return;
    const event = peer._streamEvent(name, stream);
    peer.streams.delete(name);
    peer._emit('stream-removed', event);
    this._emit('stream-removed', event);
  }
}

const nameTaken = (name: string): PartylineError =>
  new PartylineError(
    'publication_exists',
    `Something is published as '${name}' already: unpublish it first, or give this another name with publish(source, { name }).`,
  );
