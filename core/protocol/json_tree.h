// Builds a JSON value while the library's parser reads. The library's own builder comes in two
// forms of which the choice is made at run time, so both would be in the wasm module: 10 kB of it.
#pragma once

#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

namespace partyline {

// The value of the text, or nothing when the text is not JSON.
[[nodiscard]] std::optional<nlohmann::json> build_json_tree(std::string_view text);

}  // namespace partyline
