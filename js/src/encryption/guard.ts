// Stands at a peer connection and lets nothing plain out. It is below everything else: whoever uses the connection, the SDK or the
// application by its escape hatch, uses what is replaced here.
//
// Rules
//  - Each sender and receiver gets its transform in the task that made it. Chromium takes one that comes later without a word and
//    sends as if there were none (measured: every frame, in plain text).
//  - No sender is made with a track. It gets its track when its transform is at work and the other side has a key, and is
//    without one again whenever that ends.
//  - A sender whose transform could not be set never gets a track.
import { sealable } from './clear-bytes.js';
import type { Kind } from './sframe.js';

export interface GuardHost {
  /** `receives` or sends. Throws where the browser refuses. */
  makeTransform(kind: Kind, receives: boolean): { id: number; transform: unknown };
  failed(what: string, error: unknown): void;
}

interface Kept {
  /** Of the sender's transform; undefined where it was not set. */
  readonly id: number | undefined;
  readonly replaceTrack: (track: MediaStreamTrack | null) => Promise<void>;
  wanted: MediaStreamTrack | null;
  ready: boolean;
}

/** TypeScript's library is behind the browsers in some of these. */
type Transformable = { transform: unknown };
type Legacy = { addStream?: unknown; removeStream?: unknown };

export class Guard {
  readonly #pc: RTCPeerConnection;
  readonly #host: GuardHost;
  readonly #kept = new Map<RTCRtpTransceiver, Kept>();
  #open = false;

  constructor(pc: RTCPeerConnection, host: GuardHost) {
    this.#pc = pc;
    this.#host = host;
    const { addTransceiver, setRemoteDescription } = pc;
    pc.addTransceiver = (trackOrKind, init) => {
      const isKind = typeof trackOrKind === 'string';
      const made = addTransceiver.call(pc, isKind ? trackOrKind : trackOrKind.kind, init);
      this.#adopt();
      if (!isKind) void made.sender.replaceTrack(trackOrKind);
      return made;
    };
    pc.addTrack = (track, ...streams) => pc.addTransceiver(track, { streams }).sender;
    // Of the first days, with no word of senders.
    (pc as Legacy).addStream = (pc as Legacy).removeStream = undefined;
    const set = setRemoteDescription as (description: unknown) => Promise<void>;
    // In the very task in which it is done: before whoever waits for it, and before its events are over.
    pc.setRemoteDescription = (description: unknown) =>
      set.call(pc, description).then(() => this.#adopt());
    pc.addEventListener('track', () => this.#adopt());
  }

  /** Frames of that transform pass through the worker. */
  ready(id: number): void {
    for (const kept of this.#kept.values()) {
      if (kept.id !== id) continue;
      kept.ready = true;
      this.#apply(kept);
    }
  }

  /** Whether media may pass. */
  set open(open: boolean) {
    if (this.#open === open) return;
    this.#open = open;
    for (const kept of this.#kept.values()) this.#apply(kept);
  }

  #adopt(): void {
    for (const transceiver of this.#pc.getTransceivers()) {
      if (!this.#kept.has(transceiver)) this.#keep(transceiver);
    }
  }

  #keep(transceiver: RTCRtpTransceiver): void {
    const { sender, receiver } = transceiver;
    const kind = receiver.track.kind as Kind;
    const transform = (of: RTCRtpSender | RTCRtpReceiver): number | undefined => {
      try {
        const { id, transform } = this.#host.makeTransform(kind, of === receiver);
        (of as unknown as Transformable).transform = transform;
        return id;
      } catch (error) {
        this.#host.failed(`a transform for ${kind} was not taken`, error);
        // What is not opened is not shown either.
        if (of === receiver) receiver.track.stop();
        return undefined;
      }
    };
    const replaceTrack = sender.replaceTrack.bind(sender);
    const kept: Kept = { id: transform(sender), replaceTrack, wanted: null, ready: false };
    transform(receiver);
    this.#kept.set(transceiver, kept);
    sender.replaceTrack = (track) => {
      kept.wanted = track;
      return replaceTrack(this.#passes(kept) ? track : null);
    };
    const { setCodecPreferences } = transceiver;
    transceiver.setCodecPreferences = (codecs) =>
      setCodecPreferences.call(
        transceiver,
        [...codecs].filter(({ mimeType }) => sealable.test(mimeType)),
      );
  }

  #passes({ id, ready }: Kept): boolean {
    return this.#open && id !== undefined && ready;
  }

  #apply(kept: Kept): void {
    kept
      .replaceTrack(this.#passes(kept) ? kept.wanted : null)
      // Of a connection that was closed meanwhile.
      .catch((error: unknown) => this.#host.failed('a track was not taken', error));
  }
}
