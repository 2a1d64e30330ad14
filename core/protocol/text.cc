#include "protocol/text.h"

#include <cstdint>
#include <cstring>

namespace partyline {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t index) {
  return static_cast<std::uint8_t>(text[index]);
}

// The lowest and highest second byte that may follow `lead` (RFC 3629 §4). What overlong forms,
// surrogates and numbers above U+10FFFF need is outside.
struct SecondByte {
  std::uint8_t lowest;
  std::uint8_t highest;
};
SecondByte second_byte(std::uint8_t lead) {
  switch (lead) {
    case 0xE0:
      return {0xA0, 0xBF};
    case 0xED:
      return {0x80, 0x9F};
    case 0xF0:
      return {0x90, 0xBF};
    case 0xF4:
      return {0x80, 0x8F};
    default:
      return {0x80, 0xBF};
  }
}

std::size_t sequence_length(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// Where the first byte of a block of eight is that is not all ASCII, from `index` on. Nearly all
// text is ASCII alone.
std::size_t skip_ascii(std::string_view text, std::size_t index) {
  std::uint64_t block = 0;
  for (; index + sizeof(block) <= text.size(); index += sizeof(block)) {
    std::memcpy(&block, text.data() + index, sizeof(block));
    if ((block & 0x8080808080808080U) != 0) break;
  }
  return index;
}

}  // namespace

Utf8Sequence utf8_sequence(std::string_view text, std::size_t index) {
  const std::uint8_t lead = byte_at(text, index);
  const std::size_t length = sequence_length(lead);
  if (length == 0) return {1, false};
  SecondByte range = second_byte(lead);
  for (std::size_t tail = 1; tail < length; ++tail) {
    if (index + tail == text.size()) return {tail, false};
    const std::uint8_t byte = byte_at(text, index + tail);
    if (byte < range.lowest || byte > range.highest) return {tail, false};
    range = {0x80, 0xBF};
  }
  return {length, true};
}

bool is_utf8(std::string_view text) {
  for (std::size_t index = skip_ascii(text, 0); index < text.size();) {
    const Utf8Sequence sequence = utf8_sequence(text, index);
    if (!sequence.whole) return false;
    index += sequence.length;
  }
  return true;
}

bool has_control_character(std::string_view text) {
  for (std::size_t index = 0; index < text.size(); ++index) {
    const std::uint8_t byte = byte_at(text, index);
    if (byte < 0x20 || byte == 0x7F) return true;
    // C1, U+0080 to U+009F.
    if (byte == 0xC2 && index + 1 < text.size() && byte_at(text, index + 1) < 0xA0) return true;
  }
  return false;
}

bool is_line_text(std::string_view text, std::size_t bytes_max) {
  return text.size() <= bytes_max && is_utf8(text) && !has_control_character(text);
}

bool is_id_text(std::string_view text, std::size_t bytes_max) {
  return !text.empty() && is_line_text(text, bytes_max);
}

}  // namespace partyline
