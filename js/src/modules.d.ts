// What js/build.mjs puts in place of these names.

declare module 'partyline:bytes' {
  export function wasmBytes(): Uint8Array<ArrayBuffer>;
}

declare module 'partyline:companion-bytes' {
  export function wasmBytes(): Uint8Array<ArrayBuffer>;
}

declare module 'partyline:version' {
  const version: string;
  export default version;
}
