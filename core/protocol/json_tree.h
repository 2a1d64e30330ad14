// Builds a JSON value out of the tokens of the library's lexer. The library's parser brings words
// for every error and two builders of which the choice is made at run time: 14 kB of the wasm
// module.
#pragma once

#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

namespace partyline {

// The value of the text, or nothing when the text is not JSON.
[[nodiscard]] std::optional<nlohmann::json> build_json_tree(std::string_view text);

}  // namespace partyline
