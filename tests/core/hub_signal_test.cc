// Signals: from one member of a channel to another, and to nobody else.
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "hub_world.h"

namespace partyline {
namespace {

const ChannelName kRoom("room");

message::SignalTo signal_to(const HubWorld& world, SocketId to, std::string body = "{}") {
  return {kRoom, world.peer(to), world.incarnation(to, "room"), std::move(body)};
}

TEST_CASE("a signal arrives byte for byte, and says from whom") {
  HubWorld world;
  const SocketId a = world.member("room");
  const SocketId b = world.member("room");
  const SocketId c = world.member("room");
  const std::string body = "{\"not\": even JSON\n\nv=0\r\n\ttab \"quote\" \\ Zoë 🎉\n";
  world.send(a, signal_to(world, b, body));
  CHECK(world.take_one<message::SignalFrom>(b) ==
        message::SignalFrom{kRoom, world.peer(a), world.incarnation(a, "room"), body});
  CHECK(world.take(a).empty());
  CHECK(world.take(c).empty());
}

TEST_CASE("signals keep their order") {
  HubWorld world;
  const SocketId a = world.member("room");
  const SocketId b = world.member("room");
  for (int number = 0; number < 20; ++number) {
    world.send(a, signal_to(world, b, std::to_string(number)));
  }
  const auto frames = world.take(b);
  REQUIRE(frames.size() == 20);
  for (std::size_t number = 0; number < frames.size(); ++number) {
    CHECK(std::get<message::SignalFrom>(frames[number]).body == std::to_string(number));
  }
}

TEST_CASE("a signal for another channel than one's own is refused") {
  HubWorld world;
  const SocketId inside = world.member("room");
  const SocketId outside = world.member("other");
  world.send(outside, signal_to(world, inside));
  const auto refused = world.take_refusal(outside);
  CHECK(refused.code == ErrorCode::not_in_channel);
  CHECK(refused.peer == world.peer(inside));
  CHECK(refused.request == 0);
  CHECK(world.take(inside).empty());
}

TEST_CASE("a peer elsewhere and a peer nowhere are refused in the same words") {
  HubWorld world;
  const SocketId a = world.member("room");
  const SocketId elsewhere = world.member("other");
  world.send(a, message::SignalTo{kRoom, world.peer(elsewhere), 1, "{}"});
  auto first = world.take_refusal(a);
  CHECK(first.code == ErrorCode::peer_not_found);
  CHECK(first.peer == world.peer(elsewhere));
  CHECK(first.channel == kRoom);
  world.send(a, message::SignalTo{kRoom, PeerId("p_nobody"), 1, "{}"});
  auto second = world.take_refusal(a);
  CHECK(second.peer == PeerId("p_nobody"));
  second.peer = first.peer;
  CHECK(first == second);
  CHECK(world.take(elsewhere).empty());
}

TEST_CASE("a shared second channel does not open the first") {
  HubWorld world;
  const SocketId a = world.enter({join("room"), join("shared")});
  const SocketId b = world.enter({join("shared")});
  world.discard_frames();
  world.send(a, message::SignalTo{kRoom, world.peer(b), world.incarnation(b, "shared"), "{}"});
  CHECK(world.take_refusal(a).code == ErrorCode::peer_not_found);
  CHECK(world.take(b).empty());
}

TEST_CASE("a signal to oneself is refused") {
  HubWorld world;
  const SocketId a = world.member("room");
  world.send(a, signal_to(world, a));
  CHECK(world.take_refusal(a).code == ErrorCode::peer_not_found);
}

TEST_CASE("a signal for who was there before is dropped without a word") {
  HubWorld world;
  const SocketId a = world.member("room");
  const SocketId b = world.member("room");
  const message::SignalTo stale = signal_to(world, b);
  world.send(b, message::Leave{kRoom});
  world.send(b, join("room"));
  world.discard_frames();
  world.send(a, stale);
  world.check_quiet();
  world.send(a, signal_to(world, b));
  CHECK(world.take(b).size() == 1);
}

TEST_CASE("a signal to a peer that is being closed is refused") {
  HubWorld world;
  const SocketId a = world.member("room");
  const SocketId b = world.member("room");
  const message::SignalTo late = signal_to(world, b);
  world.handle(hub_input::SendQueueFull{b});
  world.discard_frames();
  world.send(a, late);
  CHECK(world.take_refusal(a).code == ErrorCode::peer_not_found);
}

}  // namespace
}  // namespace partyline
