// Finds out that a connection which says that it is connected does not carry media, from the
// packets that its m-lines have counted.
//
// Rules
//  - Who misses packets tells the far end so: whether there was anything to receive, only the
//  sender
//    knows. A picture that does not move sends nothing, and what a browser does not tell of the
//    path the sender sees in its own counts.
//  - A sender that did send mends the path (link.h). A receiver says it again after a wait that
//    doubles, for as long as nothing comes.
#pragma once

#include <cstdint>
#include <vector>

#include "partyline/client_input.h"
#include "partyline/options.h"
#include "partyline/time.h"

namespace partyline {

class MediaWatch {
 public:
  // The path is another one, of the same connection: what is expected is waited for anew.
  void begin();

  // `expected`: the m-lines on which the far end has something to send. Returns those that it is
  // to be told of now; none where it `hears` nothing.
  [[nodiscard]] std::vector<Mid> observe(TimeMs now, const ClientOptions& options,
                                         const std::vector<LineStatistics>& lines,
                                         const std::vector<Mid>& expected, bool hears);

  // Whether packets went out on one of these, as was last observed.
  [[nodiscard]] bool sends(const std::vector<Mid>& mids) const;
  // Whether something was expected, and nothing at all has come since the observation before.
  [[nodiscard]] bool silent() const { return silent_; }

 private:
  struct Line {
    Mid mid;
    std::uint64_t received = 0;
    std::uint64_t sent = 0;
    bool sends = false;
    bool expected = false;
    TimeMs heard;         // or expected since
    DurationMs patience;  // how long after that the far end is told
  };

  [[nodiscard]] Line& line(const Mid& mid);

  std::vector<Line> lines_;
  bool silent_ = false;
};

}  // namespace partyline
