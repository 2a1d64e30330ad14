// Typed events, with two promises: no listener comes too late, and a listener that throws harms nobody.
import { PartylineError } from './errors.js';

type Listener<E> = (event: E) => unknown;

interface Entry {
  listener: Listener<never>;
  once: boolean;
  active: boolean;
  /** What was there before the listener and has not been told to it yet. */
  waiting: unknown[];
}

/** Takes the errors of listeners. */
export type ReportFailure = (error: PartylineError) => void;

/**
 * Something with events. `on` and `once` never call the listener before they have returned.
 */
export class Emitter<Events extends object> {
  readonly #entries = new Map<keyof Events, Entry[]>();
  #anyWaiting = false;

  /** Calls `listener` for each such event, also for what is already there. Returns how to stop that. */
  on<T extends keyof Events>(type: T, listener: Listener<Events[T]>): () => void {
    return this.#add(type, listener, false);
  }

  /** As `on`, for the first event only. */
  once<T extends keyof Events>(type: T, listener: Listener<Events[T]>): () => void {
    return this.#add(type, listener, true);
  }

  /** Stops calling `listener`. Without effect for one that was not added. */
  off<T extends keyof Events>(type: T, listener: Listener<Events[T]>): void {
    for (const entry of [...(this.#entries.get(type) ?? [])]) {
      if (entry.listener === listener) this.#remove(type, entry);
    }
  }

  /** @internal The events that a listener added now has missed and is still to be told. */
  _existing(_type: keyof Events): unknown[] {
    return [];
  }

  /** @internal Takes a listener's error. */
  _report(_error: PartylineError): void {}

  /** @internal */
  _hasListeners(type: keyof Events): boolean {
    return this.#entries.has(type);
  }

  /** @internal */
  _emit<T extends keyof Events>(type: T, event: Events[T], report?: ReportFailure): void {
    // Who is still to be told of the past is told that first.
    this.#tellWaiting();
    for (const entry of [...(this.#entries.get(type) ?? [])])
      this.#call(type, entry, event, report);
  }

  #add<T extends keyof Events>(type: T, listener: Listener<Events[T]>, once: boolean): () => void {
    if (typeof listener !== 'function') {
      throw new TypeError(`The listener for '${String(type)}' must be a function.`);
    }
    const entry: Entry = { listener, once, active: true, waiting: this._existing(type) };
    const entries = this.#entries.get(type);
    if (entries) entries.push(entry);
    else this.#entries.set(type, [entry]);
    if (entry.waiting.length > 0) {
      this.#anyWaiting = true;
      queueMicrotask(() => this.#tellWaiting());
    }
    return () => this.#remove(type, entry);
  }

  #remove(type: keyof Events, entry: Entry): void {
    entry.active = false;
    const entries = this.#entries.get(type);
    const index = entries?.indexOf(entry) ?? -1;
    if (index >= 0) entries!.splice(index, 1);
    if (entries?.length === 0) this.#entries.delete(type);
  }

  #tellWaiting(): void {
    if (!this.#anyWaiting) return;
    this.#anyWaiting = false;
    for (const [type, entries] of [...this.#entries]) {
      for (const entry of [...entries]) {
        for (const event of entry.waiting.splice(0)) this.#call(type, entry, event);
      }
    }
  }

  #call(type: keyof Events, entry: Entry, event: unknown, report?: ReportFailure): void {
    if (!entry.active) return;
    if (entry.once) this.#remove(type, entry);
    const failed = (cause: unknown): void => {
      const text = `A listener for '${String(type)}' failed: ${String(cause)}`;
      const error = new PartylineError('listener_failed', text, cause);
      if (report) report(error);
      else this._report(error);
    };
    try {
      const result = entry.listener(event as never);
      if (typeof (result as PromiseLike<unknown> | undefined)?.then === 'function') {
        (result as PromiseLike<unknown>).then(undefined, failed);
      }
    } catch (cause) {
      failed(cause);
    }
  }
}
