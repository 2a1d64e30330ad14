// `partyline/slim`: the same without WebAssembly inside, for those who serve it as files of its own.
export * from '../index.js';
export { serveWasm } from './serve-wasm.js';
export type { WasmSource, WasmSources } from './serve-wasm.js';
