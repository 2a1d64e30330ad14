// Who talks too fast is read more slowly; nobody is closed for it, nothing is lost.
#include <csignal>
#include <variant>

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

TEST_CASE("what waits is not handled before its turn", "[endpoint]") {
  EndpointProcess endpoint(R"({
    "log_level": "debug",
    "limits": {"frames_per_second": 1, "frames_burst": 5}
  })");
  TestClient hasty(endpoint.port());
  hasty.hello("room");
  // Twenty minutes' worth.
  constexpr int kPings = 1200;
  for (int i = 0; i < kPings; ++i) hasty.send(message::Ping{});
  endpoint.wait_for_log("reading_paused");
  endpoint.signal(SIGTERM);
  int answered = 0;
  while (std::holds_alternative<message::Pong>(hasty.read())) ++answered;
  CHECK(answered > 0);
  CHECK(answered < kPings);
  CHECK(hasty.read_close().code == 4000);
  CHECK(endpoint.wait() == 0);
}

}  // namespace partyline::endpoint_test
