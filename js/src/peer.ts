// Another participant, as long as it is in the channel: the same object from `peer-joined` to `peer-left`.
import { checkString } from './checks.js';
import type { SendOptions } from './channel.js';
import type { Connection } from './connection.js';
import type { MessageData } from './data.js';
import { PartylineDataChannel } from './data-channel.js';
import type { Driver } from './driver.js';
import type { PartylineError } from './errors.js';
import { Emitter } from './events.js';
import type {
  Json,
  MemberInfo,
  PeerState,
  PublicationInfo,
  RemoteTrack,
  TrackStatus,
} from './wire.js';

/** What a peer publishes under one name, whether or not it can be played yet. */
export interface RemotePublication {
  readonly name: string;
  readonly metadata: Json;
  readonly audio: TrackStatus;
  readonly video: TrackStatus;
  /** The stream to play, or null while there is none yet. */
  readonly stream: MediaStream | null;
}

export interface PeerEvents {
  state: { from: PeerState; to: PeerState };
  'stream-added': { peer: Peer; stream: MediaStream; name: string; metadata: Json };
  'stream-removed': { peer: Peer; stream: MediaStream; name: string; metadata: Json };
  /** Its metadata changed. */
  metadata: { metadata: Json };
  /** Something came, went, was muted or unmuted, or has other metadata. */
  publications: { publications: Map<string, RemotePublication> };
  /** It opened a data channel. */
  'data-channel': { channel: PartylineDataChannel };
  /** It has another `RTCPeerConnection` than before. Streams and data channels go on as the same objects. */
  'connection-reset': { connection: RTCPeerConnection | null };
}

export interface AttachOptions {
  /** Which of its publications. Default `'camera'`. */
  name?: string;
}

/** How large a stream is shown. */
export interface DisplaySize {
  /** In CSS pixels. */
  width: number;
  height: number;
  /** Whether any of it can be seen. Default true. */
  visible?: boolean;
}

/** @internal What a peer needs of its channel. */
export interface PeerHost {
  readonly _driver: Driver;
  readonly _id: number;
  send(data: MessageData, options: SendOptions): Promise<void>;
  _report(error: PartylineError): void;
}

export class Peer extends Emitter<PeerEvents> {
  /** Stable for as long as it is there, whatever the network does. */
  readonly id: string;
  /** What can be played, by the name it is published under. */
  readonly streams = new Map<string, MediaStream>();
  readonly #host: PeerHost;
  readonly #remoteDataChannels = new Set<PartylineDataChannel>();
  #metadata: Json;
  #state: PeerState = 'connecting';
  #lastState: PeerEvents['state'] | undefined;
  #publications: PublicationInfo[];
  #connection: Connection | undefined;

  /** @internal */
  constructor(host: PeerHost, member: MemberInfo) {
    super();
    this.#host = host;
    this.id = member.peer;
    this.#metadata = member.metadata;
    this.#publications = member.publications;
  }

  /** What it says about itself. */
  get metadata(): Json {
    return this.#metadata;
  }

  get state(): PeerState {
    return this.#state;
  }

