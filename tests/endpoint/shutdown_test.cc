// The way out: everybody is told when to come back, and nobody holds it up.
#include <csignal>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "endpoint_process.h"
#include "raw_socket.h"
#include "test_client.h"

namespace partyline::endpoint_test {
namespace {

// A client that answers no close.
class Stubborn {
 public:
  explicit Stubborn(EndpointProcess& endpoint) : socket_(endpoint.port()) {
    socket_.write(upgrade_request());
    static_cast<void>(socket_.read_response());
    socket_.write(client_frame(R"({"type":"hello","version":1,"key":"pk_demo"})"));
    endpoint.wait_for_log("peer_welcomed");
  }

 private:
  RawSocket socket_;
};

}  // namespace

TEST_CASE("clients are told goodbye and closed, and the exit is clean", "[endpoint]") {
  const int number = GENERATE(SIGTERM, SIGINT);
  EndpointProcess endpoint(R"({"timing": {"drain_retry_ms": 1234}})");
  TestClient anna(endpoint.port());
  TestClient berta(endpoint.port());
  anna.hello("room");
  berta.hello("room");
  anna.expect<message::PeerJoined>();
  RawSocket idle(endpoint.port());
  idle.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(idle.read_response().status == 200);

  endpoint.signal(number);
  CHECK(anna.expect<message::Goodbye>().retry_in_ms.value == 1234);
  CHECK(berta.expect<message::Goodbye>().retry_in_ms.value == 1234);
  CHECK(anna.read_close().code == 4000);
  CHECK(berta.read_close().code == 4000);
  CHECK(idle.read_to_end().empty());
  CHECK(endpoint.wait() == 0);
  CHECK(endpoint.log().find("drain_cut_short") == std::string::npos);
}

TEST_CASE("a client that answers nothing does not hold up the exit", "[endpoint]") {
  EndpointProcess endpoint(R"({"timing": {"shutdown_ms": 100}})");
  const Stubborn stubborn(endpoint);
  endpoint.signal(SIGTERM);
  CHECK(endpoint.wait() == 0);
  CHECK(endpoint.log().find("drain_cut_short") != std::string::npos);
}

TEST_CASE("a second signal ends it at once", "[endpoint]") {
  EndpointProcess endpoint(R"({"timing": {"shutdown_ms": 86400000}})");
  const Stubborn stubborn(endpoint);
  endpoint.signal(SIGTERM);
  endpoint.wait_for_log("drain_started");
  endpoint.signal(SIGTERM);
  CHECK(endpoint.wait() == 0);
  CHECK(endpoint.log().find("stopped_at_once") != std::string::npos);
}

TEST_CASE("a hang-up without TLS is no reason to stop", "[endpoint]") {
  EndpointProcess endpoint;
  TestClient anna(endpoint.port());
  anna.hello("room");
  endpoint.signal(SIGHUP);
  anna.ping();
  CHECK(endpoint.stop() == 0);
}

}  // namespace partyline::endpoint_test
