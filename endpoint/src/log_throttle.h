// Keeps strangers from filling the operator's disk: of each event so many lines are written in a
// while, and the others only counted.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace partyline::endpoint {

class LogThrottle {
 public:
  using Clock = std::chrono::steady_clock;

  // Ten thousand clients that return at once are above it, and nothing else that is well.
  static constexpr std::uint32_t kLinesMax = 500;
  static constexpr std::chrono::seconds kWindow{10};

  struct Verdict {
    bool write = true;
    // It is the first that is not written.
    bool begins = false;
    // How many were not, before this one.
    std::uint64_t left_out = 0;
  };

  // `event` is one of the few names that the program has.
  Verdict judge(std::string_view event, Clock::time_point now) {
    auto found = counts_.find(event);
    if (found == counts_.end()) found = counts_.emplace(std::string(event), Count{now}).first;
    Count& count = found->second;
    Verdict verdict;
    if (now - count.since >= kWindow) {
      verdict.left_out = count.left_out;
      count = Count{now};
    }
    if (count.written < kLinesMax) {
      ++count.written;
    } else {
      verdict.write = false;
      verdict.begins = ++count.left_out == 1;
    }
    return verdict;
  }

 private:
  struct Count {
    Clock::time_point since;
    std::uint32_t written = 0;
    std::uint64_t left_out = 0;
  };

  std::map<std::string, Count, std::less<>> counts_;
};

}  // namespace partyline::endpoint
