// How a publication is sent: what applications may say about it. What follows from that for each receiver is decided in the
// companion (core/companion/budget.h), and checked there (companion/check-sending.ts).

export interface SendingOptions {
  /** Bits per second of its video to each receiver, or of its audio where it has no video. Default: what its size needs. */
  maxBitrate?: number;
  /** Bits per second of its audio to each receiver. Default: the browser's. */
  maxAudioBitrate?: number;
  /** Pictures per second. Default: those of the track. */
  maxFramerate?: number;
  /** Lines of the picture; the width follows. Default: those of the track. */
  maxHeight?: number;
  /** By how much to divide width and height; 1 at least. Default 1. */
  scaleResolutionDownBy?: number;
  /** What the pictures are of: set on the track. `'detail'` and `'text'` keep the size when bits are short, `'motion'` the rate. */
  contentHint?: '' | 'motion' | 'detail' | 'text';
  /** What to keep when there is not enough of everything. Default: as `contentHint` says. */
  degradationPreference?: RTCDegradationPreference;
}

/** The same; `null` takes an option back. */
export type Sending = { [K in keyof SendingOptions]: SendingOptions[K] | null };
