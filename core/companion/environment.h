// What the machines of one companion share: the present time, the queue of orders, and what is
// counted over all channels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "partyline/companion_output.h"
#include "partyline/options.h"
#include "partyline/time.h"

namespace partyline::companion {

class OutputQueue {
 public:
  void put(CompanionOutput output) { outputs_.push_back(std::move(output)); }
  [[nodiscard]] std::optional<CompanionOutput> take() {
    if (taken_ == outputs_.size()) {
      outputs_.clear();
      taken_ = 0;
      return std::nullopt;
    }
    return std::move(outputs_[taken_++]);
  }

 private:
  std::vector<CompanionOutput> outputs_;
  std::size_t taken_ = 0;
};

struct Environment {
  explicit Environment(CompanionOptions companion_options)
      : options(std::move(companion_options)) {}

  CompanionOptions options;
  TimeMs now;
  OutputQueue outputs;
  // Messages that are kept, in all channels, and their bytes.
  std::size_t messages = 0;
  std::size_t message_bytes = 0;

  void emit(CompanionOutput output) { outputs.put(std::move(output)); }

  void warn(std::string text) { emit(output::Log{output::Log::Level::kWarning, std::move(text)}); }

  // ---- numbers of messages: odd, upwards, of all channels of the line together ----
  void number_above(std::uint64_t even) {
    if (last_number_ == 0) last_number_ = announced_ = even + 1;
  }
  [[nodiscard]] std::uint64_t new_number() {
    last_number_ += 2;
    // In blocks: only the page after this one wants to know.
    if (last_number_ > announced_) {
      announced_ = last_number_ + kNumbersAnnounced;
      emit(input::NumbersUsed{announced_});
    }
    return last_number_;
  }

 private:
  static constexpr std::uint64_t kNumbersAnnounced = 1'000;

  std::uint64_t last_number_ = 0;
  std::uint64_t announced_ = 0;
};

}  // namespace partyline::companion
