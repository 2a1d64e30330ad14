// Messages between clients of a running endpoint.
#include <catch2/catch_test_macros.hpp>

#include "endpoint_process.h"
#include "partyline/limits.h"
#include "test_client.h"

namespace partyline::endpoint_test {
namespace {

const ChannelName kRoom{"room"};

// 1.5 MB in all: more than is kept for a session, less than a socket may send at once.
TEST_CASE("the largest messages pass in order, and their sender learns that they arrived",
          "[endpoint]") {
  constexpr std::uint64_t kCount = 18;
  EndpointProcess endpoint;
  TestClient anna(endpoint.port());
  TestClient berta(endpoint.port());
  anna.hello("room");
  const PeerId berta_id = berta.hello("room").peer;
  anna.expect<message::PeerJoined>();
  const std::string body(limits::kMessageBase64BytesMax, 'A');
  for (std::uint64_t number = 1; number <= kCount; ++number) {
    anna.send(message::MessageTo{kRoom, number, {}, false, "files", "bytes", body});
    const auto message = berta.expect<message::MessageFrom>();
    CHECK(message.request == number);
    CHECK(message.topic == "files");
    CHECK(message.format == "bytes");
    CHECK(message.body == body);
    CHECK(anna.expect<message::Sent>().request == number);
    berta.send(message::Ack{number});
    CHECK(anna.expect<message::Delivered>() == message::Delivered{kRoom, berta_id, number});
  }
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a key may be for listeners", "[endpoint]") {
  EndpointProcess endpoint(
      R"({"keys": [{"id": "pk_speaker"}, {"id": "pk_listener", "permissions": ["join", "publish", "subscribe"]}]})");
  TestClient anna(endpoint.port());
  TestClient berta(endpoint.port());
  anna.hello("room", "pk_speaker");
  berta.hello("room", "pk_listener");
  anna.expect<message::PeerJoined>();
  berta.send(message::MessageTo{kRoom, 1, {}, false, "", "", "1"});
  CHECK(berta.expect<message::Refused>().code == ErrorCode::send_not_allowed);
  anna.send(message::MessageTo{kRoom, 1, {}, false, "", "", "2"});
  CHECK(berta.expect<message::MessageFrom>().body == "2");
  CHECK(endpoint.stop() == 0);
}

}  // namespace
}  // namespace partyline::endpoint_test
