// The error codes of core/include/partyline/error_codes.h; a test compares the two lists.

/** Where the same attempt may succeed later. */
export const retryable = [
  'restarting',
  'overloaded',
  'slow_reader',
  'hello_timeout',
  'too_many_connections',
  'heartbeat_timeout',
  'out_of_step',
  'identity_contested',
  'token_expired',
  'token_refused',
  'channel_full',
  'endpoint_unreachable',
  'gave_up',
  'negotiation_failed',
  'delivery_unknown',
  'media_in_use',
  'media_failed',
  'load_failed',
] as const;

/** Where it may not: a type only, which is not in the bundle. */
type Lasting =
  | 'protocol_error'
  | 'unsupported_version'
  | 'key_unknown'
  | 'origin_refused'
  | 'frame_too_large'
  | 'session_taken'
  | 'identity_in_use'
  | 'kicked'
  | 'unknown_type'
  | 'channel_not_allowed'
  | 'join_not_allowed'
  | 'channel_closed'
  | 'channel_name_invalid'
  | 'too_many_channels'
  | 'not_in_channel'
  | 'peer_not_found'
  | 'publish_not_allowed'
  | 'send_not_allowed'
  | 'message_too_large'
  | 'metadata_too_large'
  | 'too_many_publications'
  | 'invalid_state'
  | 'invalid_argument'
  | 'closed'
  | 'aborted'
  | 'already_joined'
  | 'publication_exists'
  | 'messages_missed'
  | 'media_permission_denied'
  | 'media_not_found'
  | 'media_unsupported'
  | 'encryption_unsupported'
  | 'encryption_failed'
  | 'listener_failed'
  | 'internal';

/** What went wrong, for programs. */
export type ErrorCode = (typeof retryable)[number] | Lasting;

/** Every error of the SDK, except wrong arguments, which are `TypeError`s. */
export class PartylineError extends Error {
  override readonly name = 'PartylineError';
  /** What went wrong, for programs: one of a list that stays stable. */
  readonly code: ErrorCode;
  /** Whether the same attempt may succeed later. */
  readonly retryable: boolean;
  /** What the platform or the application said, where there is such a thing. */
  declare readonly cause?: unknown;

  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(message || code, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = (retryable as readonly string[]).includes(code);
  }
}

/** Name and words of whatever was thrown. */
export function describe(thrown: unknown): { name: string; text: string } {
  const { name, message } = (thrown ?? {}) as { name?: unknown; message?: unknown };
  return {
    name: typeof name === 'string' ? name : 'Error',
    text: typeof message === 'string' ? message : String(thrown),
  };
}
