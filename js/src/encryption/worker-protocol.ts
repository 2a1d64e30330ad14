// What page and worker tell one another. Keys are named by whose they are: `own` with the channel, `theirs` with channel and member.
import type { Bytes } from './bytes.js';
import type { Kind, Refusal } from './sframe.js';

/** What a transform is for. */
export interface TransformOptions {
  readonly id: number;
  readonly kind: Kind;
  /** Sends frames of this session; or else receives frames of that member. */
  readonly session: number;
  readonly member: string | null;
}

export type ToWorker =
  | { type: 'Own'; channel: number; kid: number; base: Bytes }
  | { type: 'ForgetOwn'; channel: number; kid: number }
  | { type: 'Use'; session: number; channel: number; kid: number | null }
  | { type: 'Theirs'; call: number; member: string; kid: number; base: Bytes }
  | { type: 'ForgetTheirs'; member: string }
  | { type: 'Count'; call: number };

export type FromWorker =
  | { type: 'Here' }
  /** Frames of that transform pass here from now on. */
  | { type: 'Ready'; id: number }
  | { type: 'Done'; call: number; counts?: FrameCounts }
  /** The first frame of a session that was not let through for that reason. */
  | { type: 'Refused'; session: number; sends: boolean; why: Refusal };

/** How many frames went where. */
export interface FrameCounts {
  /** Sealed, and sent. */
  sealed: number;
  /** Came sealed, and were opened. */
  opened: number;
  /** Were to be sent before there was a key, and were not. */
  withheld: number;
  /** Came and were not let through, by reason: `plain` ones were not sealed at all. */
  refused: { [why in Refusal]?: number };
}
