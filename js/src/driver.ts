// Carries the core's orders to the platform and what happened back to the core. It decides nothing: what depends on
// history is decided in the core.
import { Connection } from './connection.js';
import type { ConnectionHost } from './connection.js';
import type { PartylineDataChannel } from './data-channel.js';
import { PartylineError, describe } from './errors.js';
import { CompanionLink } from './companion-link.js';
import { isFact, isFactToo } from './companion-wire.js';
import type { CompanionInput, CompanionNews, CompanionWish, PageNews } from './companion-wire.js';
import type { Companion } from './companion/index.js';
import { CoreRunner } from './core-runner.js';
import { createCore, prepareCore } from './loader.js';
import type { Settings } from './options.js';
import type { Publication } from './publication.js';
import { Sockets } from './sockets.js';
import { transcriptBegin, transcriptLine } from './transcript.js';
import type { Input, MediaKind, Named, Output, WireError } from './wire.js';

/** Outputs that are for the application rather than for the platform. */
export type AppOutput = Exclude<
  Output,
  {
    type:
      | 'OpenSocket'
      | 'SendFrame'
      | 'CloseSocket'
      | 'RequestToken'
      | 'SetIceServers'
      | 'MakeOffer'
      | 'AcceptOffer'
      | 'AcceptAnswer'
      | 'AddCandidates'
      | 'SetTrack'
      | 'DetachSlot'
      | 'ReadStatistics'
      | 'CloseConnection'
      | 'OpenDataChannel'
      | 'EndDataChannel'
      | 'CallDone'
      | 'HandOver'
      | 'ChannelRoute'
      | 'MembershipBegan'
      | 'ChannelFrame'
      | 'Log';
  }
>;
/** The same, and what the companion has for it. */
export type AppNews = AppOutput | CompanionNews | PageNews;

/** Who is told what the application should know. */
export interface App {
  told(news: AppNews): void;
  remoteDataChannel(connection: Connection, channel: RTCDataChannel): void;
  /** An input was not understood. It was a wish without an answer: where it has one, the call rejects. */
  refused(input: Input, error: PartylineError): void;
  /** The core broke: nothing works any more. */
  broke(error: PartylineError): void;
}

type Call = { resolve: () => void; reject: (error: PartylineError) => void };
type Answered = 'Join' | 'Publish' | 'ReplaceTrack';
/** Inputs that the core answers, without the number of the call. */
export type CallInput =
  | { [T in Answered]: Omit<Named<Input, T>, 'call'> }[Answered]
  | Omit<Named<CompanionWish, 'SendMessage'>, 'call'>;

export class Driver implements ConnectionHost {
  /** Set by who looks for another device when one is lost: whether it takes care of it. */
  deviceLost: ((publication: Publication, kind: MediaKind) => boolean) | undefined;
  readonly platform: Settings['platform'];
  readonly encryption: Settings['encryption'];
  readonly connections = new Map<number, Connection>();
  readonly dataChannels = new Map<number, PartylineDataChannel>();
  readonly #settings: Settings;
  readonly #app: App;
  readonly #sockets: Sockets;
  readonly #calls = new Map<number, Call>();
  readonly #tracks = new Map<number, MediaStreamTrack>();
  readonly #localStreams = new Map<string, MediaStream>();
  readonly #runner: CoreRunner<Input, Output>;
  readonly #companion: CompanionLink;
  #loading = false;
  #ended: PartylineError | undefined;
  #lastId = 0;
  #stopListening: (() => void) | undefined;
  #handedOver: string | undefined;

