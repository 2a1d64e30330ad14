// Frames that were sent and not yet acknowledged, numbered from one by their order. When the socket
// is lost, what the other end has not got is sent again on the next one.
//
// Bounded: the oldest go when it is too many. Then a replay that would need them is impossible, and
// both ends begin anew with their whole state (docs/PROTOCOL.md, "Sessions").
//
// The number is not part of what is kept, so one text can be shared among all who get it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace partyline {

inline std::size_t frame_bytes(const std::string& text) { return text.size(); }
inline std::size_t frame_bytes(const std::shared_ptr<const std::string>& text) {
  return text->size();
}

// `Text` is a string, or a shared pointer to one.
template <class Text>
class ReplayBuffer {
 public:
  ReplayBuffer(std::size_t frames_max, std::size_t bytes_max)
      : frames_max_(frames_max), bytes_max_(bytes_max) {}

  // Returns the number of the frame.
  std::uint64_t push(Text text) {
    bytes_ += frame_bytes(text);
    frames_.push_back(std::move(text));
    ++last_;
    while (frames_.size() > frames_max_ || bytes_ > bytes_max_) drop(1);
    return last_;
  }

  // The number of the last frame, 0 before the first.
  [[nodiscard]] std::uint64_t last() const { return last_; }

  // The other end has all up to `number`. False where it cannot have so many.
  [[nodiscard]] bool acknowledge(std::uint64_t number) {
    if (number > last_) return false;
    const std::uint64_t gone = last_ - frames_.size();
    if (number > gone) drop(static_cast<std::size_t>(number - gone));
    return true;
  }

  // Whether all after `number` are still here.
  [[nodiscard]] bool reaches_back_to(std::uint64_t number) const {
    return number <= last_ && last_ - frames_.size() <= number;
  }

  // What was not acknowledged, the oldest first, each with its number.
  template <class Visitor>
  void for_each(Visitor visit) const {
    std::uint64_t number = last_ - frames_.size();
    for (const Text& text : frames_) visit(++number, text);
  }

  // Begins anew: the next frame is number 1.
  void clear() {
    frames_.clear();
    bytes_ = 0;
    last_ = 0;
  }

 private:
  void drop(std::size_t count) {
    const auto end = frames_.begin() + static_cast<std::ptrdiff_t>(count);
    for (auto text = frames_.begin(); text != end; ++text) bytes_ -= frame_bytes(*text);
    frames_.erase(frames_.begin(), end);
  }

  std::size_t frames_max_;
  std::size_t bytes_max_;
  std::vector<Text> frames_;
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;
};

}  // namespace partyline
