// Metadata and publications: the others hear of what changed, and of nothing else.
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "hub_world.h"
#include "partyline/limits.h"

namespace partyline {
namespace {

const ChannelName kRoom("room");

// What a newcomer is told about the first member.
MemberInfo first_member(HubWorld& world) {
  const SocketId newcomer = world.enter({join("room")});
  const MemberInfo member = world.take_one<message::Welcome>(newcomer).joined.at(0).members.at(0);
  world.close(newcomer);
  world.discard_frames();
  return member;
}

TEST_CASE("an update reaches the others, not oneself, and stays for who comes later") {
  HubWorld world;
  const SocketId author = world.member("room");
  const SocketId reader = world.member("room");
  const std::vector<PublicationInfo> camera = {publication("camera")};
  world.send(author, message::Update{kRoom, JsonText("{\"a\":1}"), camera});
  CHECK(world.take_one<message::PeerUpdated>(reader) ==
        message::PeerUpdated{kRoom, world.peer(author), JsonText("{\"a\":1}"), camera});
  CHECK(world.take(author).empty());
  const MemberInfo member = first_member(world);
  CHECK(member.metadata == JsonText("{\"a\":1}"));
  CHECK(member.publications == camera);
}

TEST_CASE("only what differs is told") {
  HubWorld world;
  const SocketId author = world.member("room");
  const SocketId reader = world.member("room");
  const std::vector<PublicationInfo> camera = {publication("camera")};
  world.send(author, message::Update{kRoom, JsonText("1"), camera});
  world.discard_frames();

  world.send(author, message::Update{kRoom, JsonText("1"), camera});
  world.send(author, message::Update{kRoom, std::nullopt, std::nullopt});
  world.check_quiet();

  world.send(author, message::Update{kRoom, JsonText("2"), camera});
  CHECK(world.take_one<message::PeerUpdated>(reader) ==
        message::PeerUpdated{kRoom, world.peer(author), JsonText("2"), std::nullopt});
  world.send(author, message::Update{kRoom, JsonText("2"), std::vector<PublicationInfo>()});
  CHECK(world.take_one<message::PeerUpdated>(reader) ==
        message::PeerUpdated{kRoom, world.peer(author), std::nullopt,
                             std::vector<PublicationInfo>()});
  world.send(author, message::Update{kRoom, JsonText(), std::nullopt});
  CHECK(world.take_one<message::PeerUpdated>(reader).metadata == JsonText("null"));
}

TEST_CASE("a mute is an update of a publication") {
  HubWorld world;
  const SocketId author = world.member("room");
  const SocketId reader = world.member("room");
  PublicationInfo camera = publication("camera");
  world.send(author, message::Update{kRoom, std::nullopt, std::vector{camera}});
  world.discard_frames();
  camera.video = TrackStatus::kMuted;
  world.send(author, message::Update{kRoom, std::nullopt, std::vector{camera}});
  CHECK(world.take_one<message::PeerUpdated>(reader).publications == std::vector{camera});
}

TEST_CASE("an update of a channel that one is not in is refused") {
  HubWorld world;
  const SocketId reader = world.member("room");
  const SocketId stranger = world.member("other");
  world.send(stranger, message::Update{kRoom, JsonText("1"), std::nullopt});
  const auto refused = world.take_refusal(stranger);
  CHECK(refused.code == ErrorCode::not_in_channel);
  CHECK(refused.channel == kRoom);
  CHECK(world.take(reader).empty());
}

struct BadUpdate {
  message::Update update;
  ErrorCode code;
};

std::vector<BadUpdate> bad_updates() {
  const JsonText large('"' + std::string(limits::kMetadataBytesMax, 'x') + '"');
  const JsonText deep("[[[[[[[[[]]]]]]]]]");
  PublicationInfo heavy = publication("heavy");
  heavy.metadata = large;
  PublicationInfo tall = publication("tall");
  tall.metadata = deep;
  std::vector<PublicationInfo> many;
  for (std::size_t count = 0; count <= limits::kPublicationsMax; ++count) {
    many.push_back(publication("p" + std::to_string(count)));
  }
  const std::vector<PublicationInfo> twins = {publication("camera"), publication("camera")};
  const JsonText good("\"good\"");
  return {{{kRoom, large, std::nullopt}, ErrorCode::metadata_too_large},
          {{kRoom, deep, std::nullopt}, ErrorCode::metadata_too_large},
          {{kRoom, good, std::vector{heavy}}, ErrorCode::metadata_too_large},
          {{kRoom, good, std::vector{tall}}, ErrorCode::metadata_too_large},
          {{kRoom, good, many}, ErrorCode::too_many_publications},
          {{kRoom, good, twins}, ErrorCode::publication_exists}};
}

TEST_CASE("an update that breaks a limit is refused and changes nothing at all") {
  for (const BadUpdate& bad : bad_updates()) {
    HubWorld world;
    const SocketId author = world.member("room");
    const SocketId reader = world.member("room");
    world.send(author, bad.update);
    CHECK(world.take_refusal(author).code == bad.code);
    CHECK(world.take(reader).empty());
    const MemberInfo member = first_member(world);
    CHECK(member.metadata == JsonText());
    CHECK(member.publications.empty());
  }
}

TEST_CASE("a join that breaks the same limits is refused, and one is not in the channel") {
  for (const BadUpdate& bad : bad_updates()) {
    HubWorld world;
    const SocketId reader = world.member("room");
    const SocketId socket = world.enter();
    world.discard_frames();
    world.send(socket,
               message::Join{kRoom, 3, bad.update.metadata.value_or(JsonText()),
                             bad.update.publications.value_or(std::vector<PublicationInfo>())});
    const auto refused = world.take_refusal(socket);
    CHECK(refused.code == bad.code);
    CHECK(refused.request == 3);
    CHECK(world.take(reader).empty());
    CHECK(world.hub().counts().memberships == 1);
  }
}

TEST_CASE("metadata at its limit is taken, and is within what the others can parse") {
  HubWorld world;
  const SocketId author = world.member("room");
  const SocketId reader = world.member("room");
  const JsonText large('"' + std::string(limits::kMetadataBytesMax - 2, 'x') + '"');
  PublicationInfo tall = publication("tall");
  tall.metadata = JsonText("[[[[[[[[]]]]]]]]");
  world.send(author, message::Update{kRoom, large, std::vector{tall}});
  CHECK(world.take_one<message::PeerUpdated>(reader).metadata == large);
  CHECK(first_member(world).publications == std::vector{tall});
}

}  // namespace
}  // namespace partyline
