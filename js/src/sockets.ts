// WebSockets by their numbers.
import { describe } from './errors.js';
import type { Platform } from './platform.js';
import type { Input, Named, Output } from './wire.js';

// limits::kSubprotocol and limits::kHubFrameBytesMax; a test compares them.
export const subprotocol = 'partyline.v1';
export const frameBytesMax = 4 * 1024 * 1024;

export class Sockets {
  readonly #platform: Platform;
  readonly #submit: (input: Input) => void;
  readonly #sockets = new Map<number, WebSocket>();
  #early: { url: string; web: WebSocket } | undefined;

  constructor(platform: Platform, submit: (input: Input) => void) {
    this.#platform = platform;
    this.#submit = submit;
  }

  /** Opens a socket that the core is about to order: there is no need to wait until it is loaded. */
  openEarly(url: string): void {
    try {
      this.#early = { url, web: this.#platform.createWebSocket(url, subprotocol) };
    } catch {
      // The core is told when it orders it.
    }
  }

  /** Closes what was opened early, and was not ordered after all. */
  dropEarly(): void {
    this.#early?.web.close();
    this.#early = undefined;
  }

  open({ socket, url }: Named<Output, 'OpenSocket'>): void {
    const closed = (code: number, reason: string): void => {
      this.#forget(socket);
      this.#submit({ type: 'SocketClosed', socket, code, reason });
    };
    let web: WebSocket;
    const early = this.#early?.url === url ? this.#early.web : undefined;
    if (early) this.#early = undefined;
    try {
      // One that failed meanwhile is not worth a report: another attempt tells why.
      web =
        early && early.readyState < 2 ? early : this.#platform.createWebSocket(url, subprotocol);
    } catch (error) {
      return closed(1006, describe(error).text);
    }
    this.#sockets.set(socket, web);
    web.binaryType = 'arraybuffer';
    web.onopen = () => this.#submit({ type: 'SocketOpened', socket });
    web.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== 'string') return this.#submit({ type: 'BinaryReceived', socket });
      // What is too long is refused by the core, and need not be carried there whole.
      this.#submit({ type: 'FrameReceived', socket, text: data.slice(0, frameBytesMax + 1) });
    };
    web.onclose = ({ code, reason }) => closed(code || 1006, reason ?? '');
    if (web.readyState === 1) this.#submit({ type: 'SocketOpened', socket });
  }

  send({ socket, text }: Named<Output, 'SendFrame'>): void {
    const web = this.#sockets.get(socket);
    // One that is closing says so itself.
    if (web?.readyState === 1) web.send(text);
  }

  close({ socket, code, reason }: Named<Output, 'CloseSocket'>): void {
    this.#forget(socket)?.close(code, reason);
  }

  closeAll(): void {
    this.dropEarly();
    for (const socket of [...this.#sockets.keys()]) this.#forget(socket)?.close();
  }

  #forget(socket: number): WebSocket | undefined {
    const web = this.#sockets.get(socket);
    this.#sockets.delete(socket);
    if (web) web.onopen = web.onmessage = web.onclose = null;
    return web;
  }
}
