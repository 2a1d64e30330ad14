// How the core gets into the page: its bytes are in the bundle, so there is no URL that a bundler could miss and nothing to
// fetch. Importing this runs nothing.
import { wasmBytes } from 'partyline:bytes';
import { PartylineError, describe } from './errors.js';

/** The door of wasm/bindings.cc. */
export interface Core {
  /** Tells the core something, as JSON; the answer is JSON too. Throws when the core broke. */
  step(nowMs: number, input: string): string;
}

interface Exports {
  memory: WebAssembly.Memory;
  ['_initialize'](): void;
  input(size: number): number;
  output(): number;
  output_size(): number;
  create(seed: number): void;
  step(nowMs: number): void;
}

let compiled: Promise<WebAssembly.Module> | undefined;

const compile = async (): Promise<WebAssembly.Module> => WebAssembly.compile(wasmBytes());

async function instantiate(): Promise<Exports> {
  let memory: WebAssembly.Memory;
  const decoder = new TextDecoder();
  const module = await (compiled ??= compile());
  const instance = await WebAssembly.instantiate(module, {
    env: {
      // Exact for every number of JSON, and shorter than a library for it.
      number: (text: number, size: number) =>
        Number(decoder.decode(new Uint8Array(memory.buffer, text, size))),
      emscripten_notify_memory_growth: () => {},
    },
  });
  const exports = instance.exports as unknown as Exports;
  memory = exports.memory;
  exports['_initialize']();
  return exports;
}

/** A core of its own memory for each client, out of one compiled module: one that breaks leaves the others alone. */
export async function createCore(options: object, seed: number): Promise<Core> {
  // Node does not wait for wasm: without a timer it would exit, if nothing else is under way.
  const busy = setInterval(() => {}, 1000);
  try {
    const core = await instantiate();
    const encoder = new TextEncoder();
    const decoder = new TextDecoder();
    const write = (text: string): void => {
      const bytes = encoder.encode(text);
      // The room first: making it may replace the buffer.
      const at = core.input(bytes.length);
      new Uint8Array(core.memory.buffer, at, bytes.length).set(bytes);
    };
    const read = (): string =>
      decoder.decode(new Uint8Array(core.memory.buffer, core.output(), core.output_size()));
    write(JSON.stringify(options));
    core.create(seed);
    const problem = read();
    if (problem) throw new Error(problem);
    return {
      step(nowMs, input) {
        write(input);
        core.step(nowMs);
        return read();
      },
    };
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
  } finally {
    clearInterval(busy);
  }
}
