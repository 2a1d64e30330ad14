// Two clients find each other over real sockets: roster, signals, leaving.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "endpoint_process.h"
#include "raw_socket.h"
#include "test_client.h"

namespace partyline::endpoint_test {

TEST_CASE("two clients see each other, signal, and see each other leave", "[endpoint]") {
  EndpointProcess endpoint;
  TestClient anna(endpoint.port());
  TestClient berta(endpoint.port());

  const message::Welcome anna_welcome = anna.hello("room");
  REQUIRE(anna_welcome.joined.size() == 1);
  CHECK(anna_welcome.joined[0].members.empty());

  const message::Welcome berta_welcome = berta.hello("room");
  REQUIRE(berta_welcome.joined.size() == 1);
  REQUIRE(berta_welcome.joined[0].members.size() == 1);
  CHECK(berta_welcome.joined[0].members[0].peer == anna_welcome.peer);
  CHECK(anna_welcome.peer != berta_welcome.peer);

  const auto joined = anna.expect<message::PeerJoined>();
  CHECK(joined.channel.value == "room");
  CHECK(joined.member.peer == berta_welcome.peer);

  SECTION("a signal arrives as it was sent") {
    const std::string body = "{\"generation\":1}\nv=0\r\n\xc3\xa4";
    anna.send(message::SignalTo{ChannelName("room"), berta_welcome.peer, joined.member.incarnation,
                                body});
    const auto signal = berta.expect<message::SignalFrom>();
    CHECK(signal.from == anna_welcome.peer);
    CHECK(signal.body == body);
  }
  SECTION("leaving the channel") {
    berta.send(message::Leave{ChannelName("room")});
    const auto left = anna.expect<message::PeerLeft>();
    CHECK(left.peer == berta_welcome.peer);
    CHECK(left.reason == message::LeaveReason::kLeft);
    berta.ping();
  }
  SECTION("closing the socket") {
    berta.close();
    const auto left = anna.expect<message::PeerLeft>();
    CHECK(left.peer == berta_welcome.peer);
    CHECK(left.reason == message::LeaveReason::kLeft);
  }
  SECTION("health counts them") {
    const HttpAnswer answer = request(endpoint.port(), "GET", "/healthz");
    CHECK(answer.status == 200);
    CHECK(answer.headers.at("content-type") == "application/json");
    const auto health = nlohmann::json::parse(answer.body, nullptr, false);
    REQUIRE(health.is_object());
    CHECK(health["status"] == "ok");
    CHECK(health["connections"] == 2);
    CHECK(health["peers"] == 2);
    CHECK(health["channels"] == 1);
    CHECK(health["memberships"] == 2);
  }
  anna.ping();
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a client that vanishes without a farewell is seen to leave", "[endpoint]") {
  EndpointProcess endpoint(R"({"timing": {"hold_ms": 200}})");
  TestClient anna(endpoint.port());
  anna.hello("room");
  {
    TestClient berta(endpoint.port());
    berta.hello("room");
    anna.expect<message::PeerJoined>();
  }
  anna.expect<message::PeerLeft>();
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a client that ends its half of the connection is seen to leave", "[endpoint]") {
  EndpointProcess endpoint(R"({"timing": {"hold_ms": 200}})");
  TestClient anna(endpoint.port());
  anna.hello("room");
  RawSocket berta(endpoint.port());
  berta.write(upgrade_request());
  REQUIRE(berta.read_response().status == 101);
  berta.write(client_frame(
      R"({"type":"hello","version":1,"key":"pk_demo","join":[{"channel":"room","request":1}]})"));
  anna.expect<message::PeerJoined>();
  berta.end_writing();
  anna.expect<message::PeerLeft>();
  static_cast<void>(berta.read_to_end());
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("ICE servers of the configuration reach the client", "[endpoint]") {
  EndpointProcess endpoint(R"({"ice_servers": [{"urls": "stun:stun.example.com:3478"}]})");
  TestClient anna(endpoint.port());
  CHECK(anna.hello("room").ice_servers.text == R"([{"urls":"stun:stun.example.com:3478"}])");
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("logs tell what happened and no secret", "[endpoint]") {
  EndpointProcess endpoint(R"({"keys": [{"id": "pk_quite_secret"}], "log_level": "debug"})");
  TestClient anna(endpoint.port(), {.path = "/v1?token=do-not-log"});
  const message::Welcome welcome = anna.hello("room", "pk_quite_secret");
  CHECK(request(endpoint.port(), "GET", "/healthz?password=nor-this").status == 200);
  TestClient berta(endpoint.port());
  berta.send_text(R"({"type":"hello","version":1,"key":"pk_almost_right"})");
  CHECK(berta.read_close().code == 4302);
  CHECK(endpoint.pid() > 0);
  endpoint.wait_for_log("peer_welcomed");
  endpoint.wait_for_log("key_unknown");
  const std::string log = endpoint.log();
  CHECK(log.find(welcome.peer.value) != std::string::npos);
  CHECK(log.find("quite_secret") == std::string::npos);
  CHECK(log.find("almost_right") == std::string::npos);
  CHECK(log.find("do-not-log") == std::string::npos);
  CHECK(log.find("nor-this") == std::string::npos);
  std::size_t start = 0;
  for (std::size_t end = 0; (end = log.find('\n', start)) != std::string::npos; start = end + 1) {
    const auto line = nlohmann::json::parse(log.substr(start, end - start), nullptr, false);
    INFO(log.substr(start, end - start));
    CHECK(line.is_object());
    CHECK((line.contains("time") && line.contains("level") && line.contains("event")));
  }
  CHECK(endpoint.stop() == 0);
}

}  // namespace partyline::endpoint_test
