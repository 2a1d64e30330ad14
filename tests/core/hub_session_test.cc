// Sessions that outlive their sockets: held, resumed, resynchronised, restored, and fenced.
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "hub_world.h"
#include "partyline/limits.h"

namespace partyline {
namespace {

using message::SessionKind;

const ChannelName kRoom("room");

message::Update named(const std::string& name) {
  return {kRoom, JsonText('"' + name + '"'), std::nullopt};
}

message::Hello hello(std::string ticket, std::optional<std::uint64_t> received,
                     std::vector<message::Join> joins = {join("room")}) {
  return {1, "pk_open", "", "", std::move(joins), message::Resume{std::move(ticket), received}};
}

// Two members of a room, and what each would need to come back.
struct Pair {
  explicit Pair(HubOptions options = {}) : world(std::move(options), {open_key()}, 4711) {
    a = world.enter({join("room")});
    ticket = world.take_one<message::Welcome>(a).ticket;
    REQUIRE_FALSE(ticket.empty());
    b = world.member("room");
    world.send(a, message::Ping{});
    world.discard_frames();
    peer = world.peer(a);
    incarnation = world.incarnation(a, "room");
  }

  // A comes back. The numbered frame that it got is that B joined.
  SocketId come_back(std::optional<std::uint64_t> received = 1,
                     std::vector<message::Join> joins = {join("room")}) {
    const SocketId socket = world.open();
    world.send(socket, hello(ticket, received, std::move(joins)));
    return socket;
  }

  // The next numbered frame of A.
  void say(SocketId socket, const std::string& frame) {
    world.send_text(socket, write_numbered(++said, frame));
  }
  void say(SocketId socket, const ClientMessage& message) { say(socket, write_message(message)); }

