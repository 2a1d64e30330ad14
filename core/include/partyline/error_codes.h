// The one list of error codes. The name is what applications see (`PartylineError.code`) and what
// error frames carry; the number is the WebSocket close code where there is one, else 0.
//
// Close codes are in ranges that carry the policy, so that an unknown one is still handled rightly:
//   4000–4099  come back after the stated delay
//   4100–4199  come back with backoff
//   4200–4299  get a new token first
//   4300–4399  never: the same attempt would fail again
// Other codes (1006, 1001, 1011, …) mean: come back with backoff.
#pragma once

#include <cstdint>
#include <string_view>

namespace partyline {

// X(name, close code, retryable)
#define PARTYLINE_ERROR_CODES(X)                    \
  /* the endpoint closes the socket with these */   \
  X(restarting, 4000, true)                         \
  X(overloaded, 4100, true)                         \
  X(slow_reader, 4101, true)                        \
  X(hello_timeout, 4102, true)                      \
  X(too_many_connections, 4103, true)               \
  X(heartbeat_timeout, 4104, true)                  \
  X(out_of_step, 4105, true)                        \
  X(identity_contested, 4106, true)                 \
  X(token_expired, 4200, true)                      \
  X(token_refused, 4201, true)                      \
  X(protocol_error, 4300, false)                    \
  X(unsupported_version, 4301, false)               \
  X(key_unknown, 4302, false)                       \
  X(origin_refused, 4303, false)                    \
  X(frame_too_large, 4304, false)                   \
  X(session_taken, 4305, false)                     \
  X(identity_in_use, 4306, false)                   \
  X(kicked, 4307, false)                            \
  /* answers to one frame; the socket stays open */ \
  X(unknown_type, 0, false)                         \
  X(channel_not_allowed, 0, false)                  \
  X(join_not_allowed, 0, false)                     \
  X(channel_closed, 0, false)                       \
  X(channel_name_invalid, 0, false)                 \
  X(channel_full, 0, true)                          \
  X(too_many_channels, 0, false)                    \
  X(not_in_channel, 0, false)                       \
  X(peer_not_found, 0, false)                       \
  X(publish_not_allowed, 0, false)                  \
  X(send_not_allowed, 0, false)                     \
  X(message_too_large, 0, false)                    \
  X(metadata_too_large, 0, false)                   \
  X(too_many_publications, 0, false)                \
  /* raised in the client */                        \
  X(endpoint_unreachable, 0, true)                  \
  X(gave_up, 0, true)                               \
  X(invalid_state, 0, false)                        \
  X(invalid_argument, 0, false)                     \
  X(closed, 0, false)                               \
  X(aborted, 0, false)                              \
  X(already_joined, 0, false)                       \
  X(publication_exists, 0, false)                   \
  X(negotiation_failed, 0, true)                    \
  X(messages_missed, 0, false)                      \
  X(delivery_unknown, 0, true)                      \
  X(media_permission_denied, 0, false)              \
  X(media_not_found, 0, false)                      \
  X(media_in_use, 0, true)                          \
  X(media_failed, 0, true)                          \
  X(media_unsupported, 0, false)                    \
  X(encryption_unsupported, 0, false)               \
  X(encryption_failed, 0, false)                    \
  X(listener_failed, 0, false)                      \
  X(load_failed, 0, true)                           \
  X(internal, 0, false)

enum class ErrorCode : std::uint8_t {
#define PARTYLINE_ENUM(name, close_code, retryable) name,
  PARTYLINE_ERROR_CODES(PARTYLINE_ENUM)
#undef PARTYLINE_ENUM
};

// The stable name of the code, as applications and error frames carry it.
[[nodiscard]] std::string_view error_name(ErrorCode code);

// The close code that says this, or 0 where the socket stays open.
[[nodiscard]] std::uint16_t close_code(ErrorCode code);

// Whether the same attempt may succeed later.
[[nodiscard]] bool is_retryable(ErrorCode code);

// What a client does after a socket closed with a code.
enum class RetryPolicy : std::uint8_t { kRetryNow, kRetryWithBackoff, kNewToken, kNever };
[[nodiscard]] RetryPolicy retry_policy(std::uint16_t close_code);

}  // namespace partyline
