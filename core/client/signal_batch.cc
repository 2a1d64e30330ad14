#include "client/signal_batch.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "client/timers.h"
#include "partyline/limits.h"

namespace partyline {

void SignalBatch::put(TimeMs now, const ClientOptions& options, Description description) {
  const bool hurry =
      gathered_ || !descriptions_.empty() || description.type == DescriptionType::kOffer;
  descriptions_.push_back(std::move(description));
  const DurationMs hold = candidates_.empty() ? options.answer_hold_ms : options.candidate_gap_ms;
  deadline_ = hurry ? now : now + hold;
}

void SignalBatch::put(TimeMs now, const ClientOptions& options, IceCandidate candidate) {
  candidates_.push_back(std::move(candidate));
  if (!descriptions_.empty()) {
    deadline_ = std::min(*deadline_, now + options.candidate_gap_ms);
  } else if (described_ && !deadline_) {
    deadline_ = now + options.candidate_batch_ms;
  }
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