  HubWorld world;
  std::uint64_t said = 0;
  SocketId a;
  SocketId b;
  std::string ticket;
  PeerId peer;
  std::uint64_t incarnation = 0;
};

TEST_CASE("everybody learns over how long to spread a return, also those who came early") {
  HubOptions options;
  options.returns_per_second = 10;
  Pair pair(options);
  pair.world.send(pair.a, message::Ping{});
  CHECK(pair.world.take_one<message::Pong>(pair.a).spread_ms == DurationMs{200});
  const SocketId third = pair.world.open();
  pair.world.send(third, hello("", 0, {join("room")}));
  CHECK(pair.world.take_one<message::Welcome>(third).spread_ms == DurationMs{300});
  pair.world.discard_frames();
  pair.world.send(pair.a, message::Ping{});
  CHECK(pair.world.take_one<message::Pong>(pair.a).spread_ms == DurationMs{300});
}

TEST_CASE("a session without a socket is held, and others are told only if it takes time") {
  Pair pair;
  pair.world.close(pair.a);
  pair.world.check_quiet();
  CHECK(pair.world.hub().counts().away == 1);
  pair.world.run_for({900});
  pair.world.check_quiet();

  const SocketId again = pair.come_back();
  const auto welcome = pair.world.take_one<message::Welcome>(again);
  CHECK(welcome.session == SessionKind::kResumed);
  CHECK(welcome.peer == pair.peer);
  CHECK(welcome.joined.empty());
  CHECK(welcome.hold_ms == DurationMs{30'000});
  CHECK(pair.world.hub().counts().away == 0);
  pair.world.check_quiet();
}

TEST_CASE("a held peer is away, and back") {
  Pair pair;
  pair.world.close(pair.a);
  pair.world.run_for({1'000});
  CHECK(pair.world.take_one<message::PeerPresence>(pair.b) ==
        message::PeerPresence{kRoom, pair.peer, true});

  // Who joins meanwhile is told so.
  const SocketId c = pair.world.enter({join("room")});
  const auto roster = pair.world.take_one<message::Welcome>(c).joined.at(0).members;
  REQUIRE(roster.size() == 2);
  CHECK(roster.at(0).away);
  CHECK_FALSE(roster.at(1).away);
  pair.world.discard_frames();

  const SocketId again = pair.come_back();
  CHECK(pair.world.take_one<message::PeerPresence>(pair.b) ==
        message::PeerPresence{kRoom, pair.peer, false});
  // What happened meanwhile comes after the welcome, in order.
  const auto frames = pair.world.take(again);
  REQUIRE(frames.size() == 2);
  CHECK(std::get<message::PeerJoined>(frames.at(1)).member.peer == pair.world.peer(c));
}

TEST_CASE("a session that is not resumed in time has left") {
  Pair pair;
  pair.world.close(pair.a);
  pair.world.run_for({29'900});
  pair.world.discard_frames();
  pair.world.run_for({200});
  const auto left = pair.world.take_one<message::PeerLeft>(pair.b);
  CHECK(left.peer == pair.peer);
  CHECK(left.reason == message::LeaveReason::kDisconnected);
  CHECK(pair.world.hub().counts().peers == 1);

  // Back too late: the same peer, but another membership.
  const SocketId again = pair.come_back(1, {{kRoom, 5, {}, {}, pair.incarnation}});
  const auto welcome = pair.world.take_one<message::Welcome>(again);
  CHECK(welcome.session == SessionKind::kNew);
  CHECK(welcome.peer == pair.peer);
  CHECK(welcome.joined.at(0).incarnation != pair.incarnation);
  CHECK(pair.world.take_one<message::PeerJoined>(pair.b).member.peer == pair.peer);
}

TEST_CASE("frames that a socket took with it are sent again, once and in order") {
  Pair pair;
  pair.world.stop_reading(pair.a);
  pair.world.send(pair.b, named("one"));
  pair.world.send(pair.b, named("two"));
  pair.world.close(pair.a);
  pair.world.send(pair.b, named("three"));
  // It had the first of them already.
  const SocketId again = pair.come_back(2);
  const auto frames = pair.world.take(again);
  REQUIRE(frames.size() == 3);
  CHECK(std::get<message::Welcome>(frames.at(0)).session == SessionKind::kResumed);
  CHECK(std::get<message::PeerUpdated>(frames.at(1)).metadata == JsonText("\"two\""));
  CHECK(std::get<message::PeerUpdated>(frames.at(2)).metadata == JsonText("\"three\""));
}

TEST_CASE("the hub tells how many of the client's frames it has") {
  Pair pair;
  pair.say(pair.a, named("one"));
  pair.world.send(pair.a, message::Ping{});
  pair.say(pair.a, R"({"type":"something-newer"})");
  pair.world.close(pair.a);
  pair.world.discard_frames();
  const auto frames = pair.world.take(pair.come_back(2));
  CHECK(std::get<message::Welcome>(frames.at(0)).received == 2);
}

TEST_CASE("numbered frames are acknowledged after some time, or some frames") {
  Pair pair;
  pair.say(pair.a, named("one"));
  pair.world.run_for({4'900});
  CHECK(pair.world.take(pair.a).empty());
  pair.world.run_for({200});
  CHECK(pair.world.take_one<message::Ack>(pair.a).received == 1);
  pair.world.run_for({60'000});
  CHECK(pair.world.take(pair.a).empty());
  for (std::uint64_t i = 0; i < limits::kAckFrames; ++i) {
    pair.say(pair.a, named(std::to_string(i)));
  }
  CHECK(pair.world.take_one<message::Ack>(pair.a).received == 1 + limits::kAckFrames);
}

TEST_CASE("a frame that comes again is not handled again, and a gap is not glossed over") {
  Pair pair;
  pair.say(pair.a, named("one"));
  CHECK(pair.world.take_one<message::PeerUpdated>(pair.b).metadata == JsonText("\"one\""));
  pair.said = 0;
  pair.say(pair.a, named("another"));
  CHECK(pair.world.take(pair.b).empty());
  pair.said = 2;
  pair.say(pair.a, named("three"));
  CHECK(pair.world.take(pair.b).empty());
  pair.world.check_closed(pair.a, ErrorCode::out_of_step);
  CHECK(pair.world.hub().counts().away == 1);
}

TEST_CASE("what was acknowledged is not kept; more than was sent cannot be acknowledged") {
  Pair pair;
  pair.world.send(pair.a, message::Ack{1});
  const SocketId again = pair.come_back(0);
  // Frame 1 is gone: its state comes instead.
  CHECK(pair.world.take_one<message::Welcome>(again).session == SessionKind::kResynced);
  pair.world.send(again, message::Ack{1});
  pair.world.check_closed(again, ErrorCode::out_of_step);
}

TEST_CASE("a session of which frames are missing is resynchronised") {
  HubOptions options;
  options.replay_frames_max = 3;
  Pair pair(options);
  pair.world.close(pair.a);
  for (int i = 0; i < 5; ++i) pair.world.send(pair.b, named(std::to_string(i)));
  const message::Join wish{kRoom, 9, JsonText("\"new\""), {}, pair.incarnation};
  const auto frames = pair.world.take(pair.come_back(1, {wish, join("other", 10)}));
  REQUIRE(frames.size() == 1);
  const auto& welcome = std::get<message::Welcome>(frames.at(0));
  CHECK(welcome.session == SessionKind::kResynced);
  CHECK(welcome.received == 0);
  REQUIRE(welcome.joined.size() == 2);
  CHECK(welcome.joined.at(0).request == 9);
  CHECK(welcome.joined.at(0).incarnation == pair.incarnation);
  CHECK(welcome.joined.at(0).members.at(0).metadata == JsonText("\"4\""));
  // To the other it is the same peer, that has changed.
  CHECK(pair.world.take_one<message::PeerUpdated>(pair.b).metadata == JsonText("\"new\""));
}

TEST_CASE("a client that lost its count is resynchronised, and leaves what it does not ask for") {
  Pair pair;
  pair.world.close(pair.a);
  const auto welcome =
      pair.world.take_one<message::Welcome>(pair.come_back(std::nullopt, {join("other")}));
  CHECK(welcome.session == SessionKind::kResynced);
  CHECK(welcome.joined.size() == 1);
  const auto left = pair.world.take_one<message::PeerLeft>(pair.b);
  CHECK(left.peer == pair.peer);
  CHECK(left.reason == message::LeaveReason::kLeft);
}

TEST_CASE("who left and joined again without a socket is another incarnation to the others") {
  Pair pair;
  pair.world.close(pair.a);
  const auto welcome =
      pair.world.take_one<message::Welcome>(pair.come_back(std::nullopt, {join("room")}));
  CHECK(welcome.session == SessionKind::kResynced);
  CHECK(welcome.joined.at(0).incarnation > pair.incarnation);
  const auto frames = pair.world.take(pair.b);
  REQUIRE(frames.size() == 2);
  CHECK(std::get<message::PeerLeft>(frames.at(0)).peer == pair.peer);
  CHECK(std::get<message::PeerJoined>(frames.at(1)).member.incarnation ==
        welcome.joined.at(0).incarnation);
}

// Found by seed 696: frames of the session before were taken for frames of this one.
TEST_CASE("a ticket from before the frames were counted anew resumes nothing") {
  Pair pair;
  pair.world.close(pair.a);
  const message::Join wish{kRoom, 9, {}, {}, pair.incarnation};
  // This welcome is lost with its socket, so the old ticket is shown again.
  const SocketId lost = pair.come_back(std::nullopt, {wish});
  CHECK(pair.world.take_one<message::Welcome>(lost).session == SessionKind::kResynced);
  pair.world.close(lost);
  const auto welcome = pair.world.take_one<message::Welcome>(pair.come_back(0, {wish}));
  CHECK(welcome.session == SessionKind::kResynced);
  CHECK(welcome.joined.at(0).incarnation == pair.incarnation);
}

TEST_CASE("a hub without memory restores the peer and its incarnation") {
  Pair pair;
  HubWorld restarted({}, {open_key()}, 4712);
  const SocketId a = restarted.open();
  restarted.send(a, hello(pair.ticket, 1, {{kRoom, 3, {}, {}, pair.incarnation}}));
  const auto welcome = restarted.take_one<message::Welcome>(a);
  CHECK(welcome.session == SessionKind::kRestored);
  CHECK(welcome.peer == pair.peer);
  CHECK(welcome.joined.at(0).incarnation == pair.incarnation);

  // Nobody takes another's incarnation, not even one's own under another name.
  const SocketId liar = restarted.enter();
  restarted.send(liar, message::Join{kRoom, 1, {}, {}, pair.incarnation});
  CHECK(restarted.incarnation(liar, "room") != pair.incarnation);
}

TEST_CASE("that a session was restored is told until the client has heard it") {
  Pair pair;
  HubWorld restarted({}, {open_key()}, 4712);
  const message::Hello showing = hello(pair.ticket, 1, {{kRoom, 3, {}, {}, pair.incarnation}});
  const SocketId lost = restarted.open();
  restarted.send(lost, showing);
  restarted.discard_frames();
  restarted.close(lost);
  const SocketId again = restarted.open();
  restarted.send(again, showing);
  const auto welcome = restarted.take_one<message::Welcome>(again);
  CHECK(welcome.session == SessionKind::kRestored);
  CHECK(welcome.joined.at(0).incarnation == pair.incarnation);

  restarted.send(again, message::Ping{});
  restarted.discard_frames();
  restarted.close(again);
  const SocketId later = restarted.open();
  restarted.send(later, hello(welcome.ticket, std::nullopt, showing.joins));
  CHECK(restarted.take_one<message::Welcome>(later).session == SessionKind::kResynced);
}

TEST_CASE("a ticket is good for its key, its time, and its signer only") {
  Pair pair;
  pair.world.close(pair.a);
  pair.world.run_for({1'000});
  pair.world.discard_frames();
  const std::string forged = std::string(pair.ticket).replace(pair.ticket.find("p_"), 3, "p_x");
  for (const std::string& ticket :
       {std::string(), std::string("."), std::string("no ticket"), forged,
        pair.ticket.substr(0, pair.ticket.size() - 1), '0' + pair.ticket}) {
    CAPTURE(ticket);
    const SocketId socket = pair.world.open();
    pair.world.send(socket, hello(ticket, 1, {}));
    const auto welcome = pair.world.take_one<message::Welcome>(socket);
    CHECK(welcome.session == SessionKind::kNew);
    CHECK(welcome.peer != pair.peer);
  }

  KeyOptions other = open_key();
  other.id = "pk_other";
  HubWorld restarted({}, {open_key(), other}, 4712);
  message::Hello of_other = hello(pair.ticket, 1);
  of_other.key = "pk_other";
  const SocketId socket = restarted.open();
  restarted.send(socket, of_other);
  CHECK(restarted.take_one<message::Welcome>(socket).session == SessionKind::kNew);

  HubOptions options;
  options.ticket_lifetime_ms = {20'000};
  Pair brief(options);
  brief.world.close(brief.a);
  brief.world.run_for({20'100});
  brief.world.discard_frames();
  CHECK(brief.world.take_one<message::Welcome>(brief.come_back(1, {})).peer != brief.peer);
}

TEST_CASE("a ticket is renewed in band while its socket lives") {
  HubOptions options;
  options.ticket_lifetime_ms = {20'000};
  Pair pair(options);
  pair.world.run_for({10'100});
  const std::string renewed = pair.world.take_one<message::Ticket>(pair.a).ticket;
  CHECK(renewed != pair.ticket);
  pair.world.run_for({9'000});
  pair.world.close(pair.a);
  pair.world.run_for({10'000});
  pair.world.discard_frames();
  pair.ticket = renewed;
  CHECK(pair.world.take_one<message::Welcome>(pair.come_back()).session == SessionKind::kResumed);
}

TEST_CASE("a good ticket takes the session over from a socket that seems to live") {
  Pair pair;
  const SocketId again = pair.come_back();
  pair.world.check_closed(pair.a, ErrorCode::session_taken);
  CHECK(pair.world.take_one<message::Welcome>(again).session == SessionKind::kResumed);
  CHECK(pair.world.take(pair.b).empty());
  // What the old socket still says is nobody's.
  pair.world.send(pair.a, named("ghost"));
  CHECK(pair.world.take(pair.b).empty());
  pair.world.close(pair.a);
  CHECK(pair.world.hub().counts().away == 0);
}

TEST_CASE("a hello that comes late on an older socket takes nothing over, and makes no peer") {
  Pair pair;
  const SocketId given_up = pair.world.open();
  const SocketId present = pair.come_back();
  // Not until it has said something is it sure that the welcome, and its ticket, have come.
  const bool welcome_came = GENERATE(false, true);
  if (welcome_came) pair.world.send(present, message::Ping{});
  pair.world.discard_frames();
  pair.world.send(given_up, hello(pair.ticket, 1));
  pair.world.check_closed(given_up, ErrorCode::hello_timeout);
  CHECK_FALSE(pair.world.closed(present));
  CHECK(pair.world.take(pair.b).empty());
  CHECK(pair.world.hub().counts().peers == 2);
  pair.say(present, named("here"));
  CHECK(pair.world.take(pair.b).size() == 1);
}

TEST_CASE("nor does it when the newer socket is gone again") {
  Pair pair;
  const SocketId given_up = pair.world.open();
  const SocketId present = pair.come_back();
  pair.world.close(present);
  pair.world.send(given_up, hello(pair.ticket, 1));
  pair.world.check_closed(given_up, ErrorCode::hello_timeout);
  CHECK(pair.world.hub().counts().away == 1);
}

TEST_CASE("a stale ticket takes nothing over") {
  Pair pair;
  const SocketId again = pair.come_back();
  const std::string next = pair.world.take_one<message::Welcome>(again).ticket;
  // The welcome may have been lost with its socket: the first ticket is good still.
  const SocketId third = pair.come_back();
  const auto welcome = pair.world.take_one<message::Welcome>(third);
  CHECK(welcome.session == SessionKind::kResumed);
  // Now it certainly has come.
  pair.world.send(third, message::Ping{});
  pair.world.discard_frames();
  for (const std::string& stale : {pair.ticket, next}) {
    const SocketId tab = pair.world.open();
    pair.world.send(tab, hello(stale, 1));
    CHECK(pair.world.take(tab).size() == 1);
    CHECK(pair.world.peer(tab) != pair.peer);
    CHECK_FALSE(pair.world.closed(third).has_value());
  }
}

TEST_CASE("whoever is sent away for good is not held, whoever fell silent is") {
  Pair pair;
  pair.world.send_text(pair.a, "no frame");
  CHECK(pair.world.take_one<message::PeerLeft>(pair.b).peer == pair.peer);
  CHECK(pair.world.hub().counts().away == 0);

  Pair silent;
  silent.world.handle(hub_input::SendQueueFull{silent.a});
  silent.world.check_closed(silent.a, ErrorCode::slow_reader);
  CHECK(silent.world.take(silent.b).empty());
  CHECK(silent.world.hub().counts().away == 1);
}

TEST_CASE("no more sessions are held than connections are allowed") {
  HubOptions options;
  options.connections_per_address_max = 2;
  HubWorld world(options, {open_key()}, 4711);
  for (int i = 0; i < 4; ++i) world.close(world.member("room"));
  CHECK(world.hub().counts().away == 2);
  // Who has no channel leaves nothing to be held.
  HubWorld idle({}, {open_key()}, 4711);
  idle.close(idle.enter());
  CHECK(idle.hub().counts().peers == 0);
}

TEST_CASE("many clients are asked to spread their return") {
  HubOptions options;
  options.returns_per_second = 10;
  Pair pair(options);
  CHECK(pair.world.take_one<message::Welcome>(pair.world.enter()).spread_ms == DurationMs{300});
}

TEST_CASE("a drain ends held sessions too") {
  Pair pair;
  pair.world.close(pair.a);
  pair.world.handle(hub_input::Drain{});
  CHECK(pair.world.hub().counts().peers == 0);
  CHECK_FALSE(pair.world.hub().next_wakeup().has_value());
}

}  // namespace
}  // namespace partyline
