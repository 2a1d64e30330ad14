// The line to an endpoint: what applications start with.
import version from 'partyline:version';
import { Channel } from './channel.js';
import type { Devices } from './companion/devices.js';
import { checkKnown, checkMetadata, checkString } from './checks.js';
import type { Connection } from './connection.js';
import { Driver } from './driver.js';
import type { App, AppNews } from './driver.js';
import { PartylineError } from './errors.js';
import type { ErrorCode } from './errors.js';
import { Emitter } from './events.js';
import { checkOptions } from './options.js';
import type { PartylineOptions, Settings } from './options.js';
import type { Peer } from './peer.js';
import type { Input, Json, LineState, WireError } from './wire.js';

export interface PartylineEvents {
  /** `retryInMs` is set while waiting for the next attempt. */
  state: {
    from: LineState;
    to: LineState;
    code: ErrorCode | '';
    reason: string;
    retryInMs?: number;
  };
  /** The browser does not play an attached element before the user has done something; or now does. */
  playback: { blocked: boolean };
  /** What recovery will not mend, and listeners that failed. */
  error: { error: PartylineError };
}

/** What may be taken for sending. */
export interface SendingBudget {
  /** Bits per second of video, to all receivers together. Default: as much as the paths carry. */
  maxBitrate?: number;
  /** Pixels per second that are encoded, for all receivers together. Default: 15 million for each processor; 30 × 640 × 360 is 7 million. */
  maxPixelRate?: number;
}

export interface JoinOptions {
  /** What others are told about oneself. Default `{}`. */
  metadata?: { [key: string]: Json };
  /** Gives up joining. */
  signal?: AbortSignal;
}

/** A line to an endpoint. Nothing is opened before it is needed; an idle page gets ready for it. */
export class Partyline extends Emitter<PartylineEvents> {
  /** Those one is in, by name. */
  readonly channels = new Map<string, Channel>();
  /** @internal */
  readonly _driver: Driver;
  readonly #all = new Map<number, Channel>();
  readonly #logger: Settings['logger'];
  #state: LineState = 'idle';
  #lastState: PartylineEvents['state'] | undefined;
  #peerId: string | null = null;
  #closed = false;

