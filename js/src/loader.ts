// How a core gets into the page: its bytes are in the bundle, so there is no URL that a bundler could miss and nothing to
// fetch; of `partyline/slim` they are files (slim/serve-wasm.ts). Importing this runs nothing.
import * as wasm from 'partyline:wasm';
import { PartylineError, describe } from './errors.js';
import { rehearsal } from './rehearsal.js';
import type { Input, Output, StepResult, Typed } from './wire.js';

/** The door of wasm/door.h. */
export interface Core<In extends Typed, Out extends Typed> {
  /** Tells the core something; returns what it answers. Throws when the core broke. */
  step(nowMs: number, input: In): StepResult<Out>;
}

interface Exports {
  memory: WebAssembly.Memory;
  ['_initialize'](): void;
  room(size: number): number;
  create(seed: number, size: number): number;
  step(nowMs: number, size: number): number;
}

async function load(
  instantiate: (imports: WebAssembly.Imports) => Promise<WebAssembly.Instance>,
): Promise<Exports> {
  let memory: WebAssembly.Memory;
  const decoder = new TextDecoder();
  const instance = await instantiate({
    env: {
      // Exact for every number of JSON, and shorter than a library for it.
      number: (text: number, size: number) =>
        Number(decoder.decode(new Uint8Array(memory.buffer, text, size))),
      digits: (value: number, target: number) =>
        new TextEncoder().encodeInto(String(value), new Uint8Array(memory.buffer, target)).written,
      emscripten_notify_memory_growth: () => {},
    },
  });
  const exports = instance.exports as unknown as Exports;
  memory = exports.memory;
  exports['_initialize']();
  return exports;
}

// Shorter texts than this, as most are, are copied by hand: a call of the encoder or the decoder costs more (docs/BENCH.md).
const shortText = 512;

// Room for a description, in bytes, so that it need not be made in the middle of a call.
const ordinaryText = 32_768;

/** Text in the memory of a module. */
class TextMemory {
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();
  readonly #exports: Exports;
  #bytes: Uint8Array;
  #room = 0;
  #size = 0;
  #next = 0;

  constructor(exports: Exports) {
    this.#exports = exports;
    this.#bytes = new Uint8Array(exports.memory.buffer);
  }

  /** Writes parts of an input one after another; returns how many bytes they are. */
  write(line: string, body?: string): number {
    // A unit of UTF-16 becomes three bytes at most.
    const most = 3 * (line.length + 1 + (body?.length ?? 0));
    if (most > this.#size) this.#room = this.#exports.room((this.#size = most + ordinaryText));
    let end = this.#put(line, this.#room);
    if (body !== undefined) end = this.#put(body, this.#put('\n', end));
    return end - this.#room;
  }

  /** The text at an address, up to its NUL. */
  line(at: number): string {
    const bytes = this.#view();
    let text = '';
    for (let i = at; i < at + shortText; i++) {
      const byte = bytes[i]!;
      if (byte === 0) {
        this.#next = i + 1;
        return text;
      }
      if (byte > 127) break;
      text += String.fromCharCode(byte);
    }
    this.#next = at;
    text = this.text(bytes.indexOf(0, at) - at);
    this.#next++;
    return text;
  }

  /** So many bytes more of the text that was read last. */
  text(size: number): string {
    const from = this.#next;
    return this.#decoder.decode(this.#view().subarray(from, (this.#next = from + size)));
  }

  #put(text: string, at: number): number {
    const bytes = this.#view();
    let i = 0;
    if (text.length < shortText) {
      for (let code; i < text.length && (code = text.charCodeAt(i)) < 128; i++)
        bytes[at + i] = code;
      if (i === text.length) return at + i;
    }
    return at + this.#encoder.encodeInto(text, bytes.subarray(at)).written;
  }

  #view(): Uint8Array {
    // Memory that grew is a new buffer, and views of the old one are empty.
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.#exports.memory.buffer);
    return this.#bytes;
  }
}

/** Takes what the JSON has only the size of. */
function takeBody(output: Typed & Record<string, unknown>, memory: TextMemory): void {
  const name = bodyOf(output, 'SendFrame');
  if (name) output[name] = memory.text(output[name] as number);
}

