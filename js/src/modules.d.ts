// What js/build.mjs puts in place of these names.

declare module 'partyline:glue' {
  export default function createGlue(module: {
    instantiateWasm(
      imports: WebAssembly.Imports,
      receive: (instance: WebAssembly.Instance) => void,
    ): object;
  }): Promise<{
    Core: new (options: string, seed: number) => import('./loader.js').Core;
  }>;
}

declare module 'partyline:bytes' {
  export function wasmBytes(): Promise<BufferSource> | BufferSource;
}

declare module 'partyline:version' {
  const version: string;
  export default version;
}
