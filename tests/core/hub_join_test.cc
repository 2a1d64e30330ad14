// Channels: who is told what when someone comes and goes.
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "hub_world.h"

namespace partyline {
namespace {

const ChannelName kRoom("room");

TEST_CASE("joins of a hello are answered in the welcome") {
  HubWorld world;
  const SocketId first = world.enter({join("room", 5), join("other", 6)});
  const auto welcome = world.take_one<message::Welcome>(first);
  REQUIRE(welcome.joined.size() == 2);
  CHECK(welcome.joined[0].channel == kRoom);
  CHECK(welcome.joined[0].request == 5);
  CHECK(welcome.joined[0].members.empty());
  CHECK(welcome.joined[1].request == 6);
  CHECK(world.hub().counts().channels == 2);
  CHECK(world.hub().counts().memberships == 2);
}

TEST_CASE("a joiner gets the roster, and the others hear of the joiner") {
  HubWorld world;
  const SocketId first = world.member("room");
  const SocketId second = world.member("room");
  const SocketId third = world.enter();
  world.take(third);
  message::Join wish{kRoom, 9, JsonText(R"({"name":"C"})"), {publication("camera")}};
  world.send(third, wish);

  const auto joined = world.take_one<message::Joined>(third);
  CHECK(joined.request == 9);
  REQUIRE(joined.members.size() == 2);
  CHECK(joined.members[0].peer == world.peer(first));
  CHECK(joined.members[0].incarnation == world.incarnation(first, "room"));
  CHECK(joined.members[1].peer == world.peer(second));
  const MemberInfo expected{world.peer(third), joined.incarnation, wish.metadata,
                            wish.publications};
  CHECK(world.take_one<message::PeerJoined>(first) == message::PeerJoined{kRoom, expected});
  CHECK(world.take_one<message::PeerJoined>(second) == message::PeerJoined{kRoom, expected});
}

TEST_CASE("channels do not hear of each other") {
  HubWorld world;
  const SocketId elsewhere = world.member("other");
  const SocketId here = world.member("room");
  const SocketId joiner = world.enter({join("room")});
  CHECK(world.take(elsewhere).empty());
  CHECK(world.take(here).size() == 1);
  world.close(joiner);
  CHECK(world.take(elsewhere).empty());
}

TEST_CASE("who leaves is told about, may come back, and is another one then") {
  HubWorld world;
  const SocketId stays = world.member("room");
  const SocketId leaves = world.member("room");
  const std::uint64_t before = world.incarnation(leaves, "room");
  world.send(leaves, message::Leave{kRoom});
  CHECK(world.take(leaves).empty());
  CHECK(world.take_one<message::PeerLeft>(stays) ==
        message::PeerLeft{kRoom, world.peer(leaves), message::LeaveReason::kLeft});
  world.send(leaves, join("room", 2));
  CHECK(world.take_one<message::Joined>(leaves).members.size() == 1);
  CHECK(world.take_one<message::PeerJoined>(stays).member.incarnation != before);
  CHECK(world.incarnation(leaves, "room") != before);
}

TEST_CASE("a socket that closes leaves all of its channels") {
  HubWorld world;
  const SocketId one = world.member("one");
  const SocketId two = world.member("two");
  const SocketId both = world.enter({join("one"), join("two")});
  world.discard_frames();
  world.close(both);
  for (const SocketId witness : {one, two}) {
    const auto left = world.take_one<message::PeerLeft>(witness);
    CHECK(left.peer == world.peer(both));
    CHECK(left.reason == message::LeaveReason::kDisconnected);
  }
  world.close(one);
  world.close(two);
  CHECK(world.hub().counts().channels == 0);
  CHECK(world.hub().counts().memberships == 0);
  CHECK(world.hub().counts().connections == 0);
}

TEST_CASE("a socket that is being closed is out of the roster at once") {
  HubWorld world;
  const SocketId stays = world.member("room");
  const SocketId culprit = world.member("room");
  world.handle(hub_input::BinaryReceived{culprit});
  CHECK(world.take_one<message::PeerLeft>(stays).reason == message::LeaveReason::kDisconnected);
  CHECK(world.hub().counts().connections == 2);
  CHECK(world.hub().counts().peers == 1);
  // What it still sends, and its end, change nothing more.
  world.send(culprit, join("room"));
  world.close(culprit);
  CHECK(world.take(stays).empty());
  CHECK(world.hub().counts().connections == 1);
}

TEST_CASE("joining a channel that one is in is refused and changes nothing") {
  HubWorld world;
  const SocketId witness = world.member("room");
  const SocketId socket = world.member("room");
  const std::uint64_t before = world.incarnation(socket, "room");
  world.send(socket, message::Join{kRoom, 4, JsonText("1"), {publication("camera")}});
  const auto refused = world.take_refusal(socket);
  CHECK(refused.code == ErrorCode::invalid_state);
  CHECK(refused.request == 4);
  CHECK(refused.channel == kRoom);
  world.check_quiet();
  const SocketId late = world.enter({join("room")});
  const auto roster = world.take_one<message::Welcome>(late).joined.at(0).members;
  REQUIRE(roster.size() == 2);
  CHECK(roster[0].peer == world.peer(witness));
  CHECK(roster[1] == MemberInfo{world.peer(socket), before, {}, {}});
}

TEST_CASE("a name that is none is refused without being repeated") {
  HubWorld world;
  const SocketId socket = world.enter();
  world.take(socket);
  for (const std::string& name :
       {std::string(" x"), std::string(), std::string(300, 'x'), std::string("evil\nline")}) {
    world.send(socket, message::Join{ChannelName(name), 3, {}, {}});
    const auto refused = world.take_refusal(socket);
    CHECK(refused.code == ErrorCode::channel_name_invalid);
    CHECK(refused.request == 3);
    CHECK(refused.channel.empty());
  }
  CHECK(world.hub().counts().channels == 0);
  for (const hub_output::Log& log : world.logs()) {
    for (const auto& [key, value] : log.fields) CHECK(value.find("evil") == std::string::npos);
  }
}

TEST_CASE("leaving a channel that one is not in is refused") {
  HubWorld world;
  const SocketId witness = world.member("room");
  const SocketId socket = world.enter();
  world.discard_frames();
  world.send(socket, message::Leave{kRoom});
  CHECK(world.take_refusal(socket).code == ErrorCode::not_in_channel);
  CHECK(world.take(witness).empty());
}

TEST_CASE("incarnations are exact in JavaScript and differ between runs") {
  Hub early({}, {open_key()}, {});
  Hub late({}, {open_key()}, {0xFFFFFFFFU});
  const auto incarnation = [](Hub& hub) {
    hub.handle(TimeMs{0}, hub_input::SocketOpened{SocketId(1), "a", "", {1, 2}});
    hub.handle(TimeMs{0},
               hub_input::FrameReceived{SocketId(1), write_message(ClientMessage(message::Hello{
                                                         1, "pk_open", "", "", {join("room")}}))});
    while (auto output = hub.poll()) {
      if (const auto* frame = std::get_if<hub_output::SendFrame>(&*output)) {
        const auto message = parse_hub_message(*frame->text);
        return std::get<message::Welcome>(message.value()).joined.at(0).incarnation;
      }
    }
    return std::uint64_t{0};
  };
  const std::uint64_t one = incarnation(early);
  const std::uint64_t other = incarnation(late);
  CHECK(one != 0);
  CHECK(one != other);
  CHECK(other < (1ULL << 53U));
}

}  // namespace
}  // namespace partyline
