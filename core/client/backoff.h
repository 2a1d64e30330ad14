// Exponential backoff with full jitter: each delay is uniform between zero and a ceiling that
// doubles up to a cap. Jitter stays at the cap too, so that clients which lost the same endpoint
// never come back in step.
#pragma once

#include <algorithm>
#include <cstdint>

#include "client/random.h"
#include "partyline/time.h"

namespace partyline {

class Backoff {
 public:
  Backoff(DurationMs min, DurationMs max) : min_(min), max_(max) {}

  DurationMs next(Random& random) {
    const DurationMs delay = random.up_to(ceiling());
    ++attempts_;
    return delay;
  }

  void reset() { attempts_ = 0; }
  [[nodiscard]] std::uint32_t attempts() const { return attempts_; }

  // The longest that the next delay can be.
  [[nodiscard]] DurationMs ceiling() const {
    // Beyond 32 doublings any sensible minimum has long passed any sensible cap.
    const std::uint32_t doublings = std::min(attempts_, std::uint32_t{32});
    DurationMs ceiling = min_;
    for (std::uint32_t i = 0; i < doublings && ceiling < max_; ++i) ceiling = ceiling * 2;
    return std::min(ceiling, max_);
  }

 private:
  DurationMs min_;
  DurationMs max_;
  std::uint32_t attempts_ = 0;
};

}  // namespace partyline
