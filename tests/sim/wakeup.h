// The one timer of a host of a core: calls back when next_wakeup() has come, late as timers are,
// and notices a core that asks for the same moment for ever.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "context.h"

namespace partyline::sim {

class WakeupTimer {
 public:
  WakeupTimer(Context& context, std::string who, std::function<void()> wake)
      : context_(context), who_(std::move(who)), wake_(std::move(wake)) {}

  // To be called after every step with what next_wakeup() says, in world time.
  void set(std::optional<TimeMs> due) {
    if (due == due_) return;
    due_ = due;
    ++epoch_;
    if (!due) return;
    const TimeMs now = context_.scheduler.now();
    TimeMs fires = std::max(*due, now) + context_.random.within(context_.profile.timer_lateness);
    if (grain_.value > 0) {
      // Timers of hidden tabs fire together, once in a while.
      fires.value = (fires.value / grain_.value + 1) * grain_.value;
    }
    context_.scheduler.at(fires, [this, epoch = epoch_] {
      if (epoch != epoch_) return;
      due_.reset();
      ++count_;
      note_wakeup();
      wake_();
    });
  }
  void stop() { set(std::nullopt); }
  // How often it has fired.
  [[nodiscard]] std::uint64_t count() const { return count_; }
  // Zero: not hidden.
  void set_grain(DurationMs grain) {
    grain_ = grain;
    const auto due = std::exchange(due_, std::nullopt);
    set(due);
  }

 private:
  // A few wake-ups at one moment are several timers; many are a spin.
  void note_wakeup() {
    constexpr int kWakeupsAtOnceMax = 25;
    const TimeMs now = context_.scheduler.now();
    wakeups_now_ = last_ == now ? wakeups_now_ + 1 : 0;
    last_ = now;
    if (wakeups_now_ > kWakeupsAtOnceMax) {
      context_.violate(who_, "spin: next_wakeup() stays in the past");
    }
  }

  Context& context_;
  std::string who_;
  std::function<void()> wake_;
  std::optional<TimeMs> due_;
  DurationMs grain_{0};
  std::uint64_t epoch_ = 0;
  std::uint64_t count_ = 0;
  TimeMs last_{-1};
  int wakeups_now_ = 0;
};

}  // namespace partyline::sim
