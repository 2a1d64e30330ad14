// Ten thousand clients in one endpoint: it restarts, and all of them come back.
#include "storm.h"

#include <catch2/catch_test_macros.hpp>

#include "partyline/options.h"

namespace partyline::sim {

TEST_CASE("ten thousand clients come back from a restart, spread, and as the same peers") {
  const StormOutcome storm = run_storm({});
  CHECK(storm.back == 10'000);
  CHECK(storm.same == 10'000);
  // Attempts while the endpoint is down and after it is back, all of them.
  CHECK(storm.peak_second <= 2 * HubOptions{}.returns_per_second + 1'000);
  CHECK(storm.last <= DurationMs{30'000});
}

}  // namespace partyline::sim
