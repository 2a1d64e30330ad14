// How the core gets into the page: the compiled bytes are in the bundle, so there is no URL that a bundler could miss and
// nothing to fetch. Importing this runs nothing.
import createGlue from 'partyline:glue';
import { wasmBytes } from 'partyline:bytes';
import { PartylineError, describe } from './errors.js';

/** The door of wasm/bindings.cc. */
export interface Core {
  error(): string;
  step(nowMs: number, inputJson: string): string;
  delete(): void;
}

let compiled: Promise<WebAssembly.Module> | undefined;

const compile = async (): Promise<WebAssembly.Module> => WebAssembly.compile(await wasmBytes());

/** A core of its own memory for each client, out of one compiled module: one that breaks leaves the others alone. */
export async function createCore(options: object, seed: number): Promise<Core> {
  try {
    const module = await (compiled ??= compile());
    const glue = await new Promise<{ Core: new (options: string, seed: number) => Core }>(
      (resolve, reject) => {
        createGlue({
          instantiateWasm(imports, receive) {
            WebAssembly.instantiate(module, imports).then(receive, reject);
            return {};
          },
        }).then(resolve, reject);
      },
    );
    const core = new glue.Core(JSON.stringify(options), seed);
    const problem = core.error();
    if (problem) throw new Error(problem);
    return core;
  } catch (error) {
    compiled = undefined; // the next attempt starts afresh
    const { name, text } = describe(error);
    const hint =
      typeof WebAssembly !== 'object'
        ? 'This host has no WebAssembly.'
        : name === 'CompileError' || name === 'EvalError'
          ? `The page's content policy may lack 'wasm-unsafe-eval' in script-src.`
          : '';
    throw new PartylineError(
      'load_failed',
      `The core could not be loaded: ${text} ${hint}`.trim(),
      error,
    );
  }
}