  /** Checks the options; the network hears nothing before the first join. Throws a `TypeError` that names the option. */
  constructor(options: PartylineOptions) {
    super();
    const settings = checkOptions(options, version);
    this.#logger = settings.logger;
    this._driver = new Driver(settings, this.#app());
  }

  get state(): LineState {
    return this.#state;
  }

  /** One's own id, as others see it; null before the first connection. */
  get peerId(): string | null {
    return this.#peerId;
  }

  /**
   * Resolves when one is in the channel; waits as long as the endpoint cannot be reached. Rejects with a `PartylineError`
   * when the endpoint refuses, and with `aborted` when `signal` says so.
   */
  async join(name: string, options: JoinOptions = {}): Promise<Channel> {
    checkString(name, 'join(name): the name of the channel');
    checkKnown(options, 'join(name, options): options', ['metadata', 'signal']);
    const metadata = checkMetadata(options.metadata ?? {}, 'join(name, { metadata })');
    const { signal } = options;
    if (signal !== undefined && typeof signal.addEventListener !== 'function') {
      throw new TypeError('join(name, { signal }) must be an AbortSignal.');
    }
    if (signal?.aborted) throw aborted(name, signal);
    if (this.#closed)
      throw new PartylineError('closed', 'This Partyline was closed: make a new one.');

    const driver = this._driver;
    if (driver.encryption) await driver.encryption._begin(this, PartylineError);
    const channel = new Channel(this, driver.newId(), name, metadata);
    this.#all.set(channel._id, channel);
    const abort = (): void => driver.submit({ type: 'Leave', channel: channel._id });
    signal?.addEventListener('abort', abort);
    try {
      await driver.call({ type: 'Join', channel: channel._id, name, metadata });
      return channel;
    } catch (error) {
      this.#all.delete(channel._id);
      throw signal?.aborted ? aborted(name, signal) : error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Tries to reach the endpoint now instead of waiting. Without effect when connected. */
  retryNow(): void {
    this._driver.submit({ type: 'RetryNow' });
  }

  /** Cameras, microphones and speakers: to list, choose and follow. From the first call on, devices that are lost are replaced. */
  async devices(): Promise<Devices> {
    return (await this._driver.companion()).devices(this);
  }

  /** Plays what the browser did not play by itself (`playback`). To be called in a click or another gesture. */
  async resumePlayback(): Promise<void> {
    return (await this._driver.companion()).resumePlayback();
  }

  /** What all that is sent may take together, over all links and channels. What is left out has its default. */
  setBudget(budget: SendingBudget): void {
    this._driver.whenCompanion((companion) => companion.setBudget(budget));
  }

  /** Leaves everything, for good. Nothing of the SDK is left running. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this._driver.submitLast({ type: 'Close' }, () =>
      this.#end(new PartylineError('closed', 'This Partyline was closed.'), ''),
    );
  }

  /** @internal */
  override _existing(type: keyof PartylineEvents): unknown[] {
    return type === 'state' && this.#lastState ? [this.#lastState] : [];
  }

  /** @internal */
  override _report(error: PartylineError): void {
    if (!this._hasListeners('error')) return this._unheard(error);
    this._emit('error', { error }, (again) => this._unheard(again));
  }

  /** @internal An error that nobody listens for. */
  _unheard(error: PartylineError): void {
    const { cause } = error;
    if (this.#logger) this.#logger.error(`partyline: ${error.message}`, cause ?? error);
    // A mistake in the application's own code must not vanish.
    else if (error.code === 'listener_failed') console.error(error.message, cause);
  }

  #setState(change: PartylineEvents['state']): void {
    this.#state = change.to;
    this.#lastState = change;
    this._emit('state', change);
  }

  /** What the core did not get to say: everything is over. */
  #end(error: PartylineError, code: ErrorCode | ''): void {
    this._driver.end(error);
    const reason = code && error.message;
    for (const channel of [...this.#all.values()]) {
      if (channel.state !== 'left')
        this.#channelState(channel, { from: channel.state, to: 'left', code, reason });
    }
    this.#all.clear();
    if (this.#state !== 'closed') this.#setState({ from: this.#state, to: 'closed', code, reason });
  }

  #channelState(channel: Channel, change: Parameters<Channel['_setState']>[0]): void {
    if (change.to === 'left') {
      this.#all.delete(channel._id);
      if (this.channels.get(channel.name) === channel) this.channels.delete(channel.name);
    } else if (change.to === 'joined') {
      this.channels.set(channel.name, channel);
    }
    channel._setState(change);
  }

  #app(): App {
    return {
      told: (output) => this.#told(output),
      remoteDataChannel: (connection, channel) =>
        this.#peerOf(connection)?._remoteDataChannel(channel),
      refused: (input, error) => this.#refused(input, error),
      broke: (error) => {
        this.#closed = true;
        this.#end(error, 'internal');
        this._report(error);
      },
    };
  }

  #peerOf({ channel, peer }: Connection): Peer | undefined {
    return this.#all.get(channel)?.peers.get(peer);
  }

  #refused(input: Input, error: PartylineError): void {
    const channel = 'channel' in input && this.#all.get(input.channel);
    if (channel) channel._refused(input, error);
    else this._report(error);
  }

  #told(output: AppNews): void {
    switch (output.type) {
      case 'Identified':
        this.#peerId = output.peer;
        return;
      case 'LineStateChanged': {
        const { from, to, code, reason, retry_in_ms: retryInMs } = output;
        return this.#setState({
          from,
          to,
          code,
          reason,
          ...(retryInMs !== undefined && { retryInMs }),
        });
      }
      case 'PlaybackChanged':
        return this._emit('playback', { blocked: output.blocked });
      case 'LineError':
        return this._report(toError(output.error));
      default: {
        const channel = this.#all.get(output.channel);
        if (channel) this.#channelTold(channel, output);
      }
    }
  }

  #channelTold(channel: Channel, output: Extract<AppNews, { channel: number }>): void {
    const peer = 'peer' in output ? channel.peers.get(output.peer) : undefined;
    switch (output.type) {
      case 'ChannelStateChanged': {
        const { from, to, code, reason } = output;
        return this.#channelState(channel, { from, to, code, reason });
      }
      case 'ChannelError':
        return channel._report(toError(output.error), peer);
      case 'PeerJoined':
        return channel._peerJoined(output);
      case 'PeerLeft':
        return channel._peerLeft(output);
      case 'PeerStateChanged':
        return peer?._setState(output.from, output.to);
      case 'PeerMetadataChanged':
        peer?._setMetadata(output.metadata);
        return peer && channel._emit('peer-updated', { peer });
      case 'PeerPublicationsChanged':
        peer?._setPublications(output.publications);
        return peer && channel._emit('peer-updated', { peer });
      case 'CreateConnection':
        return peer?._setConnection(this._driver.connections.get(output.connection));
      case 'ConnectionReset':
        return peer?._connectionReset();
      case 'MessageReceived':
        return channel._received(output);
      case 'StreamAdded':
        return channel._streamAdded(output);
      case 'StreamTracksChanged': {
        const stream = peer?.streams.get(output.name);
        return stream && peer?._setTracks(stream, output.tracks);
      }
      case 'StreamRemoved':
        return channel._streamRemoved(output);
    }
  }
}

const toError = ({ code, detail }: WireError): PartylineError => new PartylineError(code, detail);
const aborted = (name: string, signal: AbortSignal): PartylineError =>
  new PartylineError('aborted', `Joining '${name}' was given up.`, signal.reason);
