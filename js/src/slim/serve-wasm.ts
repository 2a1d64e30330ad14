// Where the two modules of WebAssembly come from in `partyline/slim`, which does not carry them.

/** A module of WebAssembly, or where it is. */
export type WasmSource = string | URL | Response | BufferSource | WebAssembly.Module;

/** Each as it is, as a promise of it, or as a function that is called when it is needed. */
export interface WasmSources {
  /** `partyline/core.wasm`. Default: `core.wasm` beside the package's file. */
  core?: WasmSource | Promise<WasmSource> | (() => WasmSource | Promise<WasmSource>);
  /** `partyline/companion.wasm`, which is needed when a call stands. Default: `companion.wasm` beside the package's file. */
  companion?: WasmSources['core'];
}

const given: WasmSources = {};

/**
 * Says where the modules are, before the first `join`. What is not named stays as it was.
 *
 *     import coreUrl from 'partyline/core.wasm?url';
 *     import companionUrl from 'partyline/companion.wasm?url';
 *     serveWasm({ core: coreUrl, companion: companionUrl });
 */
export function serveWasm(sources: WasmSources): void {
  for (const name of Object.keys(sources)) {
    if (name !== 'core' && name !== 'companion')
      throw new TypeError(
        `serveWasm(sources): '${name}' is unknown; there are 'core' and 'companion'.`,
      );
  }
  Object.assign(given, sources);
}

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (typeof source === 'string' || source instanceof URL) source = await fetch(source);
  if (!('headers' in source)) return WebAssembly.compile(source as BufferSource);
  if (!source.ok) throw new Error(`${source.url} was answered with ${source.status}.`);
  // Streaming asks for a content type that not every server knows.
  return source.headers.get('content-type')?.startsWith('application/wasm')
    ? WebAssembly.compileStreaming(source)
    : WebAssembly.compile(await source.arrayBuffer());
}

async function moduleOf(
  source: WasmSources['core'],
  otherwise: () => URL,
): Promise<WebAssembly.Module> {
  return compile(await (typeof source === 'function' ? source() : (source ?? otherwise())));
}

// Spelled out, since that is how bundlers find files.
export const coreModule = (): Promise<WebAssembly.Module> =>
  moduleOf(given.core, () => new URL('./core.wasm', import.meta.url));
export const companionModule = (): Promise<WebAssembly.Module> =>
  moduleOf(given.companion, () => new URL('./companion.wasm', import.meta.url));
