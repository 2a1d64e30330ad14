// Keys that change while calls run: by a new file, by SIGHUP, and a file with a mistake.
#include <csignal>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "endpoint_process.h"
#include "test_client.h"

namespace partyline::endpoint_test {
namespace {

const char* const kBoth = R"({"keys": [{"id": "pk_a"}, {"id": "pk_b"}]})";
const char* const kOnlyA = R"({"keys": [{"id": "pk_a", "permissions": ["join", "subscribe"]}]})";

}  // namespace

TEST_CASE("a changed file changes the keys, and nobody is dropped whom it does not concern",
          "[endpoint][keys]") {
  EndpointProcess endpoint(kBoth);
  TestClient anna(endpoint.port());
  anna.hello("room", "pk_a");
  TestClient ben(endpoint.port());
  ben.hello("room", "pk_b");
  anna.expect<message::PeerJoined>();
  endpoint.write_config(kOnlyA);
  CHECK(ben.read_close().code == close_code(ErrorCode::key_unknown));
  anna.expect<message::PeerLeft>();
  anna.send(message::MessageTo{ChannelName("room"), 5, {}, false, "", "", "1"});
  CHECK(anna.expect<message::Refused>().code == ErrorCode::send_not_allowed);
  anna.ping();
  endpoint.wait_for_log("keys_reloaded");
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a file with a mistake is refused with its place, and the former keys stay",
          "[endpoint][keys]") {
  EndpointProcess endpoint(kBoth);
  TestClient ben(endpoint.port());
  ben.hello("room", "pk_b");
  endpoint.write_config("{\"keys\": [\n{\"id\": \"pk_a\"},\n{\"id\": \"pk_c\", \"chanels\": []}]}");
  endpoint.wait_for_log("configuration_refused");
  CHECK(endpoint.log().find("endpoint.json:3") != std::string::npos);
  endpoint.write_config("{\"keys\": [");
  endpoint.wait_for_log("endpoint.json:1");
  ben.ping();
  TestClient another(endpoint.port());
  another.hello("room", "pk_b");
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("SIGHUP reads the keys again, and says what needs a restart", "[endpoint][keys]") {
  EndpointProcess endpoint(kBoth);
  TestClient anna(endpoint.port());
  anna.hello("room", "pk_a");
  endpoint.signal(SIGHUP);
  endpoint.wait_for_log("keys_reloaded");
  CHECK(endpoint.log().find("restart_needed") == std::string::npos);
  endpoint.write_config(R"({"keys": [{"id": "pk_a"}], "timing": {"hold_ms": 1}})");
  endpoint.signal(SIGHUP);
  endpoint.wait_for_log("restart_needed");
  anna.ping();
  CHECK(endpoint.stop() == 0);
}

}  // namespace partyline::endpoint_test
