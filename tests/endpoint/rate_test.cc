// Who talks too fast is read more slowly; nobody is closed for it, nothing is lost.
#include <catch2/catch_test_macros.hpp>

#include "endpoint_process.h"
#include "test_client.h"

namespace partyline::endpoint_test {

TEST_CASE("frames above the rate wait, and all are answered", "[endpoint]") {
  EndpointProcess endpoint(R"({
    "log_level": "debug",
    "limits": {"frames_per_second": 100, "frames_burst": 5}
  })");
  TestClient hasty(endpoint.port());
  TestClient calm(endpoint.port());
  hasty.hello("room");
  calm.hello("elsewhere");
  constexpr int kPings = 60;
  for (int i = 0; i < kPings; ++i) hasty.send(message::Ping{});
  calm.ping();
  for (int i = 0; i < kPings; ++i) hasty.expect<message::Pong>();
  CHECK(endpoint.log().find("reading_paused") != std::string::npos);
  CHECK(endpoint.stop() == 0);
}

}  // namespace partyline::endpoint_test
