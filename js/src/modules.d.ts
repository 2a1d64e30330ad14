// What js/build.mjs puts in place of these names.

type WasmBytes = () => Uint8Array<ArrayBuffer> | Promise<WebAssembly.Module>;

declare module 'partyline:wasm' {
  export const core: WasmBytes;
  /** Undefined where the companion's file carries it. */
  export const companion: WasmBytes | undefined;
}

declare module 'partyline:companion-wasm' {
  /** Undefined where the entry knows where it is. */
  export const companion: WasmBytes | undefined;
}

declare module 'partyline:version' {
  const version: string;
  export default version;
}
