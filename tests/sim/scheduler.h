// Virtual time: one queue of events, ordered by time and then by the order in which they were
// scheduled. Nothing else in a simulation makes anything happen.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "partyline/time.h"

namespace partyline::sim {

class Scheduler {
 public:
  [[nodiscard]] TimeMs now() const { return now_; }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  // How many events in a row came without time passing: an endless loop shows here.
  [[nodiscard]] std::uint64_t steps_at_this_time() const { return steps_at_this_time_; }

  // What is due in the past happens now.
  void at(TimeMs time, std::function<void()> action) {
    queue_.push_back({std::max(time, now_), sequence_++, std::move(action)});
    std::push_heap(queue_.begin(), queue_.end(), Later{});
  }
  void after(DurationMs delay, std::function<void()> action) {
    at(now_ + delay, std::move(action));
  }

  // Runs the next event unless it is later than `limit`. False when there was none.
  bool step(TimeMs limit) {
    if (queue_.empty() || queue_.front().time > limit) return false;
    std::pop_heap(queue_.begin(), queue_.end(), Later{});
    Event event = std::move(queue_.back());
    queue_.pop_back();
    steps_at_this_time_ = event.time == now_ ? steps_at_this_time_ + 1 : 0;
    now_ = event.time;
    ++steps_;
    event.action();
    return true;
  }

  // Time passes without anything happening, after step() found nothing up to `time`.
  void advance_to(TimeMs time) { now_ = std::max(now_, time); }

 private:
  struct Event {
    TimeMs time;
    std::uint64_t sequence = 0;
    std::function<void()> action;
  };
  struct Later {
    bool operator()(const Event& a, const Event& b) const {
      return std::pair(a.time, a.sequence) > std::pair(b.time, b.sequence);
    }
  };

  std::vector<Event> queue_;
  TimeMs now_{0};
  std::uint64_t sequence_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t steps_at_this_time_ = 0;
};

}  // namespace partyline::sim
