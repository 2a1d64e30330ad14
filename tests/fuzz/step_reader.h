// How a text tells a story: each line is a step, its first character says what happens and the
// others to whom. Text rather than bytes, so that a story can be read, written by hand, and cut and
// joined by lines. Any text is a story: what is missing is 0.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace partyline::fuzz {

class Step {
 public:
  explicit Step(std::string_view line) : what_(line.empty() ? '\0' : line.front()), rest_(line) {
    if (!rest_.empty()) rest_.remove_prefix(1);
  }

  [[nodiscard]] char what() const { return what_; }

  // The next character as a number below `bound`: '0' is 0.
  std::size_t below(std::size_t bound) {
    if (rest_.empty()) return 0;
    const auto number = static_cast<std::size_t>(static_cast<unsigned char>(rest_.front()) - '0');
    rest_.remove_prefix(1);
    return (number & 0x3FU) % bound;
  }
  bool flag() { return below(2) == 1; }

  // All that is left, in which '~' stands for a newline.
  [[nodiscard]] std::string text() const {
    std::string text(rest_);
    for (char& character : text) {
      if (character == '~') character = '\n';
    }
    return text;
  }

 private:
  char what_;
  std::string_view rest_;
};

// Calls `take` with each step, as many as there are but no more than a run has time for.
template <class Take>
void for_each_step(std::string_view story, Take take) {
  constexpr int kStepsMax = 300;
  for (int steps = 0; steps < kStepsMax && !story.empty(); ++steps) {
    const std::size_t end = story.find('\n');
    take(Step(story.substr(0, end)));
    if (end == std::string_view::npos) return;
    story.remove_prefix(end + 1);
  }
}

}  // namespace partyline::fuzz
