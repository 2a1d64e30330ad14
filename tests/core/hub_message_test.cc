// Messages between members: to whom they go, who is told what, and what is kept for those who are
// away.
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "hub_world.h"
#include "partyline/limits.h"

namespace partyline {
namespace {

using message::SessionKind;

const ChannelName kRoom("room");

message::MessageTo message_to(std::vector<PeerId> to, std::uint64_t request = 7) {
  return {kRoom, request, std::move(to), false, "chat", "bytes", "AAEC"};
}

message::MessageFrom message_from(const PeerId& from, std::uint64_t request = 7) {
  return {kRoom, from, request, "chat", "bytes", "AAEC"};
}

TEST_CASE("a message goes to all others in the channel, and its sender is told") {
  HubWorld world;
  const SocketId a = world.member("room");
  const SocketId b = world.member("room");
  const SocketId c = world.member("room");
  const SocketId elsewhere = world.member("other");
  world.discard_frames();
  world.send(a, message_to({}));
  CHECK(world.take_one<message::MessageFrom>(b) == message_from(world.peer(a)));
  CHECK(world.take_one<message::MessageFrom>(c) == message_from(world.peer(a)));
  CHECK(world.take_one<message::Sent>(a) == message::Sent{kRoom, 7});
  CHECK(world.take(elsewhere).empty());
}

TEST_CASE("a message for some goes to them alone") {
  HubWorld world;
  const SocketId a = world.member("room");
  const SocketId b = world.member("room");
  const SocketId c = world.member("room");
  world.discard_frames();
  world.send(a, message_to({world.peer(c)}));
  CHECK(world.take_one<message::MessageFrom>(c) == message_from(world.peer(a)));
  CHECK(world.take(b).empty());
}

TEST_CASE("where one of them is not there nobody gets it, unless that is allowed") {
  HubWorld world;
  const SocketId a = world.member("room");
  const SocketId b = world.member("room");
  const SocketId elsewhere = world.member("other");
  world.discard_frames();
  world.send(a, message_to({world.peer(b), world.peer(elsewhere)}));
  auto first = world.take_refusal(a);
  CHECK(first.code == ErrorCode::peer_not_found);
  CHECK(first.request == 7);
  CHECK(first.peer == world.peer(elsewhere));
  CHECK(world.take(b).empty());
  // In the same words for a peer nowhere, and for oneself.
  for (const PeerId& peer : {PeerId("p_nobody"), world.peer(a)}) {
    world.send(a, message_to({peer}));
    first.peer = peer;
    CHECK(world.take_refusal(a) == first);
  }
  message::MessageTo partly = message_to({PeerId("p_nobody"), world.peer(b)});
  partly.partly = true;
  world.send(a, partly);
  CHECK(world.take_one<message::MessageFrom>(b) == message_from(world.peer(a)));
  CHECK(world.take_one<message::Sent>(a).request == 7);
}

TEST_CASE("who is named twice gets it once") {
  HubWorld world;
  const SocketId a = world.member("room");
  const SocketId b = world.member("room");
  world.discard_frames();
  world.send(a, message_to(std::vector(limits::kAddresseesMax, world.peer(b))));
  CHECK(world.take_one<message::MessageFrom>(b) == message_from(world.peer(a)));
}

TEST_CASE("text has as many bytes at most as it may have, and not what bytes become as base64") {
  HubWorld world;
  const SocketId a = world.member("room");
  world.member("room");
  world.discard_frames();
  message::MessageTo large = message_to({});
  large.format.clear();
  large.body.assign(limits::kMessageBytesMax + 1, '1');
  world.send(a, large);
  CHECK(world.take_refusal(a).code == ErrorCode::message_too_large);
}

TEST_CASE("messages that may not be sent are refused with their number") {
  KeyOptions listener = open_key();
  listener.id = "pk_listener";
  listener.may.send = false;
  HubWorld world({}, {open_key(), listener});
  const SocketId a = world.member("room");
  const SocketId muted = world.enter({join("room")}, "pk_listener");
  const SocketId outside = world.member("other");
  world.discard_frames();
  world.send(muted, message_to({}));
  CHECK(world.take_refusal(muted).code == ErrorCode::send_not_allowed);
  world.send(outside, message_to({}, 8));
  const auto refused = world.take_refusal(outside);
  CHECK(refused.code == ErrorCode::not_in_channel);
  CHECK(refused.request == 8);
  message::MessageTo large = message_to({});
  large.body = std::string(limits::kMessageBase64BytesMax, 'x');
  world.send(a, large);
  CHECK(world.take_one<message::Sent>(a).request == 7);
  CHECK(world.take(muted).size() == 1);
  large.body += 'x';
  world.send(a, large);
  CHECK(world.take_refusal(a).code == ErrorCode::message_too_large);
  world.check_quiet();
}

// B sends, A listens and may come back.
struct Pair {
  explicit Pair(HubOptions options = {}) : world(std::move(options), {open_key()}, 4711) {
    a = world.enter({join("room")});
    ticket = world.take_one<message::Welcome>(a).ticket;
    b = world.member("room");
    world.send(a, message::Ping{});
    world.discard_frames();
    incarnation = world.incarnation(a, "room");
  }
  void send(std::uint64_t number) {
    world.send(b, message_to({}, number));
    CHECK(world.take_one<message::Sent>(b).request == number);
  }
  // `received`: that B joined is the first of them.
  message::Welcome come_back(std::optional<std::uint64_t> received) {
    a = world.open();
    message::Join wish = join("room");
    wish.incarnation = incarnation;
    world.send(a, message::Hello{1, "pk_open", "", "", {wish}, message::Resume{ticket, received}});
    frames = world.take(a);
    REQUIRE_FALSE(frames.empty());
    const auto welcome = std::get<message::Welcome>(frames.front());
    ticket = welcome.ticket;
    frames.erase(frames.begin());
    return welcome;
  }
  // The numbers of the messages among the frames.
  [[nodiscard]] std::vector<std::uint64_t> heard() const {
    std::vector<std::uint64_t> numbers;
    for (const HubMessage& frame : frames) {
      if (const auto* message = std::get_if<message::MessageFrom>(&frame)) {
        numbers.push_back(message->request);
      }
    }
    return numbers;
  }

