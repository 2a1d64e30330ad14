#include "client/signal_batch.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "client/timers.h"
#include "partyline/limits.h"

namespace partyline {

void SignalBatch::put(TimeMs now, const ClientOptions& options, Description description) {
  const bool hurry = gathered_ || !descriptions_.empty() ||
                     description.type == DescriptionType::kOffer ||
                     options.ice_transport_policy == "relay";
  descriptions_.push_back(std::move(description));
  const DurationMs hold = candidates_.empty() ? options.answer_hold_ms : options.candidate_gap_ms;
  deadline_ = hurry ? now : now + hold;
}

void SignalBatch::put(TimeMs now, const ClientOptions& options, IceCandidate candidate) {
  const bool hurry = is_first_from_afar(candidate) && (described_ || !descriptions_.empty());
  candidates_.push_back(std::move(candidate));
  if (hurry) {
    deadline_ = now;
  } else if (!descriptions_.empty()) {
    deadline_ = std::min(*deadline_, now + options.candidate_gap_ms);
  } else if (described_ && !deadline_) {
    deadline_ = now + options.candidate_batch_ms;
  }
}

bool SignalBatch::is_first_from_afar(const IceCandidate& candidate) {
  const auto first = [&](std::string_view kind, bool& came) {
    return candidate.candidate.find(kind) != std::string::npos && !std::exchange(came, true);
  };
  return first(" typ srflx", reflected_) || first(" typ relay", relayed_);
}

void SignalBatch::gathering_complete(TimeMs now) {
  gathered_ = true;
  if (!descriptions_.empty() || (described_ && !candidates_.empty())) deadline_ = now;
}

Signal SignalBatch::take(TimeMs now) {
  Signal signal;
  if (!descriptions_.empty()) {
    signal.description = std::move(descriptions_.front());
    descriptions_.erase(descriptions_.begin());
    described_ = true;
  }
  const std::size_t count = std::min(candidates_.size(), limits::kCandidatesPerSignalMax);
  const auto end = candidates_.begin() + static_cast<std::ptrdiff_t>(count);
  signal.candidates.assign(std::make_move_iterator(candidates_.begin()),
                           std::make_move_iterator(end));
  candidates_.erase(candidates_.begin(), end);
  const bool empty = candidates_.empty() && descriptions_.empty();
  deadline_ = empty ? std::nullopt : std::optional(now);
  return signal;
}

void SignalBatch::clear() { *this = SignalBatch{}; }

}  // namespace partyline
