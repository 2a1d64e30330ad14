// Everybody loses the endpoint at once and comes back: how many ask it at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "partyline/time.h"

namespace partyline::sim {

struct StormOptions {
  std::uint64_t seed = 1;
  std::size_t clients = 10'000;
  DurationMs down{3'000};  // from the loss to the endpoint's return
};

struct StormOutcome {
  std::size_t back = 0;         // clients that were welcomed again
  std::size_t same = 0;         // of these, with the peer id and the membership that they had
  std::size_t attempts = 0;     // sockets that were opened since the loss
  std::size_t peak_second = 0;  // the most attempts within a second
  std::size_t peak_tenth = 0;   // and within a tenth of one
  DurationMs half;              // from the endpoint's return until half of them were back
  DurationMs last;              // and until all were
};

// Signalling only: no peer connections are made.
[[nodiscard]] StormOutcome run_storm(const StormOptions& options);

}  // namespace partyline::sim
