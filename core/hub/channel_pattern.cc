// Patterns of channel names. All places in the pattern where the name may have got to are followed
// at once, so that no pattern takes longer than its length times the name's.
#include <cstdint>
#include <string_view>
#include <vector>

#include "partyline/hub.h"

namespace partyline {
namespace {

enum class Kind : std::uint8_t { kCharacter, kInSegment, kAnything };

struct Part {
  Kind kind;
  char character;
};

std::vector<Part> split_pattern(std::string_view pattern) {
  std::vector<Part> parts;
  for (std::size_t index = 0; index < pattern.size(); ++index) {
    if (pattern[index] != '*') {
      parts.push_back({Kind::kCharacter, pattern[index]});
    } else if (index + 1 < pattern.size() && pattern[index + 1] == '*') {
      parts.push_back({Kind::kAnything, '*'});
      ++index;
    } else {
      parts.push_back({Kind::kInSegment, '*'});
    }
  }
  return parts;
}

// A wildcard may stand for nothing: who is before one is behind it too.
void skip_wildcards(const std::vector<Part>& parts, std::vector<bool>& reached) {
  for (std::size_t index = 0; index < parts.size(); ++index) {
    if (reached[index] && parts[index].kind != Kind::kCharacter) reached[index + 1] = true;
  }
}

std::vector<bool> advance(const std::vector<Part>& parts, const std::vector<bool>& reached,
                          char character) {
  std::vector<bool> next(reached.size());
  for (std::size_t index = 0; index < parts.size(); ++index) {
    if (!reached[index]) continue;
    const Part& part = parts[index];
    if (part.kind == Kind::kCharacter) {
      if (part.character == character) next[index + 1] = true;
    } else if (part.kind == Kind::kAnything || character != '/') {
      next[index] = true;
    }
  }
  skip_wildcards(parts, next);
  return next;
}

}  // namespace

bool matches_channel_pattern(std::string_view pattern, std::string_view name) {
  const std::vector<Part> parts = split_pattern(pattern);
  std::vector<bool> reached(parts.size() + 1);
  reached[0] = true;
  skip_wildcards(parts, reached);
  for (const char character : name) reached = advance(parts, reached, character);
  return reached.back();
}

}  // namespace partyline
