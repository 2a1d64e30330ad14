// The first frame of a socket, and sockets that say nothing.
#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "hub_world.h"

namespace partyline {
namespace {

TEST_CASE("a hello is answered with a welcome that says all a client needs") {
  HubOptions options;
  options.heartbeat_ms = {7'000};
  options.ice_servers = JsonText(R"([{"urls":"stun:stun.example"}])");
  options.software = "endpoint 1";
  HubWorld world(options);
  const SocketId socket = world.enter();
  const auto welcome = world.take_one<message::Welcome>(socket);
  CHECK(welcome.heartbeat_ms == DurationMs{7'000});
  CHECK(welcome.ice_servers == options.ice_servers);
  CHECK(welcome.endpoint == "endpoint 1");
  CHECK(welcome.joined.empty());
  CHECK(world.hub().counts().connections == 1);
  CHECK(world.hub().counts().peers == 1);
}

TEST_CASE("peer ids carry all of the entropy and none is given twice") {
  HubWorld world;
  std::set<PeerId> peers;
  for (int count = 0; count < 50; ++count) {
    const PeerId peer = world.peer(world.enter());
    CHECK(peer.value.size() == 24);
    CHECK(peer.value.starts_with("p_"));
    CHECK(peers.insert(peer).second);
  }
}

TEST_CASE("the same entropy twice does not give one peer to two sockets") {
  Hub hub({}, {open_key()}, {});
  const std::string hello = write_message(ClientMessage(message::Hello{1, "pk_open", "", "", {}}));
  for (const std::uint64_t number : {1U, 2U}) {
    hub.handle(TimeMs{0}, hub_input::SocketOpened{SocketId(number), "a", "", {5, 6}});
    hub.handle(TimeMs{0}, hub_input::FrameReceived{SocketId(number), hello});
  }
  CHECK(hub.counts().peers == 1);
  hub.handle(TimeMs{0}, hub_input::SocketClosed{SocketId(2)});
  CHECK(hub.counts().peers == 1);
  hub.handle(TimeMs{0}, hub_input::SocketClosed{SocketId(1)});
  CHECK(hub.counts().peers == 0);
}

TEST_CASE("anything before the hello closes the socket") {
  for (const char* frame :
       {R"({"type":"ping"})", R"({"type":"join","channel":"a"})", R"({"type":"of_tomorrow"})"}) {
    HubWorld world;
    const SocketId socket = world.open();
    world.send_text(socket, frame);
    world.check_closed(socket, ErrorCode::protocol_error);
    CHECK(world.hub().counts().channels == 0);
  }
}

TEST_CASE("a second hello closes the socket") {
  HubWorld world;
  const SocketId socket = world.enter();
  world.send(socket, message::Hello{1, "pk_open", "", "", {}});
  world.check_closed(socket, ErrorCode::protocol_error);
  CHECK(world.hub().counts().peers == 0);
}

TEST_CASE("another version of the protocol is refused as such") {
  HubWorld world;
  const SocketId socket = world.open();
  world.send_text(socket, R"({"type":"hello","version":2,"credentials":{}})");
  world.check_closed(socket, ErrorCode::unsupported_version);
}

TEST_CASE("a socket that says no hello is closed in time, and one that does is not") {
  HubWorld world;
  const SocketId silent = world.open();
  world.run_for({5'000});
  const SocketId prompt = world.enter();
  world.run_for({4'999});
  CHECK_FALSE(world.closed(silent).has_value());
  world.run_for({1});
  world.check_closed(silent, ErrorCode::hello_timeout);
  world.run_for({60'000});
  CHECK_FALSE(world.closed(prompt).has_value());
}

TEST_CASE("a socket that falls silent is closed, and a ping keeps it") {
  HubWorld world;
  const SocketId silent = world.enter({join("a")});
  const SocketId alive = world.enter({join("a")});
  world.run_for({100'000});
  world.discard_frames();
  world.send(alive, message::Ping{});
  CHECK(world.take_one<message::Pong>(alive) == message::Pong{});
  world.run_for({50'000});
  world.check_closed(silent, ErrorCode::heartbeat_timeout);
  CHECK(world.take_one<message::PeerLeft>(alive).reason == message::LeaveReason::kDisconnected);
  world.run_for({99'999});
  CHECK_FALSE(world.closed(alive).has_value());
  world.run_for({1});
  world.check_closed(alive, ErrorCode::heartbeat_timeout);
}

TEST_CASE("no timer runs for sockets that are gone") {
  HubWorld world;
  CHECK_FALSE(world.hub().next_wakeup().has_value());
  const SocketId first = world.open();
  const SocketId second = world.enter();
  CHECK(world.hub().next_wakeup().has_value());
  world.close(first);
  world.handle(hub_input::BinaryReceived{second});
  CHECK_FALSE(world.hub().next_wakeup().has_value());
}

TEST_CASE("what happens to unknown sockets is ignored") {
  HubWorld world;
  const SocketId unknown(77);
  world.handle(hub_input::FrameReceived{unknown, "{}"});
  world.handle(hub_input::BinaryReceived{unknown});
  world.handle(hub_input::SendQueueFull{unknown});
  world.handle(hub_input::SocketClosed{unknown});
  world.handle(hub_input::Wakeup{});
  world.check_quiet();
  CHECK(world.logs().empty());
}

}  // namespace
}  // namespace partyline
