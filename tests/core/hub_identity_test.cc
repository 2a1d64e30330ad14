// The same identity twice: a page that was handed the ticket of another one, which has a socket.
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "hub_world.h"

namespace partyline {
namespace {

using message::SessionKind;

// A member of a room, another one who watches, and the ticket that the page of the first leaves.
struct Tab {
  explicit Tab(SameIdentity policy) : world({}, {key(policy)}, 4711) {
    page = world.enter({join("room")});
    ticket = world.take_one<message::Welcome>(page).ticket;
    world.send(page, message::Ping{});
    other = world.member("room");
    world.discard_frames();
    // What was heard in the very moment of a question would count as its answer.
    world.run_for({10});
    peer = world.peer(page);
    incarnation = world.incarnation(page, "room");
  }

  static KeyOptions key(SameIdentity policy) {
    KeyOptions key = open_key();
    key.same_identity = policy;
    return key;
  }

  SocketId next_page() {
    const SocketId socket = world.open();
    world.send(socket, message::Hello{1,
                                      "pk_open",
                                      "",
                                      "",
                                      {join("room", 1'000'001)},
                                      message::Resume{ticket, std::nullopt, true}});
    return socket;
  }
  message::Welcome welcomed(SocketId socket) { return world.take_one<message::Welcome>(socket); }

  // The other member was told that the peer left and came anew.
  void check_came_anew() {
    const auto told = world.take(other);
    REQUIRE(told.size() == 2);
    const auto& left = std::get<message::PeerLeft>(told[0]);
    const auto& joined = std::get<message::PeerJoined>(told[1]);
    CHECK(left.peer == peer);
    CHECK(left.reason == message::LeaveReason::kLeft);
    CHECK(joined.member.peer == peer);
    CHECK(joined.member.incarnation > incarnation);
  }

  HubWorld world;
  SocketId page;
  SocketId other;
  std::string ticket;
  PeerId peer;
  std::uint64_t incarnation = 0;
};

TEST_CASE("a page that is loaded anew is the same peer, whatever the policy") {
  for (const auto policy : {SameIdentity::kReplace, SameIdentity::kReject, SameIdentity::kAllow}) {
    Tab tab(policy);
    SECTION("it said that it left") {
      tab.world.handle(hub_input::SocketClosed{tab.page, 1000});
      const auto left = tab.world.take_one<message::PeerLeft>(tab.other);
      CHECK(left.reason == message::LeaveReason::kLeft);
      const message::Welcome welcome = tab.welcomed(tab.next_page());
      CHECK(welcome.peer == tab.peer);
      CHECK(welcome.session == SessionKind::kNew);
      CHECK(tab.world.take_one<message::PeerJoined>(tab.other).member.peer == tab.peer);
    }
    SECTION("its socket was lost") {
      tab.world.close(tab.page);
      const message::Welcome welcome = tab.welcomed(tab.next_page());
      CHECK(welcome.peer == tab.peer);
      CHECK(welcome.session == SessionKind::kResynced);
      tab.check_came_anew();
    }
  }
}

TEST_CASE("a fresh page never goes on frame by frame, though it says that it heard none") {
  Tab tab(SameIdentity::kReplace);
  const SocketId socket = tab.world.open();
  tab.world.send(
      socket,
      message::Hello{1, "pk_open", "", "", {join("room")}, message::Resume{tab.ticket, 0, true}});
  CHECK(tab.welcomed(socket).session == SessionKind::kResynced);
}

TEST_CASE("replace: the newcomer has the identity, and the page before is told for good") {
  Tab tab(SameIdentity::kReplace);
  const message::Welcome welcome = tab.welcomed(tab.next_page());
  CHECK(welcome.peer == tab.peer);
  tab.world.check_closed(tab.page, ErrorCode::session_taken);
  tab.check_came_anew();
}

TEST_CASE("allow: the newcomer is another peer, and the page before notices nothing") {
  Tab tab(SameIdentity::kAllow);
  const message::Welcome welcome = tab.welcomed(tab.next_page());
  CHECK(welcome.peer != tab.peer);
  CHECK(welcome.session == SessionKind::kNew);
  CHECK_FALSE(tab.world.closed(tab.page));
  CHECK(tab.world.take_one<message::PeerJoined>(tab.other).member.peer == welcome.peer);
}

TEST_CASE("reject: the newcomer is refused for good once the page before has answered") {
  Tab tab(SameIdentity::kReject);
  const SocketId first = tab.next_page();
  tab.world.check_closed(first, ErrorCode::identity_contested);
  CHECK(tab.world.take_one<message::Ping>(tab.page) == message::Ping{});
  tab.world.run_for({300});
  // What it sent before it was asked is no answer.
  tab.world.send(tab.page, message::Ack{0});
  tab.world.check_closed(tab.next_page(), ErrorCode::identity_contested);
  tab.world.send(tab.page, message::Pong{});
  const SocketId second = tab.next_page();
  tab.world.check_closed(second, ErrorCode::identity_in_use);
  CHECK_FALSE(tab.world.closed(tab.page));
  CHECK(tab.world.take(tab.other).empty());

  SECTION("an answer of long ago counts no more") {
    tab.world.run_for({4'001});
    tab.world.check_closed(tab.next_page(), ErrorCode::identity_contested);
    CHECK(tab.world.take_one<message::Ping>(tab.page) == message::Ping{});
  }
}

TEST_CASE("reject: who does not answer in time is replaced") {
  Tab tab(SameIdentity::kReject);
  tab.world.check_closed(tab.next_page(), ErrorCode::identity_contested);
  tab.world.run_for({1'999});
  tab.world.check_closed(tab.next_page(), ErrorCode::identity_contested);
  tab.world.run_for({1});
  CHECK(tab.welcomed(tab.next_page()).peer == tab.peer);
  tab.world.check_closed(tab.page, ErrorCode::session_taken);
  tab.check_came_anew();
}

TEST_CASE("reject: a page that comes back to its own session is not another one") {
  Tab tab(SameIdentity::kReject);
  const SocketId socket = tab.world.open();
  tab.world.send(socket, message::Hello{1, "pk_open", "", "", {}, message::Resume{tab.ticket, 1}});
  CHECK(tab.welcomed(socket).session == SessionKind::kResumed);
  CHECK(tab.world.take(tab.other).empty());
}

TEST_CASE("a stale page takes nothing over") {
  Tab tab(SameIdentity::kReplace);
  const SocketId next = tab.next_page();
  tab.world.send(next, message::Ping{});
  tab.world.discard_frames();
  const SocketId stale = tab.world.open();
  tab.world.send(
      stale,
      message::Hello{1, "pk_open", "", "", {join("room")}, message::Resume{tab.ticket, 1, false}});
  const message::Welcome welcome = tab.welcomed(stale);
  CHECK(welcome.peer != tab.peer);
  CHECK_FALSE(tab.world.closed(next));
}

}  // namespace
}  // namespace partyline
