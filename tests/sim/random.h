// All chance in a simulation comes from one of these, so a seed is a whole story.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "partyline/time.h"

namespace partyline::sim {

// A range of milliseconds to draw from, both ends included.
struct Span {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

// SplitMix64 (Steele, Lea, Flood 2014): small, fast, and every seed is a good one.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }

  // Uniform in [least, most].
  std::int64_t between(std::int64_t least, std::int64_t most) {
    const auto width = static_cast<std::uint64_t>(most - least) + 1;
    return least + static_cast<std::int64_t>(next() % width);
  }

  DurationMs within(Span span) { return {between(span.least, span.most)}; }

  // True that many times in a thousand.
  bool chance(int per_mille) { return between(0, 999) < per_mille; }

  std::size_t index(std::size_t size) {
    return static_cast<std::size_t>(next() % static_cast<std::uint64_t>(size));
  }

  template <class T>
  const T& pick(const std::vector<T>& choices) {
    return choices[index(choices.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace partyline::sim
