// A rate with a burst. What arrives is always taken, so the level may go below zero: then reading
// stops until it has recovered.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "partyline/time.h"

namespace partyline::hub {

class TokenBucket {
 public:
  TokenBucket(std::uint32_t per_second, std::uint32_t burst, TimeMs now)
      : per_second_(std::max<std::int64_t>(per_second, 1)),
        full_(std::max<std::int64_t>(burst, 1) * kParts),
        level_(full_),
        updated_(now) {}

  // From now on. What is overdrawn stays so.
  void set_rate(std::uint32_t per_second, std::uint32_t burst, TimeMs now) {
    refill(now);
    per_second_ = std::max<std::int64_t>(per_second, 1);
    full_ = std::max<std::int64_t>(burst, 1) * kParts;
    level_ = std::min(level_, full_);
  }

  void take(TimeMs now, std::size_t tokens) {
    refill(now);
    level_ -= static_cast<std::int64_t>(tokens) * kParts;
  }

  [[nodiscard]] bool overdrawn() const { return level_ < 0; }

  // How long until reading may go on: not at the first token, or it would stop again at once, but
  // at a quarter of a second's worth.
  [[nodiscard]] DurationMs until_ready(TimeMs now) {
    refill(now);
    const std::int64_t missing = ready_level() - level_;
    return {missing <= 0 ? 0 : (missing + per_second_ - 1) / per_second_};
  }

 private:
  // A token has a thousand parts, so that a rate per second is one in parts per millisecond.
  static constexpr std::int64_t kParts = 1000;
  // Keeps the product below within 64 bits. No bucket takes that long to fill.
  static constexpr std::int64_t kElapsedMax = std::int64_t{1} << 30U;

  [[nodiscard]] std::int64_t ready_level() const {
    return std::min(full_, per_second_ * (kParts / 4));
  }

  void refill(TimeMs now) {
    const std::int64_t elapsed = std::clamp<std::int64_t>((now - updated_).value, 0, kElapsedMax);
    level_ = std::min(full_, level_ + elapsed * per_second_);
    updated_ = std::max(updated_, now);
  }

  std::int64_t per_second_;
  std::int64_t full_;
  std::int64_t level_;
  TimeMs updated_;
};

}  // namespace partyline::hub
