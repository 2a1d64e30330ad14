// Jitter from a seed: SplitMix64 (Steele, Lea, Flood 2014). Nothing secret depends on it.
#pragma once

#include <cstdint>

#include "partyline/time.h"

namespace partyline {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

  // Uniform in [0, max]. The bias of the remainder is below 2^-40 for any delay we use.
  DurationMs up_to(DurationMs max) {
    if (max.value <= 0) return DurationMs{0};
    return DurationMs{
        static_cast<std::int64_t>(next() % (static_cast<std::uint64_t>(max.value) + 1))};
  }

 private:
  std::uint64_t state_;
};

}  // namespace partyline
