// The error codes of core/include/partyline/error_codes.h; a test compares the two lists.

/** Whether the same attempt may succeed later, for every code there is. */
export const errorCodes = {
  restarting: true,
  overloaded: true,
  slow_reader: true,
  hello_timeout: true,
  too_many_connections: true,
  heartbeat_timeout: true,
  out_of_step: true,
  identity_contested: true,
  token_expired: true,
  token_refused: true,
  protocol_error: false,
  unsupported_version: false,
  key_unknown: false,
  origin_refused: false,
  frame_too_large: false,
  session_taken: false,
  identity_in_use: false,
  kicked: false,
  unknown_type: false,
  channel_not_allowed: false,
  join_not_allowed: false,
  channel_closed: false,
  channel_name_invalid: false,
  channel_full: true,
  too_many_channels: false,
  not_in_channel: false,
  peer_not_found: false,
  publish_not_allowed: false,
  send_not_allowed: false,
  message_too_large: false,
  metadata_too_large: false,
  too_many_publications: false,
  endpoint_unreachable: true,
  gave_up: true,
  invalid_state: false,
  invalid_argument: false,
  closed: false,
  aborted: false,
  already_joined: false,
  publication_exists: false,
  negotiation_failed: true,
  messages_missed: false,
  delivery_unknown: true,
  media_permission_denied: false,
  media_not_found: false,
  media_in_use: true,
  media_failed: true,
  media_unsupported: false,
  encryption_unsupported: false,
  encryption_failed: false,
  listener_failed: false,
  load_failed: true,
  internal: false,
} as const;

/** What went wrong, for programs. */
export type ErrorCode = keyof typeof errorCodes;

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
    this.retryable = errorCodes[code] ?? false;
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
