// End-to-end encryption of media: an entry of its own, for those who want it. docs/ENCRYPTION.md says against whom it helps.
import type { PartylineError } from '../errors.js';
import { Emitter } from '../events.js';
import type { Partyline } from '../partyline.js';
import type { Peer } from '../peer.js';
import { makeIdentity, secretOf } from './agreement.js';
import type { Identity } from './agreement.js';
import type { Bytes } from './bytes.js';
import { FrameWorker, startWorker, unsupported, workerFailed } from './frame-worker.js';
import { Room } from './room.js';
import type { Known, RoomHost } from './room.js';
import type { FrameCounts, FromWorker } from './worker-protocol.js';

export type { FrameCounts } from './worker-protocol.js';
export type { Refusal } from './sframe.js';

export interface EncryptionOptions {
  /**
   * A key that your application gives to everybody in the call, and not to the endpoint: a word, or at least 16 random bytes. Who
   * has another one, or none, gets no media. Default: none; then `fingerprint`s tell whether somebody is in between.
   */
  key?: string | ArrayBuffer | ArrayBufferView;
  /** Where the worker is (`partyline/encryption-worker`), or how to start it. Default: the file beside this one. */
  worker?: string | URL | (() => Worker);
}

export interface EncryptionEvents {
  /** It is known whose media this is. `changed`: somebody else was there under this name before. */
  fingerprint: { peer: Peer; fingerprint: string; changed: boolean };
  /** Whether media passes to it, sealed. */
  secured: { peer: Peer; secured: boolean };
}

type MakeError = new (
  code: 'encryption_unsupported' | 'encryption_failed',
  message: string,
) => PartylineError;

/** What one line needs while it lives. */
interface Running {
  readonly line: Partyline;
  readonly MakeError: MakeError;
  readonly worker: FrameWorker;
  readonly identity: Promise<Identity>;
}

/** The option `encryption` of one `Partyline`. */
export class Encryption extends Emitter<EncryptionEvents> {
  readonly #key: string | Bytes | undefined;
  readonly #start: EncryptionOptions['worker'];
  readonly #rooms = new Map<number, Room>();
  readonly #sessions = new Map<number, Room>();
  #running: Running | undefined;
  #lastSession = 0;

  /** @internal */
  constructor(key: string | Bytes | undefined, worker: EncryptionOptions['worker']) {
    super();
    this.#key = key;
    this.#start = worker;
  }

  /**
   * Sixty digits that `peer` has too, or somebody is between: to be compared where they cannot be altered, by voice for example. The
   * same for as long as both have their lines. Null before it is known.
   */
  fingerprint(peer: Peer): string | null {
    return this.#known(peer)?.fingerprint ?? null;
  }

