#include "protocol/frame.h"

#include <utility>

#include "partyline/limits.h"
#include "protocol/fields.h"
#include "protocol/text.h"

namespace partyline {
namespace {

// Types are short words; a longer one is of no end that we know.
constexpr std::size_t kTypeBytesMax = 64;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

Result<RawFrame> parse_raw_frame(std::string_view frame, std::size_t bytes_max) {
  if (frame.size() > bytes_max) {
    return Error{ErrorCode::frame_too_large,
                 "A frame may have " + std::to_string(bytes_max) + " bytes at most."};
  }
  if (!is_utf8(frame)) return Error{ErrorCode::protocol_error, "The frame is not UTF-8."};
  const std::size_t line_end = frame.find('\n');
  RawFrame raw;
  raw.has_body = line_end != std::string_view::npos;
  if (raw.has_body) raw.body = frame.substr(line_end + 1);
  Result<Json> header = parse_json(frame.substr(0, line_end));
  if (!header) return header.error();
  raw.header = std::move(header.value());
  FieldReader fields(raw.header, "The frame");
  raw.type = fields.id("type", kTypeBytesMax);
  if (!fields.ok()) return fields.error();
  return raw;
}

std::optional<Error> check_body(const RawFrame& frame) {
  if (frame.type == "signal" || frame.type == "message") {
    if (frame.has_body) return std::nullopt;
    return Error{ErrorCode::protocol_error, frame.type + ": there is no line after the header."};
  }
  if (is_blank(frame.body)) return std::nullopt;
  return Error{ErrorCode::protocol_error, frame.type + ": there is text after the header."};
}

Error unknown_type() { return {ErrorCode::unknown_type, "No frame of this type is defined."}; }

std::string write_numbered(std::uint64_t seq, std::string_view frame) {
  // A header has a type at least, so there is a member for the comma to go before.
  return R"({"seq":)" + std::to_string(seq) + ',' + std::string(frame.substr(1));
}

JsonWriter header_of(const char* type) {
  JsonWriter header;
  header.open('{');
  header.member("type", type);
  return header;
}

std::string end_frame(JsonWriter header) {
  header.close('}');
  return std::move(header).take();
}

std::string end_frame(JsonWriter header, std::string_view body) {
  std::string frame = end_frame(std::move(header));
  frame.reserve(frame.size() + 1 + body.size());
  return frame.append(1, '\n').append(body);
}

}  // namespace partyline
