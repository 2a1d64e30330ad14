// The one door from text to JSON values. What could hurt a parser, or whoever walks the value
// afterwards, is looked for before: bytes that are no UTF-8, and nesting that would exhaust a
// stack.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "partyline/json_text.h"
#include "partyline/result.h"

namespace partyline {

using Json = nlohmann::json;

// How deeply arrays and objects nest: 0 for a scalar, 1 for `[]`. Works without recursion, and on
// text that is no JSON gives just some number.
[[nodiscard]] int json_depth(std::string_view text);

// Parses one JSON value of at most limits::kJsonDepthMax levels. Errors: protocol_error.
[[nodiscard]] Result<Json> parse_json(std::string_view text);

// The compact text of a value. What is no UTF-8 is replaced, so that this cannot fail.
[[nodiscard]] std::string dump_json(const Json& value);

[[nodiscard]] JsonText to_json_text(const Json& value);

// The value of a text that the core was given. Text that is no JSON, which is a mistake of the
// caller, becomes null: it must not break the frame around it.
[[nodiscard]] Json from_json_text(const JsonText& text);

}  // namespace partyline
