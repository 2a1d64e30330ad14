#include "token_provider.h"

#include "token_gate.h"

namespace partyline::sim {

// A loop without a wait asks this often in no time; backoff practically never does.
void TokenProvider::check_pace() {
  constexpr std::size_t kTimes = 20;
  constexpr DurationMs kSpan{2'000};
  times_.push_back(context_.scheduler.now());
  if (times_.size() <= kTimes) return;
  times_.pop_front();
  if (times_.back() - times_.front() < kSpan) {
    context_.violate(who_, "tokens are asked for in a loop");
  }
}

TokenProvider::Fate TokenProvider::draw() {
  if (!decided_.empty()) {
    const Fate fate = decided_.front();
    decided_.pop_front();
    return fate;
  }
  if (!context_.random.chance(context_.profile.token_fails_per_mille)) return Fate::kGood;
  return static_cast<Fate>(context_.random.between(1, 5));
}

void TokenProvider::execute(const output::RequestToken& order) {
  if (!context_.profile.tokens) {
    return context_.violate(who_, "a token is asked for though there is a key");
  }
  ++asked_[static_cast<std::size_t>(order.reason)];
  check_pace();
  const DurationMs delay = context_.random.within(context_.profile.token_delay);
  const TimeMs now = context_.scheduler.now();
  const auto answer = [&](ClientInput input) {
    context_.scheduler.after(delay, [this, input = std::move(input)] { deliver_(input); });
  };
  switch (draw()) {
    case Fate::kGood:
      return answer(input::TokenReady{
          order.operation,
          make_token(now + delay + context_.random.within(context_.profile.token_lifetime),
                     context_.profile.token_subjects ? who_ : "")});
    case Fate::kThrows:
      return answer(input::TokenFailed{order.operation, "the backend said 500"});
    case Fate::kHangs:
      return;
    case Fate::kStale:
      return answer(input::TokenReady{order.operation, make_token(now - DurationMs{20'000})});
    case Fate::kNonsense:
      return answer(input::TokenReady{order.operation, "nonsense"});
    case Fate::kEmpty:
      return answer(input::TokenReady{order.operation, ""});
  }
}

}  // namespace partyline::sim
