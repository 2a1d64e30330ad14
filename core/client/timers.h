// The deadlines of one machine: one for each value of its timer enum, which ends with kCount.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "partyline/time.h"

namespace partyline {

// The earlier of two deadlines, either of which may be absent.
[[nodiscard]] constexpr std::optional<TimeMs> earlier(std::optional<TimeMs> a,
                                                      std::optional<TimeMs> b) {
  if (!a) return b;
  if (!b) return a;
  return *a < *b ? a : b;
}

template <class Timer>
class Timers {
 public:
  void set(Timer timer, TimeMs deadline) { at(timer) = deadline; }
  void stop(Timer timer) { at(timer).reset(); }
  void stop_all() { deadlines_.fill(std::nullopt); }

  [[nodiscard]] std::optional<TimeMs> deadline(Timer timer) const {
    return deadlines_[static_cast<std::size_t>(timer)];
  }
  [[nodiscard]] bool running(Timer timer) const { return deadline(timer).has_value(); }

  // Whether the timer was due; if so it is stopped.
  [[nodiscard]] bool take(Timer timer, TimeMs now) {
    auto& deadline = at(timer);
    if (!deadline || *deadline > now) return false;
    deadline.reset();
    return true;
  }

  [[nodiscard]] std::optional<TimeMs> next() const {
    std::optional<TimeMs> next;
    for (const auto& deadline : deadlines_) next = earlier(next, deadline);
    return next;
  }

 private:
  std::optional<TimeMs>& at(Timer timer) { return deadlines_[static_cast<std::size_t>(timer)]; }

  std::array<std::optional<TimeMs>, static_cast<std::size_t>(Timer::kCount)> deadlines_;
};

}  // namespace partyline
