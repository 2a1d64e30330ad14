// A client that does not read must not cost memory without bound, nor hold up anybody.
#include <catch2/catch_test_macros.hpp>

#include "endpoint_process.h"
#include "raw_socket.h"
#include "test_client.h"

namespace partyline::endpoint_test {

TEST_CASE("a reader that does not keep up is closed, the others go on", "[endpoint]") {
  EndpointProcess endpoint(R"({
    "limits": {"send_queue_bytes_max": 131072, "frames_per_second": 100000,
               "frames_burst": 1000000, "bytes_per_second": 500000000, "bytes_burst": 500000000,
               "fanout_bytes_per_second": 500000000, "fanout_bytes_burst": 500000000}
  })");
  TestClient talker(endpoint.port());
  talker.hello("room");
  TestClient listener(endpoint.port());
  listener.hello("room");
  const MemberInfo to_listener = talker.expect<message::PeerJoined>().member;

  RawSocket sleeper(endpoint.port(), 4096);
  sleeper.write(upgrade_request());
  REQUIRE(sleeper.read_response().status == 101);
  sleeper.write(client_frame(
      R"({"type":"hello","version":1,"key":"pk_demo","join":[{"channel":"room","request":1}]})"));
  const MemberInfo to_sleeper = talker.expect<message::PeerJoined>().member;
  listener.expect<message::PeerJoined>();

  // More than the kernel keeps for any socket, 6 MB at most: what it takes is not ours to limit.
  const std::string body(96 * 1024, 'x');
  constexpr int kEnough = 400;
  for (int i = 0; i < kEnough; ++i) {
    talker.send(
        message::SignalTo{ChannelName("room"), to_sleeper.peer, to_sleeper.incarnation, body});
    if (i % 50 != 0) continue;
    talker.send(
        message::SignalTo{ChannelName("room"), to_listener.peer, to_listener.incarnation, "{}"});
  }
  // The listener hears every signal and, at its place among them, that the sleeper has gone.
  int signals = 0;
  bool left = false;
  while (signals < kEnough / 50 || !left) {
    const HubMessage message = listener.read();
    if (std::holds_alternative<message::SignalFrom>(message)) ++signals;
    if (const auto* gone = std::get_if<message::PeerLeft>(&message)) {
      CHECK(gone->peer == to_sleeper.peer);
      left = true;
    }
  }
  endpoint.wait_for_log("slow_reader");
  // Dropped at last, though it neither read nor answered the close.
  static_cast<void>(sleeper.read_to_end());
  CHECK(endpoint.stop() == 0);
}

}  // namespace partyline::endpoint_test
