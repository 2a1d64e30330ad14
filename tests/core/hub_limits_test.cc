// How many of everything: one more is refused, the others are undisturbed, and what is freed may be
// taken again.
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "hub_world.h"
#include "partyline/limits.h"

namespace partyline {
namespace {

TEST_CASE("connections are limited, and a place is free when a socket is gone") {
  HubOptions options;
  options.connections_max = 2;
  HubWorld world(options);
  const SocketId first = world.open("192.0.2.1");
  const SocketId second = world.open("192.0.2.2");
  const SocketId third = world.open("192.0.2.3");
  world.check_closed(third, ErrorCode::too_many_connections);
  CHECK_FALSE(world.closed(first).has_value());
  CHECK_FALSE(world.closed(second).has_value());
  CHECK(world.hub().counts().connections == 2);
  // Its frames and its end are of nobody.
  world.send(third, message::Hello{1, "pk_open", "", "", {}});
  world.close(third);
  CHECK(world.hub().counts().connections == 2);
  // Ordered to close is not gone yet.
  world.handle(hub_input::BinaryReceived{first});
  world.check_closed(world.open("192.0.2.4"), ErrorCode::too_many_connections);
  world.close(first);
  CHECK_FALSE(world.closed(world.open("192.0.2.5")).has_value());
}

TEST_CASE("connections of one address are limited, those of others are not touched by it") {
  HubOptions options;
  options.connections_per_address_max = 2;
  HubWorld world(options);
  const SocketId first = world.open("192.0.2.1");
  world.open("192.0.2.1");
  world.check_closed(world.open("192.0.2.1"), ErrorCode::too_many_connections);
  CHECK_FALSE(world.closed(world.open("192.0.2.2")).has_value());
  world.close(first);
  CHECK_FALSE(world.closed(world.open("192.0.2.1")).has_value());
}

TEST_CASE("a full channel refuses, and has room again when someone left") {
  HubOptions options;
  options.members_per_channel_max = 2;
  HubWorld world(options);
  const SocketId first = world.member("room");
  const SocketId second = world.member("room");
  const SocketId third = world.enter({join("room", 8)});
  const auto frames = world.take(third);
  REQUIRE(frames.size() == 2);
  CHECK(std::get<message::Welcome>(frames[0]).joined.empty());
  const auto refused = std::get<message::Refused>(frames[1]);
  CHECK(refused.code == ErrorCode::channel_full);
  CHECK(refused.request == 8);
  CHECK(world.take(first).empty());
  CHECK(world.take(second).empty());
  world.send(first, message::Leave{ChannelName("room")});
  world.send(third, join("room", 9));
  CHECK(world.take_one<message::Joined>(third).request == 9);
}

TEST_CASE("one socket may be in so many channels") {
  HubOptions options;
  options.channels_per_connection_max = 2;
  HubWorld world(options);
  const SocketId socket = world.enter({join("a", 1), join("b", 2), join("c", 3)});
  const auto frames = world.take(socket);
  REQUIRE(frames.size() == 2);
  CHECK(std::get<message::Welcome>(frames[0]).joined.size() == 2);
  CHECK(std::get<message::Refused>(frames[1]).code == ErrorCode::too_many_channels);
  world.send(socket, message::Leave{ChannelName("a")});
  world.send(socket, join("c"));
  CHECK(world.take_one<message::Joined>(socket).channel == ChannelName("c"));
}

TEST_CASE("the endpoint holds so many channels, and those that exist may still be joined") {
  HubOptions options;
  options.channels_max = 1;
  HubWorld world(options);
  const SocketId first = world.member("room");
  const SocketId second = world.enter();
  world.discard_frames();
  world.send(second, join("another"));
  CHECK(world.take_refusal(second).code == ErrorCode::overloaded);
  world.send(second, join("room"));
  CHECK(world.take_one<message::Joined>(second).members.size() == 1);
  world.close(first);
  world.close(second);
  CHECK_FALSE(world.closed(world.member("another")).has_value());
}

// Thirty-one members with all the metadata they may have: about 2 MB in one frame.
TEST_CASE("the roster of a full channel of talkative peers reaches the last joiner") {
  HubOptions options;
  options.bytes_burst = 64 * 1024 * 1024;
  HubWorld world(options);
  const JsonText metadata('"' + std::string(limits::kMetadataBytesMax - 2, 'm') + '"');
  std::vector<PublicationInfo> publications;
  for (std::size_t count = 0; count < limits::kPublicationsMax; ++count) {
    publications.push_back(publication("p" + std::to_string(count)));
    publications.back().metadata = metadata;
  }
  std::vector<message::Join> both;
  for (const char* name : {"one", "two"}) {
    for (std::size_t count = 1; count < options.members_per_channel_max; ++count) {
      const SocketId socket = world.enter();
      world.send(socket, message::Join{ChannelName(name), 1, metadata, publications});
    }
    both.push_back(join(name));
  }
  world.discard_frames();
  // The world parses what the hub sends, so a frame that is too large for a client fails there.
  const SocketId last = world.enter(both);
  const auto frames = world.take(last);
  REQUIRE(frames.size() == 2);
  const auto& welcome = std::get<message::Welcome>(frames[0]);
  REQUIRE(welcome.joined.size() + 1 == both.size());
  CHECK(welcome.joined[0].members.size() == 31);
  CHECK(std::get<message::Joined>(frames[1]).members.size() == 31);
}

TEST_CASE("a roster that fits no frame makes the channel full") {
  HubOptions options;
  options.bytes_burst = 64 * 1024 * 1024;
  options.members_per_channel_max = 1'000;
  HubWorld world(options);
  const JsonText metadata('"' + std::string(limits::kMetadataBytesMax - 2, 'm') + '"');
  std::vector<PublicationInfo> publications;
  for (std::size_t count = 0; count < limits::kPublicationsMax; ++count) {
    publications.push_back(publication("p" + std::to_string(count)));
    publications.back().metadata = metadata;
  }
  std::size_t members = 0;
  for (int tries = 0; tries < 100; ++tries) {
    const SocketId socket = world.enter();
    world.discard_frames();
    world.send(socket, message::Join{ChannelName("room"), 1, metadata, publications});
    const auto frames = world.take(socket);
    REQUIRE(frames.size() == 1);
    if (const auto* refused = std::get_if<message::Refused>(&frames[0])) {
      CHECK(refused->code == ErrorCode::channel_full);
      break;
    }
    ++members;
  }
  CHECK(members > 31);
  CHECK(members < 100);
  CHECK(world.hub().counts().memberships == members);
}

}  // namespace
}  // namespace partyline
