// The way to the companion: the second core and its shim, which are loaded a second after the first peer is connected, or when
// something first needs them (docs/ARCHITECTURE.md). What they are to be told waits until they are there.
import type { CompanionInput, CompanionOutput } from './companion-wire.js';
import type { Companion } from './companion/index.js';
import { CoreRunner } from './core-runner.js';
import type { AppOutput, Driver } from './driver.js';
import { PartylineError, describe } from './errors.js';
import { CoreModule, companionWasm, loadFailed } from './loader.js';
import type { Settings } from './options.js';

/** What the companion's shim needs of the entry, of which it has no copy. */
export interface CompanionHost {
  readonly driver: Driver;
  readonly settings: Settings;
  /** Tells the companion's core. */
  tell(input: CompanionInput): void;
  /** Tells the application. */
  told(output: AppOutput): void;
  readonly CoreModule: typeof CoreModule;
  /** Undefined where its own file carries it. */
  readonly wasm: WasmBytes | undefined;
  readonly PartylineError: typeof PartylineError;
  readonly describe: typeof describe;
}

const patienceMs = 1000;

export class CompanionLink {
  readonly #driver: Driver;
  readonly #settings: Settings;
  readonly #told: (output: AppOutput) => void;
  readonly #runner: CoreRunner<CompanionInput, CompanionOutput>;
  #companion: Companion | undefined;
  #loading: Promise<Companion> | undefined;
  #ended: PartylineError | undefined;
  #timer: unknown;

  constructor(driver: Driver, settings: Settings, told: (output: AppOutput) => void) {
    this.#driver = driver;
    this.#settings = settings;
    this.#told = told;
    this.#runner = new CoreRunner({
      platform: driver.platform,
      carryOut: (output) => this.#companion!.carryOut(output),
      refused: (input, error) => driver.refused(input, error),
      broke: (cause) => this.#broke(cause),
      failed: (text, error) => driver.failed(text, error),
      record: () => {},
    });
  }

  /** Tells the companion's core, as soon as it is there. */
  tell(input: CompanionInput): void {
    this.#runner.submit(input);
  }

  /** The companion; where it could not be loaded, the next who needs it tries again. */
  load(): Promise<Companion> {
    if (this.#ended) return Promise.reject(this.#ended);
    return (this.#loading ??= this.#open().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    }));
  }

  /** When the first pictures of the call had their time. */
  loadSoon(): void {
    if (this.#loading || this.#timer !== undefined || this.#ended) return;
    const { platform } = this.#driver;
    this.#timer = platform.setTimeout(() => {
      this.#timer = undefined;
      platform.whenIdle(() =>
        this.load().catch((error: unknown) => this.#driver.failed('a part is missing', error)),
      );
    }, patienceMs);
  }

  end(error: PartylineError): void {
    this.#ended ??= error;
    if (this.#timer !== undefined) this.#driver.platform.clearTimeout(this.#timer);
    this.#runner.end();
    this.#companion?.end(error);
  }

  async #open(): Promise<Companion> {
    const module = await import('./companion/index.js').catch((error: unknown) => {
      throw loadFailed('A part of the package (companion.js)', error);
    });
    const { companion, core } = await module.openCompanion({
      driver: this.#driver,
      settings: this.#settings,
      tell: (input) => this.tell(input),
      told: this.#told,
      CoreModule,
      wasm: companionWasm,
      PartylineError,
      describe,
    });
    if (this.#ended) throw this.#ended;
    this.#companion = companion;
    this.#runner.start(core);
    return companion;
  }

  /** Calls go on without it. */
  #broke(cause: unknown): void {
    const { text } = describe(cause);
    this.#driver.failed('the companion failed', cause);
    this.end(
      new PartylineError(
        'internal',
        `A part of Partyline failed; the call goes on without it. ${text}`,
        cause,
      ),
    );
  }
}
