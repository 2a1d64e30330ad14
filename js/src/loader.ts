// How the core gets into the page: its bytes are in the bundle, so there is no URL that a bundler could miss and nothing to
// fetch. Importing this runs nothing.
import { wasmBytes } from 'partyline:bytes';
import { PartylineError, describe } from './errors.js';
import { rehearsal } from './rehearsal.js';
import type { Input, Output, StepResult } from './wire.js';

/** The door of wasm/bindings.cc. */
export interface Core {
  /** Tells the core something; returns what it answers. Throws when the core broke. */
  step(nowMs: number, input: Input): StepResult;
}

interface Exports {
  memory: WebAssembly.Memory;
  ['_initialize'](): void;
  room(size: number): number;
  create(seed: number, size: number): number;
  step(nowMs: number, size: number): number;
}

let compiled: WebAssembly.Module | undefined;

/**
 * At once where the host lets us, since that is a few milliseconds, and several turns of the threads' queues otherwise. Chromium
 * before 116 compiles modules of more than 4 kB only in the background, and says so by a RangeError.
 */
async function instantiate(imports: WebAssembly.Imports): Promise<WebAssembly.Instance> {
  const bytes = compiled ? undefined : wasmBytes();
  try {
    return new WebAssembly.Instance((compiled ??= new WebAssembly.Module(bytes!)), imports);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    compiled ??= await WebAssembly.compile(bytes!);
    return WebAssembly.instantiate(compiled, imports);
  }
}

async function load(): Promise<Exports> {
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
function takeBody(output: Output, memory: TextMemory): void {
  if (output.type === 'SendFrame') output.text = memory.text(output.text as unknown as number);
  else if ('body' in output) output.body = memory.text(output.body as unknown as number);
  else if ('sdp' in output) output.sdp = memory.text(output.sdp as unknown as number);
}

/** The member of an input that goes beside the JSON, since escaping kilobytes costs more than all else. */
const bodyOf = (input: Input): 'text' | 'sdp' | 'body' | undefined =>
  input.type === 'FrameReceived'
    ? 'text'
    : 'sdp' in input
      ? 'sdp'
      : 'body' in input
        ? 'body'
        : undefined;

function open(exports: Exports, options: object, seed: number): Core {
  const memory = new TextMemory(exports);
  const problem = memory.line(exports.create(seed, memory.write(JSON.stringify(options))));
  if (problem) throw new Error(problem);
  return {
    step(nowMs, input) {
      const name = bodyOf(input);
      const size = name
        ? memory.write(
            JSON.stringify({ ...input, [name]: undefined }),
            (input as unknown as Record<string, string>)[name],
          )
        : memory.write(JSON.stringify(input));
      const at = exports.step(nowMs, size);
      const result = JSON.parse(memory.line(at)) as StepResult;
      if ('outputs' in result) result.outputs.forEach((output) => takeBody(output, memory));
      return result;
    },
  };
}

let prepared = false;

/** Compiles the core and what a call needs of it ahead of need, once. Whoever needs it is told when that fails. */
export function prepareCore(options: object): void {
  if (prepared) return;
  prepared = true;
  createCore(() => options, 0)
    .then((core) => rehearsal.forEach((input, i) => core.step(i * 100, input)))
    .catch(() => {});
}

/**
 * A core of its own memory for each client, out of one compiled module: one that breaks leaves the others alone. The options
 * are asked for when it can begin.
 */
export async function createCore(options: () => object, seed: number): Promise<Core> {
  // Node does not wait for wasm: without a timer it would exit, if nothing else is under way.
  const busy = setInterval(() => {}, 1000);
  try {
    return open(await load(), options(), seed);
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
