// How many of everything: one more is refused, the others are undisturbed, and what is freed may be
// taken again.
#include <string>
#include <string_view>
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

// As much about oneself as one may say: about 70 kB.
message::Update talk(std::string_view channel) {
  message::Update update{ChannelName(std::string(channel)), {}, std::vector<PublicationInfo>()};
  update.metadata = JsonText('"' + std::string(limits::kMetadataBytesMax - 2, 'm') + '"');
  for (std::size_t number = 0; number < limits::kPublicationsMax; ++number) {
    update.publications->push_back(publication("p" + std::to_string(number)));
    update.publications->back().metadata = *update.metadata;
  }
  return update;
}

// Puts members into the channel who do.
void fill_with_talkers(HubWorld& world, std::string_view channel, std::size_t count) {
  std::vector<SocketId> talkers;
  for (std::size_t number = 0; number < count; ++number) {
    talkers.push_back(world.member(channel));
    world.stop_reading(talkers.back());
  }
  for (const SocketId talker : talkers) world.send(talker, talk(channel));
  world.discard_frames();
}

// About 2 MB each. The world parses what the hub sends, so a frame that is too large for a client
// fails there.
TEST_CASE("rosters that do not fit one frame come in several") {
  HubWorld world;
  fill_with_talkers(world, "one", 31);
  fill_with_talkers(world, "two", 31);
  const SocketId last = world.enter({join("one"), join("two")});
  const auto frames = world.take(last);
  REQUIRE(frames.size() == 2);
  const auto& welcome = std::get<message::Welcome>(frames[0]);
  REQUIRE(welcome.joined.size() == 1);
  CHECK(welcome.joined[0].members.size() == 31);
  CHECK(std::get<message::Joined>(frames[1]).members.size() == 31);
}

TEST_CASE("a roster that fits no frame makes the channel full") {
  HubOptions options;
  options.members_per_channel_max = 1'000;
  HubWorld world(options);
  fill_with_talkers(world, "room", 40);
  const SocketId fits = world.enter({join("room")});
  CHECK(world.take_one<message::Welcome>(fits).joined.at(0).members.size() == 40);
  world.stop_reading(fits);
  fill_with_talkers(world, "room", 2);
  const SocketId late = world.enter();
  world.discard_frames();
  message::Join large = join("room", 3);
  large.metadata = *talk("room").metadata;
  large.publications = *talk("room").publications;
  world.send(late, large);
  const auto refused = world.take_refusal(late);
  CHECK(refused.code == ErrorCode::channel_full);
  CHECK(refused.request == 3);
  CHECK(world.hub().counts().memberships == 43);
}

TEST_CASE("a roster does not outgrow a frame by updates, nor by who comes back with more") {
  HubOptions options;
  options.members_per_channel_max = 1'000;
  HubWorld world(options, {open_key()}, 1);
  fill_with_talkers(world, "room", 42);
  const SocketId last = world.open();
  world.send(last, message::Hello{1, "pk_open", "", "", {join("room")}});
  const auto welcome = world.take_one<message::Welcome>(last);
  CHECK(welcome.joined.at(0).members.size() == 42);
  world.discard_frames();
  world.send(last, talk("room"));
  const auto refused = world.take_refusal(last);
  CHECK(refused.code == ErrorCode::channel_full);
  CHECK(refused.channel == ChannelName("room"));
  // Less is always good.
  world.send(last, message::Update{ChannelName("room"), JsonText("1"), std::nullopt});
  CHECK(world.take(last).empty());

  world.close(last);
  const SocketId back = world.open();
  message::Join rejoin{ChannelName("room"), 2, *talk("room").metadata, *talk("room").publications,
                       welcome.joined[0].incarnation};
  world.send(back,
             message::Hello{
                 1, "pk_open", "", "", {rejoin}, message::Resume{welcome.ticket, std::nullopt}});
  const auto frames = world.take(back);
  REQUIRE(frames.size() == 2);
  CHECK(std::get<message::Welcome>(frames[0]).joined.empty());
  CHECK(std::get<message::Refused>(frames[1]).code == ErrorCode::channel_full);
  CHECK(world.hub().counts().memberships == 42);
}

}  // namespace
}  // namespace partyline
