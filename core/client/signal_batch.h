// Collects what is to be told to the other side of a link, so that an ordinary set-up costs few
// frames.
//
// An offer goes at once: applying it takes the other side longer than it takes its candidates to
// follow. An answer waits a moment for its candidates, which come together; without them it would
// be of little use. Where only relays are allowed none comes in a moment, so it goes at once.
// Candidates that come later are sent in batches; before the first description they wait for it.
// The first of a reflector and the first of a relay go at once: they took round trips to come, and
// where they are needed nothing else helps. No description replaces another: an answer that still
// waits when our own next offer is made goes out before it.
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
  void gather_again() { gathered_ = reflected_ = relayed_ = false; }

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
  // Whether it is the first that comes from a reflector, or from a relay (RFC 8839 §5.1).
  bool is_first_from_afar(const IceCandidate& candidate);

  // Hardly ever more than one.
  std::vector<Description> descriptions_;
  std::vector<IceCandidate> candidates_;
  std::optional<TimeMs> deadline_;
  bool described_ = false;  // a description of this connection was sent
  bool gathered_ = false;
  bool reflected_ = false;  // a candidate of that kind came, of the present gathering
  bool relayed_ = false;
};

}  // namespace partyline