/** The member of what has this type that goes beside the JSON, since escaping kilobytes costs more than all else. */
const bodyOf = (it: Typed, frame: string): 'text' | 'sdp' | 'body' | undefined =>
  it.type === frame ? 'text' : 'sdp' in it ? 'sdp' : 'body' in it ? 'body' : undefined;

function open<In extends Typed, Out extends Typed>(
  exports: Exports,
  options: object,
  seed: number,
): Core<In, Out> {
  const memory = new TextMemory(exports);
  const problem = memory.line(exports.create(seed, memory.write(JSON.stringify(options))));
  if (problem) throw new Error(problem);
  return {
    step(nowMs, input) {
      const name = bodyOf(input, 'FrameReceived');
      const size = name
        ? memory.write(
            JSON.stringify({ ...input, [name]: undefined }),
            (input as unknown as Record<string, string>)[name],
          )
        : memory.write(JSON.stringify(input));
      const at = exports.step(nowMs, size);
      const result = JSON.parse(memory.line(at)) as StepResult<Out>;
      if ('outputs' in result)
        result.outputs.forEach((output) =>
          takeBody(output as Typed & Record<string, unknown>, memory),
        );
      return result;
    },
  };
}

/** A core's module, compiled once for all cores that are made of it. */
export class CoreModule<In extends Typed, Out extends Typed> {
  readonly #source: WasmBytes;
  #compiled: WebAssembly.Module | undefined;

  constructor(source: WasmBytes) {
    this.#source = source;
  }

  /**
   * A core of its own memory for each client: one that breaks leaves the others alone. The options are asked for when it can
   * begin.
   */
  async create(options: () => object, seed: number): Promise<Core<In, Out>> {
    // Node does not wait for wasm: without a timer it would exit, if nothing else is under way.
    const busy = setInterval(() => {}, 1000);
    try {
      return open(await load((imports) => this.#instantiate(imports)), options(), seed);
    } catch (error) {
      this.#compiled = undefined; // the next attempt starts afresh
      throw loadFailed('The core', error);
    } finally {
      clearInterval(busy);
    }
  }

  /**
   * At once where the host lets us, since that is a few milliseconds, and several turns of the threads' queues otherwise. Chromium
   * before 116 compiles modules of more than 4 kB only in the background, and says so by a RangeError.
   */
  async #instantiate(imports: WebAssembly.Imports): Promise<WebAssembly.Instance> {
    const source = this.#compiled ?? this.#source();
    if (source instanceof Promise) this.#compiled = await source;
    try {
      this.#compiled ??= new WebAssembly.Module(source as BufferSource);
      return new WebAssembly.Instance(this.#compiled, imports);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#compiled ??= await WebAssembly.compile(source as BufferSource);
      return WebAssembly.instantiate(this.#compiled, imports);
    }
  }
}

/** Of `partyline/slim`, where the companion's module is. */
export const companionWasm = wasm.companion;

/** What part of the package could not be loaded, and why. */
export function loadFailed(what: string, error: unknown): PartylineError {
  const { name, text } = describe(error);
  const hint =
    typeof WebAssembly !== 'object'
      ? 'This host has no WebAssembly.'
      : name === 'CompileError' || name === 'EvalError'
        ? `The page's content policy may lack 'wasm-unsafe-eval' in script-src.`
        : '';
  return new PartylineError(
    'load_failed',
    `${what} could not be loaded: ${text} ${hint}`.trim(),
    error,
  );
}

let main: CoreModule<Input, Output> | undefined;

/** Makes a core of the default entry. */
export const createCore = (options: () => object, seed: number): Promise<Core<Input, Output>> =>
  (main ??= new CoreModule(wasm.core)).create(options, seed);

let prepared = false;

/** Compiles the core and what a call needs of it ahead of need, once. Whoever needs it is told when that fails. */
export function prepareCore(options: object): void {
  if (prepared) return;
  prepared = true;
  createCore(() => options, 0)
    .then((core) => rehearsal.forEach((input, i) => core.step(i * 100, input)))
    .catch(() => {});
}
