// What text may contain. Everything that came from a network passes here before anything else
// looks at it.
#pragma once

#include <cstddef>
#include <string_view>

namespace partyline {

// Whether this is UTF-8 (RFC 3629 §4): no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);

// One character, or bytes that begin like one and are none: as many as a reader replaces by one
// U+FFFD (Unicode §3.9, "substitution of maximal subparts").
struct Utf8Sequence {
  std::size_t length = 1;
  bool whole = false;
};
// Legal where there is a byte at `index`.
[[nodiscard]] Utf8Sequence utf8_sequence(std::string_view text, std::size_t index);

// Whether valid UTF-8 contains a control character (C0, DEL or C1). Such have no place in an id:
// they end lines in SDP and in logs.
[[nodiscard]] bool has_control_character(std::string_view text);

// Whether this may stand for an id: 1 to `bytes_max` bytes of UTF-8 without control characters.
[[nodiscard]] bool is_id_text(std::string_view text, std::size_t bytes_max);

// The same, and it may be empty.
[[nodiscard]] bool is_line_text(std::string_view text, std::size_t bytes_max);

}  // namespace partyline
