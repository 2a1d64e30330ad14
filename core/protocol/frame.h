// A frame and its two parts. Who only passes a body on, as the hub does, reads and writes
// frames here and copies the body once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "partyline/protocol.h"
#include "protocol/json_guard.h"
#include "protocol/json_writer.h"

namespace partyline {

// A parsed frame whose body is still where it was: in the text that the frame was read from.
// The `body` of the message in it is empty.
struct ClientFrame {
  std::uint64_t seq = 0;                 // its number in the session; 0: it has none
  std::optional<ClientMessage> message;  // none: a newer client says what we do not know
  std::string_view body;
};

// As parse_client_message, without copying a body and without the error `unknown_type`.
[[nodiscard]] Result<ClientFrame> parse_client_frame(std::string_view frame);

// As write_message of a SignalFrom with this body.
[[nodiscard]] std::string write_signal_from(const message::SignalFrom& header,
                                            std::string_view body);
// The same of messages.
[[nodiscard]] std::string write_message_from(const message::MessageFrom& header,
                                             std::string_view body);
[[nodiscard]] std::string write_message_to(const message::MessageTo& header, std::string_view body);

// ---- for the parsers of both directions ----

// The header's value and type, and the bytes after the first newline.
struct RawFrame {
  Json header;
  std::string type;
  std::string_view body;
  bool has_body = false;  // there was a newline
};
[[nodiscard]] Result<RawFrame> parse_raw_frame(std::string_view frame, std::size_t bytes_max);

// Only `signal` and `message` have a body, and they must have one. Whitespace after a line is no
// body.
[[nodiscard]] std::optional<Error> check_body(const RawFrame& frame);

[[nodiscard]] Error unknown_type();

// The beginning of a header with this type, and its end.
[[nodiscard]] JsonWriter header_of(const char* type);
[[nodiscard]] std::string end_frame(JsonWriter header);
// The same, and a body.
[[nodiscard]] std::string end_frame(JsonWriter header, std::string_view body);

}  // namespace partyline
