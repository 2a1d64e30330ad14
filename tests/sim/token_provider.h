// The application's tokenProvider(): answers late, throws, hangs, or hands out what was good once.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>

#include "context.h"
#include "partyline/client_input.h"
#include "partyline/client_output.h"

namespace partyline::sim {

class TokenProvider {
 public:
  TokenProvider(Context& context, std::string who, std::function<void(ClientInput)> deliver)
      : context_(context), who_(std::move(who)), deliver_(std::move(deliver)) {}

  void execute(const output::RequestToken& order);

  // ---- for stories ----
  // How the next ones end, instead of by chance.
  enum class Fate : std::uint8_t { kGood, kThrows, kHangs, kStale, kNonsense, kEmpty };
  void decide(std::deque<Fate> fates) { decided_ = std::move(fates); }
  [[nodiscard]] int asked(TokenReason reason) const {
    return asked_[static_cast<std::size_t>(reason)];
  }

 private:
  void check_pace();
  [[nodiscard]] Fate draw();

  Context& context_;
  std::string who_;
  std::function<void(ClientInput)> deliver_;
  std::deque<Fate> decided_;
  // When it was asked the last times.
  std::deque<TimeMs> times_;
  int asked_[3] = {};
};

}  // namespace partyline::sim
