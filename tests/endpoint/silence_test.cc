// Sockets that say nothing: no hello, no heartbeat, no answer to a ping, no end of their headers.
#include <catch2/catch_test_macros.hpp>

#include "endpoint_process.h"
#include "raw_socket.h"
#include "test_client.h"

namespace partyline::endpoint_test {

TEST_CASE("a socket without a hello is closed", "[endpoint]") {
  EndpointProcess endpoint(R"({"timing": {"hello_timeout_ms": 150}})");
  TestClient silent(endpoint.port());
  const Closed closed = silent.read_close();
  CHECK(closed.code == 4102);
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a client that sends no heartbeat is closed", "[endpoint]") {
  EndpointProcess endpoint(R"({"timing": {"heartbeat_ms": 100, "silence_timeout_ms": 200}})");
  TestClient silent(endpoint.port());
  silent.hello("room");
  CHECK(silent.read_close().code == 4104);
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a client that answers no ping is dropped, one that does stays", "[endpoint]") {
  EndpointProcess endpoint(R"({
    "timing": {"transport_timeout_ms": 1000, "hold_ms": 200},
    "limits": {"bytes_per_second": 1048576}
  })");
  TestClient alive(endpoint.port());
  alive.hello("room");
  RawSocket dead(endpoint.port());
  dead.write(upgrade_request());
  REQUIRE(dead.read_response().status == 101);
  dead.write(client_frame(
      R"({"type":"hello","version":1,"key":"pk_demo","join":[{"channel":"room","request":1}]})"));
  alive.expect<message::PeerJoined>();
  // Reading answers pings.
  alive.expect<message::PeerLeft>();
  alive.ping();
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a request that does not come to its end is cut off", "[endpoint]") {
  EndpointProcess endpoint(R"({"http": {"timeout_ms": 200}})");
  SECTION("nothing at all") {
    RawSocket socket(endpoint.port());
    CHECK(socket.read_to_end().empty());
  }
  SECTION("a head without its end") {
    RawSocket socket(endpoint.port());
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
    CHECK(socket.read_to_end().empty());
  }
  SECTION("nothing after the first request") {
    RawSocket socket(endpoint.port());
    socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(socket.read_response().status == 200);
    CHECK(socket.read_to_end().empty());
  }
  CHECK(endpoint.stop() == 0);
}

}  // namespace partyline::endpoint_test
