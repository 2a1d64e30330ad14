// One connection's way to agree on keys and to hand them over: a data channel of its own beside the media. agreement.ts says how it is
// sealed; sealed, a member says these, each as a line of JSON:
//
//   {}              the first thing: so the other sees that we have the same keys
//   { give, key }   frames of mine will be sealed with this
//   { has }         and I can open them
import { agree, readHello, writeHello } from './agreement.js';
import type { Identity, Sealer, Side } from './agreement.js';
import { fromBase64, toBase64, utf8 } from './bytes.js';
import type { Bytes } from './bytes.js';

/** Beside media and other data channels; the same on both sides, since nobody announces it. */
export const laneId = 7;
const sealedMax = 1_000;
const waitingMax = 256;
/** Keys that are not taken yet. */
const givingMax = 32;
/** For a hello, once data passes. */
const helloMs = 10_000;
const keyBytes = 32;

export interface SessionHost {
  readonly identity: Promise<Identity>;
  /** The application's key, or nothing. */
  readonly secret: Promise<Bytes>;
  readonly given: boolean;
  readonly channel: string;
  readonly me: string;
  readonly peer: string;
  /** Until the returned function is called. */
  after(ms: number, then: () => void): () => void;
  /** It is who has that public key, and it has the application's key too. */
  confirmed(publicKey: Bytes): void;
  /** Resolves when its frames can be opened. */
  gave(kid: number, base: Bytes): Promise<void>;
  has(kid: number): void;
  /** Nothing is said any more. */
  failed(code: 'encryption_unsupported' | 'encryption_failed', why: string): void;
}

export class Session {
  readonly #lane: RTCDataChannel;
  readonly #host: SessionHost;
  readonly #hello: Promise<string>;
  #sealer: Sealer | undefined;
  #publicKey: Bytes | undefined;
  #confirmed = false;
  #in: Promise<void> = Promise.resolve();
  #out: Promise<void>;
  #waiting = 0;
  #giving = 0;
  #ended = false;
  #stopWaiting: (() => void) | undefined;

  constructor(lane: RTCDataChannel, host: SessionHost) {
    this.#lane = lane;
    this.#host = host;
    lane.binaryType = 'arraybuffer';
    this.#hello = host.identity.then((each) => writeHello(each, host.given));
    const opened = new Promise<void>((resolve) => {
      lane.onopen = () => resolve();
      if (lane.readyState === 'open') resolve();
    });
    // All that is said comes after it.
    this.#out = opened.then(() => this.#greet());
    lane.onmessage = ({ data }) => this.#came(data);
  }

  give(kid: number, base: Bytes): void {
    this.#say({ give: kid, key: toBase64(base) });
  }

  end(): void {
    this.#ended = true;
    this.#stopWaiting?.();
    this.#lane.onopen = this.#lane.onmessage = null;
  }

  async #greet(): Promise<void> {
    try {
      this.#send(await this.#hello);
    } catch (error) {
      this.#fail(`no key could be made: ${String(error)}`);
    }
    if (this.#publicKey || this.#ended) return;
    this.#stopWaiting = this.#host.after(helloMs, () => {
      this.#host.failed(
        'encryption_unsupported',
        'It does not encrypt, so that nothing is sent to it and nothing of it is shown. Both sides need the option `encryption`.',
      );
    });
  }

  #came(data: unknown): void {
    if (this.#ended) return;
    if ((this.#waiting += 1) > waitingMax) return this.#fail('it said too much at once');
    this.#in = this.#in.then(async () => {
      this.#waiting -= 1;
      if (this.#ended) return;
      try {
        if (this.#publicKey) await this.#open(data);
        else await this.#greeted(data);
      } catch (error) {
        this.#fail(`what it said is not understood: ${String(error)}`);
      }
    });
  }

  async #greeted(data: unknown): Promise<void> {
    const { identity, secret, given, channel, me, peer } = this.#host;
    const hello = readHello(data);
    if (!hello) return this.#fail('it encrypts in a way that is not understood here');
    this.#stopWaiting?.();
    if (hello.given !== given) {
      const who = given ? 'This side has one and the other has none' : 'The other side has one';
      return this.#fail(`both need the same key of the application. ${who}`);
    }
    this.#publicKey = hello.publicKey;
    const mine = await identity;
    if (mine.publicKey.every((byte, at) => byte === hello.publicKey[at]))
      return this.#fail('what was said here came back');
    const us: Side = { id: me, hello: await this.#hello };
    const them: Side = { id: peer, hello: data as string };
    this.#sealer = await agree(mine, hello.publicKey, channel, us, them, await secret);
    this.#say({});
  }

  async #open(data: unknown): Promise<void> {
    if (!(data instanceof ArrayBuffer) || data.byteLength > sealedMax)
      return this.#fail('it said something that is not sealed');
    let text: string;
    try {
      text = new TextDecoder().decode(await this.#sealer!.open(new Uint8Array(data)));
    } catch {
      const why = this.#host.given
        ? 'its application has another key, or somebody between changed what was said'
        : 'somebody between changed what was said';
      return this.#fail(why);
    }
    if (this.#ended) return;
    if (!this.#confirmed) {
      this.#confirmed = true;
      this.#host.confirmed(this.#publicKey!);
    }
    const { give, key, has } = JSON.parse(text) as Record<string, unknown>;
    if (isNumber(has)) this.#host.has(has);
    if (isNumber(give) && typeof key === 'string') {
      const base = fromBase64(key);
      if (base.length !== keyBytes) throw new Error('a key of another length');
      if ((this.#giving += 1) > givingMax) return this.#fail('it gave too many keys');
      // Not waited for: who is to be verified first may take its time.
      void this.#host.gave(give, base).then(() => {
        this.#giving -= 1;
        this.#say({ has: give });
      });
    }
  }

  #say(what: object): void {
    this.#out = this.#out.then(async () => {
      if (this.#ended || !this.#sealer) return;
      this.#send(await this.#sealer.seal(utf8(JSON.stringify(what))));
    });
  }

  #send(data: string | Bytes): void {
    // Of a connection that ends, nothing is missed: the next one says all again.
    if (!this.#ended && this.#lane.readyState === 'open') this.#lane.send(data as string);
  }

  #fail(why: string): void {
    if (this.#ended) return;
    this.end();
    this.#host.failed('encryption_failed', `Nothing is sent to it or shown of it: ${why}.`);
  }
}

const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 32;
