// Runs one core: what it is told waits in a queue until it is there, what it orders is carried out in turn, and it is woken when
// it asked to be. The core and the companion each have one.
import type { Core } from './loader.js';
import type { Platform } from './platform.js';
import type { StepResult, Typed, WireError } from './wire.js';

// Timers of browsers overflow above this.
const timerMax = 2 ** 31 - 1;

/** What a runner needs of whoever has it. */
export interface RunnerHost<In, Out> {
  readonly platform: Platform;
  carryOut(output: Out): void;
  /** An input was not understood. */
  refused(input: In, error: WireError): void;
  /** The core broke: it is not stepped again. */
  broke(cause: unknown): void;
  failed(text: string, error: unknown): void;
  /** Before each step: what comes, and what the one before was answered with. */
  record(now: number, input: In, answer: Out[]): void;
}

export class CoreRunner<In extends Typed, Out extends Typed> {
  readonly #host: RunnerHost<In, Out>;
  readonly #waiting: In[] = [];
  #core: Core<In, Out> | undefined;
  #running = false;
  #ended = false;
  #last: (() => void) | undefined;
  #timer: unknown;
  #wakeup: number | null = null;
  #answer: Out[] = [];

  constructor(host: RunnerHost<In, Out>) {
    this.#host = host;
  }

  get started(): boolean {
    return this.#core !== undefined;
  }

  /** Begins with what has waited, after `first`. */
  start(core: Core<In, Out>, first?: In): void {
    if (this.#ended) return;
    this.#core = core;
    if (first) this.#waiting.unshift(first);
    this.#run();
  }

  /** Tells the core, as soon as it is there and has carried out what it was told before. */
  submit(input: In): void {
    if (this.#ended) return;
    this.#waiting.push(input);
    if (this.#core && !this.#running) this.#run();
  }

  /** Tells the core for the last time, and calls `then` when that was carried out. */
  submitLast(input: In, then: () => void): void {
    this.#last = then;
    this.submit(input);
    if (!this.#running) this.#finish();
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting.length = 0;
  }

  /** Nothing is carried out afterwards, and no timer is left. */
  end(): void {
    this.#ended = true;
    this.clear();
    this.#setTimer(null);
    this.#core = undefined;
  }

  #run(): void {
    this.#running = true;
    for (let input = this.#waiting.shift(); input; input = this.#waiting.shift()) {
      this.#step(input);
    }
    this.#running = false;
    this.#finish();
    if (!this.#ended) this.#setTimer(this.#wakeup);
  }

  #finish(): void {
    const last = this.#last;
    this.#last = undefined;
    last?.();
  }

  #step(input: In): void {
    let result: StepResult<Out>;
    const host = this.#host;
    const now = host.platform.now();
    host.record(now, input, this.#answer);
    try {
      result = this.#core!.step(now, input);
    } catch (cause) {
      host.broke(cause);
      return;
    }
    if ('error' in result) {
      host.refused(input, result.error);
      return;
    }
    this.#wakeup = result.wakeup;
    this.#answer = result.outputs;
    for (const output of result.outputs) {
      if (this.#ended) return;
      try {
        host.carryOut(output);
      } catch (error) {
        host.failed(`${output.type} failed`, error);
      }
    }
  }

  #setTimer(wakeup: number | null): void {
    const { platform } = this.#host;
    if (this.#timer !== undefined) platform.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (wakeup === null) return;
    const ms = Math.max(0, Math.min(timerMax, Math.ceil(wakeup - platform.now())));
    this.#timer = platform.setTimeout(() => {
      this.#timer = undefined;
      this.submit({ type: 'Wakeup' } as In);
    }, ms);
  }
}
