// Frames that are none: the sender gets the stated answer, and nobody else notices.
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "hub_world.h"
#include "partyline/limits.h"

namespace partyline {
namespace {

// A well-behaved pair next to whoever misbehaves. They only ever hear that a member left.
struct Bystanders {
  explicit Bystanders(HubWorld& world)
      : world(world), a(world.member("room")), b(world.member("room")) {}

  void check_undisturbed() {
    world.discard_frames();
    const ChannelName room("room");
    world.send(a, message::SignalTo{room, world.peer(b), world.incarnation(b, "room"), "still"});
    CHECK(world.take_one<message::SignalFrom>(b).body == "still");
    world.send(b, message::Ping{});
    CHECK(world.take_one<message::Pong>(b) == message::Pong{});
    CHECK_FALSE(world.closed(a).has_value());
    CHECK_FALSE(world.closed(b).has_value());
  }

  HubWorld& world;
  SocketId a;
  SocketId b;
};

TEST_CASE("a malformed frame closes the socket with the reason in words") {
  for (const std::string& frame :
       {std::string("not json"), std::string(), std::string("[]"), std::string("{\"type\":1}"),
        std::string(60'000, '['), std::string("\xFF\xFE"),
        std::string(R"({"type":"join","channel":7})"),
        std::string(R"({"type":"signal","channel":"room","to":"p","incarnation":1})")}) {
    INFO(frame.substr(0, 80));
    HubWorld world;
    Bystanders bystanders(world);
    const SocketId culprit = world.member("room");
    world.send_text(culprit, frame);
    world.check_closed(culprit, ErrorCode::protocol_error);
    CHECK(world.take_one<message::PeerLeft>(bystanders.a).peer == world.peer(culprit));
    bystanders.check_undisturbed();
  }
}

TEST_CASE("a hello that lists a channel twice is malformed") {
  HubWorld world;
  Bystanders bystanders(world);
  const SocketId culprit = world.open();
  std::vector<message::Join> joins{join("x")};
  // The second claims what the first is about to get, and is wrong in itself.
  for (std::uint64_t guess = 1; guess < limits::kHelloJoinsMax; ++guess) {
    joins.push_back(join("x"));
    joins.back().incarnation = world.incarnation(bystanders.b, "room") + guess;
    joins.back().publications = {publication("a"), publication("a")};
  }
  world.send(culprit, message::Hello{1, "pk_open", "", "", joins});
  world.check_closed(culprit, ErrorCode::protocol_error);
  bystanders.check_undisturbed();
}

TEST_CASE("a frame that is too large closes the socket with its own code") {
  HubWorld world;
  Bystanders bystanders(world);
  const SocketId culprit = world.member("room");
  world.send_text(culprit, std::string(limits::kFrameBytesMax + 1, ' '));
  world.check_closed(culprit, ErrorCode::frame_too_large);
  bystanders.check_undisturbed();
}

TEST_CASE("a binary message closes the socket") {
  HubWorld world;
  Bystanders bystanders(world);
  const SocketId culprit = world.member("room");
  world.handle(hub_input::BinaryReceived{culprit});
  world.check_closed(culprit, ErrorCode::protocol_error);
  bystanders.check_undisturbed();
}

TEST_CASE("a frame of an unknown type is refused, and the socket goes on") {
  HubWorld world;
  Bystanders bystanders(world);
  const SocketId newer = world.member("room");
  world.send_text(newer, R"({"type":"of_tomorrow","channel":"room"})");
  const auto refused = world.take_refusal(newer);
  CHECK(refused.code == ErrorCode::unknown_type);
  CHECK_FALSE(world.closed(newer).has_value());
  world.send(newer, message::Ping{});
  CHECK(world.take_one<message::Pong>(newer) == message::Pong{});
  bystanders.check_undisturbed();
}

TEST_CASE("a reader that is too slow is closed") {
  HubWorld world;
  Bystanders bystanders(world);
  const SocketId slow = world.member("room");
  world.handle(hub_input::SendQueueFull{slow});
  world.check_closed(slow, ErrorCode::slow_reader);
  world.handle(hub_input::SendQueueFull{slow});
  bystanders.check_undisturbed();
}

TEST_CASE("a roster with the largest of everything stays within what clients can parse") {
  HubWorld world;
  message::Join largest{ChannelName(std::string(limits::kChannelNameBytesMax, '"')),
                        1,
                        JsonText(R"("\\\"\u0001")"),
                        {}};
  for (std::size_t count = 0; count < limits::kPublicationsMax; ++count) {
    std::string name(limits::kPublicationNameBytesMax - 2, '\\');
    largest.publications.push_back(publication(name + std::to_string(10 + count)));
    largest.publications.back().metadata = JsonText("[[[[[[[[1]]]]]]]]");
  }
  const SocketId author = world.enter({largest});
  REQUIRE_FALSE(world.closed(author).has_value());
  const SocketId reader = world.enter({{largest.channel, 2, {}, {}}});
  const auto roster = world.take_one<message::Welcome>(reader).joined.at(0).members;
  REQUIRE(roster.size() == 1);
  CHECK(roster[0].publications == largest.publications);
  CHECK(roster[0].metadata == largest.metadata);
}

}  // namespace
}  // namespace partyline