  /** What it publishes, by name. */
  get publications(): Map<string, RemotePublication> {
    return new Map(
      this.#publications.map((info) => [
        info.name,
        { ...info, stream: this.streams.get(info.name) ?? null },
      ]),
    );
  }

  /** The present connection to it, as an escape hatch; null while there is none. */
  get connection(): RTCPeerConnection | null {
    return this.#connection?.pc ?? null;
  }

  /** `channel.send` to this peer alone. */
  send(data: MessageData, options: Omit<SendOptions, 'to'> = {}): Promise<void> {
    return this.#host.send(data, { ...options, to: this });
  }

  /**
   * Shows a stream of it in an element, whenever it is there, and tells the peer how large: what is shown small is sent small,
   * and what is out of sight is not sent. Returns how to stop showing it.
   */
  attach(element: HTMLMediaElement, { name = 'camera' }: AttachOptions = {}): () => void {
    const show = (): void => {
      const stream = this.streams.get(name) ?? null;
      if (element.srcObject !== stream) element.srcObject = stream;
    };
    element.autoplay = true;
    (element as HTMLVideoElement).playsInline = true;
    let attached = true;
    const stops = [this.on('stream-added', show), this.on('stream-removed', show)];
    show();
    this.#host._driver.whenCompanion((companion) => {
      if (attached) stops.push(companion.attach(this.#host._id, this.id, name, element));
    });
    return () => {
      for (const stop of stops.splice(0)) stop();
      if (attached) element.srcObject = null;
      attached = false;
    };
  }

  /**
   * Says how large a stream of it is shown, in CSS pixels, where no element was attached: on a canvas, say. `null` takes it back:
   * it comes in full again.
   */
  display(name: string, size: DisplaySize | null): void {
    this.#host._driver.whenCompanion((companion) =>
      companion.display(this.#host._id, this.id, name, size),
    );
  }

  /** Has it send nothing of a stream, no sound either, until `resume`. */
  pause(name = 'camera'): void {
    this.#setPaused(name, true);
  }

  resume(name = 'camera'): void {
    this.#setPaused(name, false);
  }

  /** A data channel to it, which reopens by itself under the same object. `init` as of `createDataChannel`. */
  openDataChannel(label: string, init: RTCDataChannelInit = {}): PartylineDataChannel {
    checkString(label, 'openDataChannel(label): the label');
    const { _driver: driver, _id: channel } = this.#host;
    const id = driver.newId();
    const object = new PartylineDataChannel(label, () =>
      driver.submit({ type: 'CloseDataChannel', data_channel: id }),
    );
    if (this.#state === 'left') {
      object._end();
      return object;
    }
    driver.dataChannels.set(id, object);
    driver.submit({
      type: 'OpenDataChannel',
      channel,
      peer: this.id,
      data_channel: id,
      label,
      init: init as Json,
    });
    return object;
  }

  #setPaused(publication: string, paused: boolean): void {
    const { _driver: driver, _id: channel } = this.#host;
    driver.tell({ type: 'SetPaused', channel, peer: this.id, publication, paused });
  }

  /** @internal */
  override _existing(type: keyof PeerEvents): unknown[] {
    switch (type) {
      case 'state':
        return this.#lastState ? [this.#lastState] : [];
      case 'stream-added':
        return [...this.streams].map(([name, stream]) => this._streamEvent(name, stream));
      case 'publications':
        return this.#publications.length > 0 ? [{ publications: this.publications }] : [];
      case 'data-channel':
        return [...this.#remoteDataChannels].map((channel) => ({ channel }));
      default:
        return [];
    }
  }

  /** @internal */
  override _report(error: PartylineError): void {
    this.#host._report(error);
  }

  /** @internal */
  _streamEvent(name: string, stream: MediaStream): PeerEvents['stream-added'] {
    const metadata = this.#publications.find((info) => info.name === name)?.metadata ?? null;
    return { peer: this, stream, name, metadata };
  }

  /** @internal */
  _setState(from: PeerState, to: PeerState): void {
    this.#state = to;
    this.#lastState = { from, to };
    if (to === 'left') {
      for (const channel of [...this.#remoteDataChannels]) channel._end();
    }
    this._emit('state', this.#lastState);
  }

  /** @internal */
  _setMetadata(metadata: Json): void {
    this.#metadata = metadata;
    this._emit('metadata', { metadata });
  }

  /** @internal */
  _setPublications(publications: PublicationInfo[]): void {
    this.#publications = publications;
    this._emit('publications', { publications: this.publications });
  }

  /** @internal */
  _setConnection(connection: Connection | undefined): void {
    this.#connection = connection;
  }

  /** @internal */
  _connectionReset(): void {
    this._emit('connection-reset', { connection: this.connection });
  }

  /** @internal Makes `stream` consist of these tracks. Those that stay are not touched. */
  _setTracks(stream: MediaStream, tracks: RemoteTrack[]): void {
    const wanted = new Set<MediaStreamTrack>();
    for (const { connection, mid } of tracks) {
      const track = this.#host._driver.connections.get(connection)?.remoteTrack(mid);
      if (track) wanted.add(track);
    }
    for (const track of stream.getTracks()) {
      if (!wanted.delete(track)) stream.removeTrack(track);
    }
    for (const track of wanted) stream.addTrack(track);
  }

  /** @internal */
  _remoteDataChannel(channel: RTCDataChannel): void {
    const object: PartylineDataChannel = new PartylineDataChannel(channel.label, () => end());
    const end = (): void => {
      this.#remoteDataChannels.delete(object);
      object._end();
    };
    this.#remoteDataChannels.add(object);
    object._attach(channel, end);
    this._emit('data-channel', { channel: object });
  }
}
