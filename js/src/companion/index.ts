// The shim of the companion: carries its orders out, as driver.ts does for the core. It is a file of its own, loaded when the
// first call stands or when something first needs it. Of the entry it has types only: what it shares comes by its host.
import * as wasm from 'partyline:companion-wasm';
import type { CompanionHost } from '../companion-link.js';
import type { CompanionInput, CompanionOutput } from '../companion-wire.js';
import type { PartylineError } from '../errors.js';
import type { Core, CoreModule } from '../loader.js';

let module: CoreModule<CompanionInput, CompanionOutput> | undefined;

/** Makes a companion for a line. */
export async function openCompanion(
  host: CompanionHost,
): Promise<{ companion: Companion; core: Core<CompanionInput, CompanionOutput> }> {
  module ??= new host.CoreModule((host.wasm ?? wasm.companion)!);
  const core = await module.create(() => ({}), host.driver.platform.randomSeed());
  return { companion: new Companion(host), core };
}

export class Companion {
  readonly #host: CompanionHost;

  constructor(host: CompanionHost) {
    this.#host = host;
  }

  carryOut(output: CompanionOutput): void {
    switch (output.type) {
      case 'CallDone':
        return this.#host.driver.callDone(output);
      case 'Log':
        return this.#host.driver.logged(output);
    }
  }

  /** Nothing is carried out afterwards, and nothing is left running. */
  end(_error: PartylineError): void {}
}
