// Collects what is to be told to the other side of a link, so that an ordinary set-up costs few
// frames.
//
// An offer goes at once: applying it takes the other side longer than it takes its candidates to
// follow. An answer waits a moment for its candidates, which come together; without them it would
// be of little use. Candidates that come later are
// sent in batches; before the first description they wait for it. No description replaces another:
// an answer that still waits when our own next offer is made goes out before it.
#pragma once

#include <optional>
#include <vector>

#include "partyline/options.h"
#include "partyline/signal.h"
#include "partyline/time.h"

namespace partyline {

class SignalBatch {
 public:
  void put(TimeMs now, const ClientOptions& options, Description description);
  void put(TimeMs now, const ClientOptions& options, IceCandidate candidate);
  void gathering_complete(TimeMs now);
  // An ICE restart: there will be other candidates.
  void gather_again() { gathered_ = false; }

  // When take() is due; nothing when nothing waits.
  [[nodiscard]] std::optional<TimeMs> deadline() const { return deadline_; }

  // Whether a description waits.
  [[nodiscard]] bool describes() const { return !descriptions_.empty(); }

  // What is to be sent, without a generation; the batch is empty afterwards. At most
  // limits::kCandidatesPerSignalMax candidates; more stay, due at once.
  [[nodiscard]] Signal take(TimeMs now);

  // Another connection: forget everything.
  void clear();

 private:
  // Hardly ever more than one.
  std::vector<Description> descriptions_;
  std::vector<IceCandidate> candidates_;
  std::optional<TimeMs> deadline_;
  bool described_ = false;  // a description of this connection was sent
  bool gathered_ = false;
};

}  // namespace partyline