  constructor(settings: Settings, app: App) {
    this.#settings = settings;
    this.platform = settings.platform;
    this.encryption = settings.encryption;
    this.#app = app;
    this.#sockets = new Sockets(this.platform, (input) => this.submit(input));
    this.#runner = new CoreRunner({
      platform: this.platform,
      carryOut: (output) => this.#carryOut(output),
      refused: (input, error) => this.refused(input, error),
      broke: (cause) => this.#broke(cause),
      failed: (text, error) => this.failed(text, error),
      record: (now, input, answer) => this.#record(() => transcriptLine(now, input, answer)),
    });
    this.#companion = new CompanionLink(this, settings, (news) => app.told(news));
    // Most pages have a moment between this and the first join.
    this.platform.whenIdle(() => {
      if (this.#ended) return;
      prepareCore(settings.core);
      this.platform.whenIdle(() => this.platform.warmUp());
    });
  }

  /** A number that was not used before, for whatever needs one. */
  newId(): number {
    return (this.#lastId += 1);
  }

  /** A wish that the core answers. */
  call(input: CallInput): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended);
    this.#load();
    const call = this.newId();
    return new Promise((resolve, reject) => {
      this.#calls.set(call, { resolve, reject });
      if (input.type === 'SendMessage') this.#companion.wish({ ...input, call });
      else this.submit({ ...input, call });
    });
  }

  /** Tells the core, as soon as it is there and has carried out what it was told before. */
  submit(input: Input): void {
    if (isFactToo(input)) this.#companion.tell(input);
    this.#runner.submit(input);
  }

  /** Tells the core for the last time, and calls `then` when that was carried out. */
  submitLast(input: Input, then: () => void): void {
    this.#runner.submitLast(input, then);
  }

  addTrack(track: MediaStreamTrack): number {
    const id = this.newId();
    this.#tracks.set(id, track);
    return id;
  }

  removeTrack(id: number | undefined): void {
    if (id !== undefined) this.#tracks.delete(id);
  }

  track(id: number | undefined): MediaStreamTrack | null {
    return (id !== undefined && this.#tracks.get(id)) || null;
  }

  localStream(channel: number, name: string): MediaStream {
    const key = `${channel}/${name}`;
    let stream = this.#localStreams.get(key);
    if (!stream) this.#localStreams.set(key, (stream = this.platform.createMediaStream()));
    return stream;
  }

  forgetLocalStreams(channel: number): void {
    for (const key of [...this.#localStreams.keys()]) {
      if (key.startsWith(`${channel}/`)) this.#localStreams.delete(key);
    }
  }

  remoteDataChannel(connection: Connection, channel: RTCDataChannel): void {
    this.#app.remoteDataChannel(connection, channel);
  }

  log(text: string): void {
    this.#settings.logger?.debug(`partyline: ${text}`);
  }

  failed(text: string, error: unknown): void {
    this.#settings.logger?.error(`partyline: ${text}`, error);
  }

  logged({ level, text }: Named<Output, 'Log'>): void {
    this.#settings.logger?.[level === 'warning' ? 'warn' : level](`partyline: ${text}`);
  }

  callDone({ call, error }: Named<Output, 'CallDone'>): void {
    const waiting = this.#calls.get(call);
    this.#calls.delete(call);
    if (error) waiting?.reject(new PartylineError(error.code, error.detail));
    else waiting?.resolve();
  }

  /** An input was not understood, by the core or the companion. */
  refused(input: Input | CompanionInput, { code, detail }: WireError): void {
    if ('call' in input)
      this.callDone({ type: 'CallDone', call: input.call, error: { code, detail } });
    else this.#app.refused(input as Input, new PartylineError(code, detail));
  }

  /** A wish that the companion carries out, for which it is loaded. */
  tell(wish: CompanionWish): void {
    this.#companion.wish(wish);
  }

  reported(connection: Connection, report: RTCStatsReport): void {
    this.#companion.whenThere((companion) => companion.reported(connection, report), true);
  }

  /** Calls back when the companion is there. That may be never. */
  whenCompanion(callback: (companion: Companion) => void): void {
    this.#companion.whenThere(callback);
  }

  /** What is not needed for a call to connect. */
  companion(): Promise<Companion> {
    return this.#companion.load();
  }

  /** Nothing is carried out afterwards, and nothing is left running. */
  end(error: PartylineError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#runner.end();
    this.#companion.end(error);
    this.#stopListening?.();
    this.#sockets.closeAll();
    for (const connection of this.connections.values()) connection.close();
    this.connections.clear();
    for (const channel of [...this.dataChannels.values()]) channel._end();
    this.dataChannels.clear();
    this.#tracks.clear();
    this.#localStreams.clear();
    for (const call of this.#calls.values()) call.reject(error);
    this.#calls.clear();
  }

  /** A page may have lines to several endpoints. */
  get #slot(): string {
    const { key, endpoints } = this.#settings.core;
    return `partyline ${key} ${endpoints[0]}`;
  }

  /** What will be needed as soon as the core is there: begun now, it is there sooner. */
  #hurry(): void {
    const { key, endpoints } = this.#settings.core;
    if (key && this.platform.isOnline()) this.#sockets.openEarly(endpoints[0]!);
  }

  #load(): void {
    if (this.#runner.started || this.#loading) return;
    this.#loading = true;
    this.#hurry();
    const seed = this.platform.randomSeed();
    const begin = (): object => {
      // Not before: a page that is left while it loads must leave this to the next.
      this.#handedOver ??= this.platform.takeOver(this.#slot);
      const options = { ...this.#settings.core, handed_over: this.#handedOver };
      this.#record(() => transcriptBegin(options, seed));
      return options;
    };
    createCore(begin, seed).then(
      (core) => {
        this.#loading = false;
        if (this.#ended) return;
        this.#listen();
        this.#runner.start(core, this.platform.isOnline() ? undefined : { type: 'WentOffline' });
        this.#sockets.dropEarly();
      },
      (error: PartylineError) => {
        this.#loading = false;
        this.#sockets.dropEarly();
        // Nobody was told anything yet: the next call tries again from the start.
        this.#runner.clear();
        const calls = [...this.#calls.values()];
        this.#calls.clear();
        for (const call of calls) call.reject(error);
      },
    );
  }

  #record(line: () => string): void {
    try {
      this.#settings.logger?.transcript?.(line());
    } catch {
      // Whoever writes it down must not stop the call.
    }
  }

  #listen(): void {
    const { platform } = this;
    const stops = [
      platform.onNetworkChange((online) =>
        this.submit({ type: online ? 'WentOnline' : 'WentOffline' }),
      ),
      platform.onPageChange((what) =>
        this.submit(
          what === 'resumed'
            ? { type: 'Resumed' }
            : { type: 'PageHidden', persisted: what === 'hidden' },
        ),
      ),
    ];
    this.#stopListening = () => stops.forEach((stop) => stop());
  }

  #carryOut(output: Output): void {
    this.#order(output);
    if (isFact(output)) this.#companion.tell(output);
    if (output.type === 'PeerStateChanged' && output.to === 'connected') this.#companion.loadSoon();
  }

  #order(output: Output): void {
    switch (output.type) {
      case 'OpenSocket':
        return this.#sockets.open(output);
      case 'SendFrame':
        return this.#sockets.send(output);
      case 'CloseSocket':
        return this.#sockets.close(output);
      case 'RequestToken':
        return this.#requestToken(output);
      case 'CreateConnection':
        this.connections.set(output.connection, new Connection(this, output));
        return this.#app.told(output);
      case 'SetIceServers':
        return this.connections.forEach((each) => each.setIceServers(output.ice_servers));
      case 'MakeOffer':
        return this.connections.get(output.connection)?.makeOffer(output);
      case 'AcceptOffer':
        return this.connections.get(output.connection)?.acceptOffer(output);
      case 'AcceptAnswer':
        return this.connections.get(output.connection)?.acceptAnswer(output);
      case 'AddCandidates':
        return this.connections.get(output.connection)?.addCandidates(output.candidates);
      case 'SetTrack':
        return this.connections
          .get(output.connection)
          ?.setTrack(output.slot, this.track(output.track));
      case 'DetachSlot':
        return this.connections.get(output.connection)?.detachSlot(output.slot);
      case 'ReadStatistics':
        return this.connections.get(output.connection)?.readStatistics();
      case 'CloseConnection':
        this.connections.get(output.connection)?.close();
        this.connections.delete(output.connection);
        return;
      case 'OpenDataChannel':
        return this.#openDataChannel(output);
      case 'EndDataChannel':
        this.dataChannels.get(output.data_channel)?._end();
        this.dataChannels.delete(output.data_channel);
        return;
      case 'CallDone':
        return this.callDone(output);
      case 'HandOver':
        return this.platform.handOver(this.#slot, output.text);
      case 'ChannelRoute':
      case 'MembershipBegan':
      case 'ChannelFrame':
        return; // of the companion only
      case 'Log':
        return this.logged(output);
      default:
        return this.#app.told(output);
    }
  }

  #openDataChannel(order: Named<Output, 'OpenDataChannel'>): void {
    const object = this.dataChannels.get(order.data_channel);
    const connection = this.connections.get(order.connection);
    if (!object) return;
    let channel: RTCDataChannel | undefined;
    try {
      channel = connection?.openDataChannel(order.label, order.init);
    } catch (error) {
      this.#settings.logger?.error('partyline: a data channel cannot be opened', error);
      // Nor would another connection open it: its user hears `close`.
      object.close();
    }
    if (!channel) return;
    object._attach(channel, () => {
      // While the path is up, it was the other side that closed it, and for good.
      if (connection?.open) object.close();
    });
  }

  #requestToken({ operation, reason }: Named<Output, 'RequestToken'>): void {
    const ask = async (): Promise<unknown> => this.#settings.tokenProvider?.({ reason });
    ask().then(
      (token) => {
        if (typeof token === 'string' && token !== '') {
          return this.submit({ type: 'TokenReady', operation, token });
        }
        const text = `The tokenProvider must return a promise of a token, and gave ${typeof token}.`;
        this.submit({ type: 'TokenFailed', operation, text });
      },
      (error: unknown) => {
        this.submit({ type: 'TokenFailed', operation, text: describe(error).text });
      },
    );
  }

  #broke(cause: unknown): void {
    const error = new PartylineError(
      'internal',
      `The core failed, and this Partyline with it; a new one will work. ${describe(cause).text}`,
      cause,
    );
    this.failed('the core failed', cause);
    this.end(error);
    this.#app.broke(error);
  }
}