  /** The fingerprint was compared. From now on media stops where that peer comes back with another key, until this is called again. */
  verify(peer: Peer): void {
    for (const room of this.#rooms.values()) room.verify(peer);
  }

  verified(peer: Peer): boolean {
    return this.#known(peer)?.verified ?? false;
  }

  /** Whether media passes to it, sealed. */
  secured(peer: Peer): boolean {
    return [...this.#rooms.values()].some(
      (room) => room.channel.peers.get(peer.id) === peer && room.secured(peer),
    );
  }

  /** How many frames of this line were sealed, opened, and not let through. */
  async counts(): Promise<FrameCounts> {
    const none: FrameCounts = { sealed: 0, opened: 0, withheld: 0, refused: {} };
    return (await this.#running?.worker.count()) ?? none;
  }

  /** @internal */
  override _existing(type: keyof EncryptionEvents): unknown[] {
    const peers = [...this.#rooms.values()].flatMap(({ channel }) => [...channel.peers.values()]);
    if (type === 'secured')
      return peers.filter((peer) => this.secured(peer)).map((peer) => ({ peer, secured: true }));
    return peers.flatMap((peer) => {
      const known = this.#known(peer);
      return known ? [toEvent(peer, known)] : [];
    });
  }

  /** @internal */
  override _report(error: PartylineError): void {
    this.#running?.line._report(error);
  }

  /** @internal Before anything is joined: rejects in words where there would be no media. */
  async _begin(line: Partyline, MakeError: MakeError): Promise<void> {
    const why = unsupported();
    if (why) throw new MakeError('encryption_unsupported', `Media cannot be encrypted. ${why}`);
    if (this.#running && this.#running.line !== line)
      throw new MakeError('encryption_failed', 'Each Partyline needs an encryption() of its own.');
    try {
      this.#running ??= this.#run(line, MakeError);
      await this.#running.worker.here;
    } catch (error) {
      this.#end();
      throw new MakeError('encryption_failed', workerFailed(error));
    }
  }

  /** @internal Called right after the connection was made, before there is anything to send. */
  _guard(pc: RTCPeerConnection, channel: number, peer: string): void {
    const running = this.#running;
    const found = [...(running?.line.channels.values() ?? [])].find(({ _id }) => _id === channel);
    if (!running || !found)
      throw new Error('Media is to be encrypted, and nothing is ready for it.');
    let room = this.#rooms.get(channel);
    if (!room) this.#rooms.set(channel, (room = new Room(found, this.#host(running, found.name))));
    room.guard(pc, peer);
  }

  #run(line: Partyline, MakeError: MakeError): Running {
    const worker = new FrameWorker(
      () => startWorker(this.#start),
      (message) => this.#heard(message),
      (why) => line._report(new MakeError('encryption_failed', workerFailed(new Error(why)))),
    );
    line.on('state', ({ to }) => {
      if (to === 'closed') this.#end();
    });
    return { line, MakeError, worker, identity: makeIdentity() };
  }

  #end(): void {
    const { worker } = this.#running ?? {};
    for (const room of this.#rooms.values()) room.end();
    this.#rooms.clear();
    this.#sessions.clear();
    this.#running = undefined;
    worker?.end();
  }

  #host({ worker, identity, MakeError }: Running, channel: string): RoomHost {
    const secret =
      this.#key === undefined ? Promise.resolve(new Uint8Array()) : secretOf(this.#key, channel);
    secret.catch(() => undefined);
    return {
      worker,
      identity,
      secret,
      given: this.#key !== undefined,
      newSession: (room) => {
        this.#sessions.set((this.#lastSession += 1), room);
        return this.#lastSession;
      },
      error: (code, words) => new MakeError(code, words),
      fingerprint: (peer, known) => this._emit('fingerprint', toEvent(peer, known)),
      secured: (peer, secured) => this._emit('secured', { peer, secured }),
    };
  }

  #known(peer: Peer): Known | undefined {
    for (const room of this.#rooms.values()) {
      const known = room.known(peer);
      if (known) return known;
    }
    return undefined;
  }

  #heard(message: FromWorker): void {
    if (message.type === 'Ready') for (const room of this.#rooms.values()) room.ready(message.id);
    if (message.type === 'Refused')
      this.#sessions.get(message.session)?.refused(message.session, message.sends, message.why);
  }
}

const toEvent = (peer: Peer, { fingerprint, changed }: Known): EncryptionEvents['fingerprint'] => ({
  peer,
  fingerprint,
  changed,
});

const fail = (what: string): never => {
  throw new TypeError(`encryption(options): ${what}.`);
};

function checkKey(key: unknown): string | Bytes | undefined {
  if (key === undefined) return undefined;
  if (typeof key === 'string') return key === '' ? fail(`'key' must not be empty`) : key;
  const bytes = ArrayBuffer.isView(key)
    ? new Uint8Array(key.buffer, key.byteOffset, key.byteLength).slice()
    : key instanceof ArrayBuffer
      ? new Uint8Array(key.slice(0))
      : fail(`'key' must be a string or bytes`);
  return bytes.length < 16 ? fail(`'key' must have at least 16 bytes`) : (bytes as Bytes);
}

/** For `new Partyline({ …, encryption: encryption() })`: all media is encrypted from sender to receiver. */
export function encryption(options: EncryptionOptions = {}): Encryption {
  if (typeof options !== 'object' || options === null) fail('options must be an object');
  for (const name of Object.keys(options))
    if (name !== 'key' && name !== 'worker') fail(`'${name}' is unknown`);
  const { worker } = options;
  const kinds: readonly string[] = ['undefined', 'string', 'function'];
  if (!kinds.includes(typeof worker) && !(worker instanceof URL))
    fail(`'worker' must be a URL or a function that returns a Worker`);
  return new Encryption(checkKey(options.key), worker);
}

/** Whether this browser can. */
export const encryptionSupported = (): boolean => unsupported() === '';
