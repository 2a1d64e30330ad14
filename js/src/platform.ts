// Everything that the SDK takes from its host, in one place: replaceable for tests, Node and native shells.
import { handOver, takeOver } from './tab.js';

/** What the SDK needs of its host. `options.platform` replaces any of it. */
export interface Platform {
  createWebSocket(url: string, protocol: string): WebSocket;
  createPeerConnection(configuration: RTCConfiguration): RTCPeerConnection;
  createMediaStream(): MediaStream;
  /** Calls back when there is nothing else to do; never, where nobody is waiting for a quick start. */
  whenIdle(callback: () => void): void;
  /** Gets ready what the first peer connection will need. */
  warmUp(): void;
  /** What can be received, or null where nobody can say. */
  capabilities(kind: 'audio' | 'video'): RTCRtpCapabilities | null;
  getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream>;
  getDisplayMedia(options: DisplayMediaStreamOptions): Promise<MediaStream>;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  /** Milliseconds since some start; never goes back. */
  now(): number;
  /** A whole number from 0 to 2^53 - 1. */
  randomSeed(): number;
  isOnline(): boolean;
  /** Listens to the host's connectivity until the returned function is called. */
  onNetworkChange(changed: (online: boolean) => void): () => void;
  /**
   * Listens, until the returned function is called, to what becomes of the page: `resumed` after it may have slept or changed
   * networks, `hidden` when its tab goes to another page (and may come back to this one), `leaving` when it ends for good.
   */
  onPageChange(changed: (what: 'resumed' | 'hidden' | 'leaving') => void): () => void;
  /** Keeps a secret for the next page in this tab. It is the same peer to the others then. */
  handOver(slot: string, text: string): void;
  /** Gives what the page before handed over, once; '' where there is nothing. */
  takeOver(slot: string): string;
}

type Listener = (event: Event) => void;

/** Listens where there is something to listen to; returns how to stop. */
function listen(
  listeners: readonly (readonly [target: unknown, type: string, listener: Listener])[],
): () => void {
  const abort = new AbortController();
  for (const [target, type, listener] of listeners) {
    (target as Partial<EventTarget> | undefined)?.addEventListener?.(type, listener, {
      signal: abort.signal,
    });
  }
  return () => abort.abort();
}

function mediaDevices(method: 'getUserMedia' | 'getDisplayMedia'): MediaDevices {
  const devices = globalThis.navigator?.mediaDevices;
  if (typeof devices?.[method] === 'function') return devices;
  const why =
    globalThis.isSecureContext === false
      ? 'This page is no secure context: browsers allow cameras, microphones and screens only on https:// pages and on localhost.'
      : `This browser has no navigator.mediaDevices.${method}().`;
  throw new DOMException(why, 'NotSupportedError');
}

function whenIdle(callback: () => void): void {
  if (!globalThis.document) return;
  if (typeof requestIdleCallback === 'function') requestIdleCallback(callback);
  else setTimeout(callback, 200);
}

let warm = false;

/** A page's first peer connection starts threads and looks codecs up, for tens of milliseconds: this one is never used. */
function warmUp(): void {
  if (warm || !globalThis.RTCPeerConnection) return;
  warm = true;
  try {
    const pc = new RTCPeerConnection();
    // In a task of its own: together they would keep the page from painting.
    whenIdle(() => {
      pc.addTransceiver('audio');
      pc.addTransceiver('video');
      const done = (): void => pc.close();
      pc.createOffer().then(done, done);
    });
  } catch {
    // Whoever needs one is told.
  }
}

/** The browser's. Nothing is looked up before it is needed, so that the package can be imported anywhere. */
export const browserPlatform: Platform = {
  createWebSocket: (url, protocol) => new WebSocket(url, protocol),
  createPeerConnection: (configuration) => new RTCPeerConnection(configuration),
  createMediaStream: () => new MediaStream(),
  whenIdle,
  warmUp,
  capabilities: (kind) => globalThis.RTCRtpReceiver?.getCapabilities?.(kind) ?? null,
  getUserMedia: async (constraints) => mediaDevices('getUserMedia').getUserMedia(constraints),
  getDisplayMedia: async (options) => mediaDevices('getDisplayMedia').getDisplayMedia(options),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  now: () => performance.now(),
  randomSeed: () => {
    const [low = 0, high = 0] = crypto.getRandomValues(new Uint32Array(2));
    return (high & 0x1fffff) * 2 ** 32 + low;
  },
  isOnline: () => globalThis.navigator?.onLine !== false,
  onNetworkChange: (changed) =>
    listen([
      [globalThis, 'online', () => changed(true)],
      [globalThis, 'offline', () => changed(false)],
    ]),
  onPageChange: (changed) => {
    const page = globalThis.document;
    const resumed = (): void => changed('resumed');
    return listen([
      [page, 'visibilitychange', () => page.visibilityState === 'visible' && resumed()],
      [page, 'resume', resumed],
      [globalThis, 'pageshow', (event) => (event as PageTransitionEvent).persisted && resumed()],
      [
        (globalThis.navigator as { connection?: unknown } | undefined)?.connection,
        'change',
        resumed,
      ],
      [
        globalThis,
        'pagehide',
        (event) => changed((event as PageTransitionEvent).persisted ? 'hidden' : 'leaving'),
      ],
    ]);
  },
  handOver,
  takeOver,
};
