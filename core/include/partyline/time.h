// Time as the core sees it: an input, never a clock.
#pragma once

#include <compare>
#include <cstdint>

namespace partyline {

// A span of time in milliseconds.
struct DurationMs {
  std::int64_t value = 0;
  friend constexpr auto operator<=>(DurationMs, DurationMs) = default;
};

// A moment on the host's monotonic clock, in milliseconds since an arbitrary start. Two moments
// subtract to a duration; they do not add.
struct TimeMs {
  std::int64_t value = 0;
  friend constexpr auto operator<=>(TimeMs, TimeMs) = default;
};

constexpr TimeMs operator+(TimeMs time, DurationMs span) { return {time.value + span.value}; }
constexpr TimeMs operator-(TimeMs time, DurationMs span) { return {time.value - span.value}; }
constexpr DurationMs operator-(TimeMs later, TimeMs earlier) {
  return {later.value - earlier.value};
}
constexpr DurationMs operator+(DurationMs a, DurationMs b) { return {a.value + b.value}; }
constexpr DurationMs operator*(DurationMs span, std::int64_t factor) {
  return {span.value * factor};
}

}  // namespace partyline
