// How many may come from one address, before and after they are a WebSocket; and what happens when
// the system has no more descriptors.
#include "connection_limits.h"

#include <memory>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "endpoint_process.h"
#include "raw_socket.h"
#include "test_client.h"

namespace partyline::endpoint_test {

TEST_CASE("WebSockets of one address are limited", "[endpoint]") {
  EndpointProcess endpoint(R"({"limits": {"connections_per_address_max": 2}})");
  TestClient first(endpoint.port());
  first.hello("room");
  {
    TestClient second(endpoint.port());
    second.hello("room");
    first.expect<message::PeerJoined>();
    TestClient third(endpoint.port());
    CHECK(third.read_close().code == 4103);
    second.ping();
    second.close();
  }
  first.expect<message::PeerLeft>();
  TestClient fourth(endpoint.port());
  fourth.hello("room");
  first.expect<message::PeerJoined>();
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("connections that are no WebSocket are limited by themselves", "[endpoint]") {
  EndpointProcess endpoint(R"({"http": {"connections_per_address_max": 2}})");
  TestClient anna(endpoint.port());
  TestClient berta(endpoint.port());
  TestClient carla(endpoint.port());
  anna.hello("room");
  berta.hello("room");
  carla.hello("room");
  // Each is known to be accepted before the next comes.
  const auto ask = [](RawSocket& socket) {
    socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return socket.read_response().status;
  };
  RawSocket second(endpoint.port());
  {
    RawSocket first(endpoint.port());
    CHECK(ask(first) == 200);
    CHECK(ask(second) == 200);
    RawSocket third(endpoint.port());
    CHECK(third.read_to_end().empty());
    first.end_writing();
    CHECK(first.read_to_end().empty());
  }
  RawSocket fourth(endpoint.port());
  CHECK(ask(fourth) == 200);
  endpoint.wait_for_log("connections_refused");
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("places are counted by group and in all, and given back", "[endpoint]") {
  endpoint::HttpLimits limits;
  limits.connections_max = 3;
  limits.connections_per_address_max = 2;
  endpoint::ConnectionLimits places(limits);
  endpoint::ConnectionSlot a = places.take("1.2.3.4");
  endpoint::ConnectionSlot b = places.take("1.2.3.4");
  CHECK((a.taken() && b.taken()));
  CHECK_FALSE(places.take("1.2.3.4").taken());
  endpoint::ConnectionSlot proxy = places.take("");
  CHECK(proxy.taken());
  CHECK_FALSE(places.take("5.6.7.8").taken());
  endpoint::ConnectionSlot moved = std::move(a);
  CHECK(places.total() == 3);
  moved.release();
  moved.release();
  CHECK(places.total() == 2);
  CHECK(places.take("1.2.3.4").taken());
  CHECK(places.total() == 2);
}

TEST_CASE("without descriptors new clients wait, and old ones go on", "[endpoint]") {
  EndpointProcess endpoint(R"({})", {}, 24);
  TestClient anna(endpoint.port());
  anna.hello("room");
  std::vector<std::unique_ptr<RawSocket>> crowd;
  for (int i = 0; i < 40; ++i) crowd.push_back(std::make_unique<RawSocket>(endpoint.port()));
  endpoint.wait_for_log("accept_failed");
  anna.ping();
  crowd.clear();
  TestClient berta(endpoint.port());
  berta.hello("room");
  anna.expect<message::PeerJoined>();
  // Logged once, not at the rate of the attempts.
  const std::string log = endpoint.log();
  CHECK(log.find("accept_failed") == log.rfind("accept_failed"));
  CHECK(endpoint.stop() == 0);
}

}  // namespace partyline::endpoint_test
