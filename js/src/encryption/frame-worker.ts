// The worker as the page sees it.
import { describe } from '../errors.js';
import type { FrameCounts, FromWorker, ToWorker, TransformOptions } from './worker-protocol.js';

/** In browsers, and not in TypeScript's library everywhere. */
type ScriptTransform = new (worker: Worker, options: TransformOptions) => unknown;

const scriptTransform = (): ScriptTransform | undefined =>
  (globalThis as { RTCRtpScriptTransform?: ScriptTransform }).RTCRtpScriptTransform;

/** Why this browser cannot encrypt media, in words; '' where it can. */
export function unsupported(): string {
  if (!globalThis.crypto?.subtle)
    return 'Browsers have WebCrypto only on https:// pages and on localhost.';
  const { prototype } = (globalThis.RTCRtpSender ?? {}) as { prototype?: object };
  if (!scriptTransform() || !prototype || !('transform' in prototype))
    return 'This browser has no RTCRtpScriptTransform: it lets nobody see frames before they are sent. Chromium, Firefox 117 and Safari 15.4 or later have it.';
  return '';
}

export class FrameWorker {
  readonly #worker: Worker;
  readonly #heard: (message: FromWorker) => void;
  readonly #calls = new Map<number, (counts: FrameCounts | undefined) => void>();
  /** It runs; or rejects with words. */
  readonly here: Promise<void>;
  #lastId = 0;

  /** Throws where none can be made. */
  constructor(
    start: () => Worker,
    heard: (message: FromWorker) => void,
    broke: (why: string) => void,
  ) {
    this.#worker = start();
    this.#heard = heard;
    this.here = new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }) => {
        const message = data as FromWorker;
        if (message.type === 'Here') resolve();
        else this.#told(message);
      };
      this.#worker.onerror = (event) => {
        const why = event.message || 'its file could not be loaded';
        reject(new Error(why));
        broke(why);
      };
    });
    this.here.catch(() => undefined);
  }

  post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  learn(member: string, kid: number, base: Uint8Array<ArrayBuffer>): Promise<unknown> {
    return this.#call((call) => ({ type: 'Theirs', call, member, kid, base }));
  }

  async count(): Promise<FrameCounts | undefined> {
    return this.#call((call) => ({ type: 'Count', call }));
  }

  /** Throws where the browser refuses. */
  transform(options: Omit<TransformOptions, 'id'>): { id: number; transform: unknown } {
    const id = (this.#lastId += 1);
    return { id, transform: new (scriptTransform()!)(this.#worker, { ...options, id }) };
  }

  end(): void {
    this.#worker.onmessage = this.#worker.onerror = null;
    this.#worker.terminate();
  }

  #call(message: (call: number) => ToWorker): Promise<FrameCounts | undefined> {
    const call = (this.#lastId += 1);
    return new Promise((resolve) => {
      this.#calls.set(call, resolve);
      this.post(message(call));
    });
  }

  #told(message: FromWorker): void {
    if (message.type !== 'Done') return this.#heard(message);
    this.#calls.get(message.call)?.(message.counts);
    this.#calls.delete(message.call);
  }
}

/** Starts what the option says, or the file beside this one. */
export function startWorker(given: string | URL | (() => Worker) | undefined): Worker {
  if (typeof given === 'function') return given();
  if (given !== undefined) return new Worker(given, { type: 'module' });
  // In these very words: bundlers look for them.
  return new Worker(new URL('./encryption-worker.js', import.meta.url), { type: 'module' });
}

export const workerFailed = (error: unknown): string =>
  `The worker that encrypts did not start: ${describe(error).text}. Some bundlers do not find it by themselves: serve 'partyline/encryption-worker' and give its URL as encryption({ worker }).`;
