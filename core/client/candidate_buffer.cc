#include "client/candidate_buffer.h"

#include <algorithm>
#include <utility>

#include "partyline/limits.h"

namespace partyline {

namespace {

bool contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace

void CandidateBuffer::add(const std::vector<IceCandidate>& candidates) {
  waiting_.insert(waiting_.end(), candidates.begin(), candidates.end());
  if (waiting_.size() > limits::kCandidatesBufferedMax) {
    const auto excess = waiting_.size() - limits::kCandidatesBufferedMax;
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(excess));
  }
}

void CandidateBuffer::applied(std::vector<std::string> ufrags) {
  std::erase_if(waiting_, [&](const IceCandidate& candidate) {
    return contains(ufrags_, candidate.ufrag) && !contains(ufrags, candidate.ufrag);
  });
  ufrags_ = std::move(ufrags);
}

std::vector<IceCandidate> CandidateBuffer::take() {
  std::vector<IceCandidate> ready;
  if (ufrags_.empty()) return ready;
  // Browsers may leave the ufrag out; then the candidate is of the description at hand.
  const auto fits = [&](const IceCandidate& candidate) {
    return candidate.ufrag.empty() || contains(ufrags_, candidate.ufrag);
  };
  std::copy_if(waiting_.begin(), waiting_.end(), std::back_inserter(ready), fits);
  std::erase_if(waiting_, fits);
  return ready;
}

void CandidateBuffer::clear() {
  waiting_.clear();
  ufrags_.clear();
}

}  // namespace partyline
