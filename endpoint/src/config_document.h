// A JSON text as a tree that remembers the line of everything, so that a problem can be pointed at.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace partyline::endpoint {

struct ConfigMember;

// One value. `text` is the string itself, or a number as it was written.
struct ConfigNode {
  enum class Kind : std::uint8_t { kNull, kBoolean, kWhole, kFraction, kString, kList, kObject };
  Kind kind = Kind::kNull;
  int line = 1;
  bool boolean = false;
  std::int64_t whole = 0;
  std::string text;
  std::vector<ConfigNode> items;
  std::vector<ConfigMember> members;
};

struct ConfigMember {
  std::string name;
  int line = 1;
  ConfigNode value;
};

// Why a text is no configuration at all.
struct ConfigSyntaxError {
  int line = 1;
  std::string words;
};

// Parses RFC 8259 JSON (no comments), at most kConfigDepthMax deep.
[[nodiscard]] std::variant<ConfigNode, ConfigSyntaxError> parse_config_document(
    std::string_view text);

inline constexpr std::size_t kConfigDepthMax = 16;

// The value as a message shows it: `"many"`, `12`, `a list`.
[[nodiscard]] std::string describe(const ConfigNode& node);

// The value as compact JSON.
[[nodiscard]] std::string to_json(const ConfigNode& node);

}  // namespace partyline::endpoint
