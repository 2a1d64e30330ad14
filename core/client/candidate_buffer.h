// Remote candidates wait here until the description that they belong to has been applied.
//
// A candidate belongs to the description that announced its ufrag (RFC 8839 §5.4). Signals carry
// both in one order, but a description takes time to apply and may lose against another (rollback),
// so candidates can be early, and those of an abandoned description must never be applied.
#pragma once

#include <string>
#include <vector>

#include "partyline/signal.h"

namespace partyline {

class CandidateBuffer {
 public:
  // Keeps the candidates. The oldest are dropped beyond limits::kCandidatesBufferedMax.
  void add(const std::vector<IceCandidate>& candidates);

  // A description with these ufrags has been applied: from now on its candidates may be taken.
  // Those of the descriptions before it are worthless and forgotten.
  void applied(std::vector<std::string> ufrags);

  // Removes and returns what may be applied now.
  [[nodiscard]] std::vector<IceCandidate> take();

  // Another connection: nothing of the old one is of use.
  void clear();

 private:
  std::vector<IceCandidate> waiting_;
  std::vector<std::string> ufrags_;  // of the applied description; empty before the first
};

}  // namespace partyline