  HubWorld world;
  SocketId a;
  SocketId b;
  std::string ticket;
  std::uint64_t incarnation = 0;
  std::vector<HubMessage> frames;
};

TEST_CASE("a sender is told once what has arrived, by the last number") {
  Pair pair;
  for (const std::uint64_t number : {1U, 2U, 5U}) pair.send(number);
  pair.world.send(pair.a, message::Ack{3});
  const PeerId a = pair.world.peer(pair.a);
  CHECK(pair.world.take_one<message::Delivered>(pair.b) == message::Delivered{kRoom, a, 2});
  pair.world.send(pair.a, message::Ack{4});
  CHECK(pair.world.take_one<message::Delivered>(pair.b) == message::Delivered{kRoom, a, 5});
}

TEST_CASE("what was sent to a peer that is away is there when it resumes, and then delivered") {
  Pair pair;
  pair.send(1);
  pair.world.close(pair.a);
  pair.send(2);
  CHECK(pair.come_back(2).session == SessionKind::kResumed);
  CHECK(pair.heard() == std::vector<std::uint64_t>{2});
  const auto told = pair.world.take_one<message::Delivered>(pair.b);
  CHECK(told.request == 1);
}

TEST_CASE("a resynchronisation loses no message") {
  Pair pair;
  pair.send(1);
  pair.send(2);
  pair.world.close(pair.a);
  pair.send(3);
  const auto welcome = pair.come_back(std::nullopt);
  CHECK(welcome.session == SessionKind::kResynced);
  CHECK_FALSE(welcome.joined.at(0).missed);
  CHECK(pair.heard() == std::vector<std::uint64_t>{1, 2, 3});
  // They are counted anew.
  pair.world.send(pair.a, message::Ack{3});
  CHECK(pair.world.take_one<message::Delivered>(pair.b).request == 3);
}

TEST_CASE("when too much was sent to a peer that is away, it is told so") {
  HubOptions options;
  options.replay_frames_max = 4;
  Pair pair(options);
  pair.world.close(pair.a);
  for (std::uint64_t number = 1; number <= 6; ++number) pair.send(number);
  const auto welcome = pair.come_back(1);
  CHECK(welcome.session == SessionKind::kResynced);
  CHECK(welcome.joined.at(0).missed);
  CHECK(pair.heard() == std::vector<std::uint64_t>{3, 4, 5, 6});
  // The welcome that said so may have been lost with its socket.
  pair.world.close(pair.a);
  CHECK(pair.come_back(std::nullopt).joined.at(0).missed);
  pair.world.send(pair.a, message::Ping{});
  pair.world.close(pair.a);
  CHECK_FALSE(pair.come_back(std::nullopt).joined.at(0).missed);
}

TEST_CASE("nothing is said to be missing when what was dropped had arrived") {
  HubOptions options;
  options.replay_frames_max = 4;
  Pair pair(options);
  for (std::uint64_t number = 1; number <= 6; ++number) pair.send(number);
  pair.world.send(pair.a, message::Ack{7});
  pair.world.close(pair.a);
  CHECK_FALSE(pair.come_back(std::nullopt).joined.at(0).missed);
  CHECK(pair.heard().empty());
}

TEST_CASE("who left is sent nothing that was for it before, and nobody waits for it") {
  Pair pair;
  pair.send(1);
  pair.world.send(pair.a, message::Leave{kRoom});
  CHECK(pair.world.take_one<message::PeerLeft>(pair.b).reason == message::LeaveReason::kLeft);
  pair.world.close(pair.a);
  pair.world.send(pair.b, message_to({}, 2));
  CHECK(pair.world.take_one<message::Sent>(pair.b).request == 2);
  pair.incarnation = 0;
  CHECK(pair.come_back(std::nullopt).session == SessionKind::kNew);
  CHECK(pair.heard().empty());
}

}  // namespace
}  // namespace partyline
