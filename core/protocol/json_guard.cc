#include "protocol/json_guard.h"

#include <algorithm>

#include "partyline/limits.h"
#include "protocol/json_tree.h"
#include "protocol/json_writer.h"
#include "protocol/text.h"

namespace partyline {

int json_depth(std::string_view text) {
  int depth = 0;
  int deepest = 0;
  bool in_string = false;
  for (std::size_t index = 0; index < text.size(); ++index) {
    const char character = text[index];
    if (in_string) {
      if (character == '\\') {
        ++index;  // whatever is escaped does not end the string
      } else if (character == '"') {
        in_string = false;
      }
    } else if (character == '"') {
      in_string = true;
    } else if (character == '{' || character == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (character == '}' || character == ']') {
      --depth;
    }
  }
  return deepest;
}

Result<Json> parse_json(std::string_view text) {
  if (!is_utf8(text)) return Error{ErrorCode::protocol_error, "The text is not UTF-8."};
  if (json_depth(text) > limits::kJsonDepthMax) {
    return Error{ErrorCode::protocol_error,
                 "JSON nests deeper than " + std::to_string(limits::kJsonDepthMax) + " levels."};
  }
  std::optional<Json> value = build_json_tree(text);
  if (!value) return Error{ErrorCode::protocol_error, "The text is not JSON."};
  return *std::move(value);
}

std::string dump_json(const Json& value) {
  JsonWriter writer;
  writer.write_tree(value);
  return std::move(writer).take();
}

JsonText to_json_text(const Json& value) { return JsonText(dump_json(value)); }

Json from_json_text(const JsonText& text) {
  Result<Json> value = parse_json(text.text);
  return value ? std::move(value.value()) : Json();
}

}  // namespace partyline
