// A client's session that is not resumed: the state is told anew, and the application hears of the
// difference.
#include <catch2/generators/catch_generators.hpp>

#include "printers.h"
#include "session_fixture.h"

namespace partyline {

using namespace session_fixture;

// ---- not resumed ----

TEST_CASE("a resynced roster is told as a difference: those who are gone first") {
  Line line;
  line.enter({member("p_a", 1), member("p_b", 2), member("p_d", 3)});
  const auto before = line.all<output::CreateConnection>();
  REQUIRE(before.size() == 3);
  line.set_state(before[0].connection, ConnectionState::kConnected);
  line.lose();
  line.come_back();
  CHECK(line.hello.joins[0].incarnation == kMine);

  MemberInfo a = member("p_a", 1);
  a.metadata = JsonText{"\"Ada\""};
  // B came anew, C is new, D is gone.
  line.greet(SessionKind::kResynced, {line.granted({a, member("p_b", 20), member("p_c", 21)})});
  CHECK(line.roster_changes() == "-p_b -p_d +p_b +p_c ");
  CHECK(line.one<output::PeerMetadataChanged>().peer.value == "p_a");
  const auto closed = line.all<output::CloseConnection>();
  REQUIRE(closed.size() == 2);
  CHECK(closed[0].connection == before[1].connection);
  CHECK(closed[1].connection == before[2].connection);
  CHECK(line.all<output::CreateConnection>().size() == 2);
  CHECK(line.all<output::ConnectionReset>().empty());
  for (const auto& state : line.all<output::PeerStateChanged>()) CHECK(state.peer.value != "p_a");

  // The link of A is the one that it was.
  line.set_state(before[0].connection, ConnectionState::kDisconnected);
  CHECK(line.one<output::PeerStateChanged>().to == PeerState::kReconnecting);
}

TEST_CASE("with another incarnation of ours every link is made anew, from the first generation") {
  Line line;
  line.enter({member("p_a", 1), member("p_b", 2)});
  const auto before = line.all<output::CreateConnection>();
  line.lose();
  line.come_back();
  const SessionKind session = GENERATE(SessionKind::kNew, SessionKind::kResynced);
  line.greet(session, {line.granted({member("p_a", 1), member("p_c", 3)}, 40)});
  CHECK(line.roster_changes() == "-p_b +p_c ");
  CHECK(line.all<output::CloseConnection>().size() == 2);
  CHECK(line.all<output::CreateConnection>().size() == 2);
  CHECK(line.one<output::ConnectionReset>().peer.value == "p_a");
  // We are a newcomer to all of them, and they offer in the first generation: no need to ask.
  CHECK(line.frames().empty());
  line.receive_signal("p_a", 1, offer(1, 1));
  CHECK(line.all<output::AcceptOffer>().size() == 1);
}

TEST_CASE("incarnations are claimed only while the others surely still wait") {
  Line line;
  line.enter();
  line.run_for(DurationMs{100'000});
  const auto claimed_after = [&](DurationMs outage) {
    line.lose_for(outage);
    line.come_back();
    return line.hello.joins.at(0).incarnation;
  };
  SECTION("four fifths of the hold time, less a moment") {
    CHECK(claimed_after(DurationMs{23'999}) == kMine);
  }
  SECTION("four fifths") { CHECK(claimed_after(DurationMs{24'000}) == 0); }
  SECTION("attempts in vain do not prolong it") {
    CHECK(claimed_after(DurationMs{20'000}) == kMine);
    CHECK(claimed_after(DurationMs{4'000}) == 0);
  }
}

// ---- away, and back ----

TEST_CASE("peers are away and back, and come back to the state of their link") {
  Line line;
  line.enter({member("p_a", 1)});
  const ConnectionId connection = line.one<output::CreateConnection>().connection;
  const auto go = [&](bool away) {
    if (away) {
      line.hear(message::PeerPresence{room, PeerId{"p_a"}, true});
    } else {
      line.hear(message::PeerPresence{room, PeerId{"p_a"}, false});
    }
    line.check_untouched();
    const auto changed = line.one<output::PeerStateChanged>();
    CHECK(changed.peer.value == "p_a");
    return std::pair{changed.from, changed.to};
  };
  using Change = std::pair<PeerState, PeerState>;
  CHECK(go(true) == Change{PeerState::kConnecting, PeerState::kAway});
  CHECK(go(false) == Change{PeerState::kAway, PeerState::kConnecting});
  line.set_state(connection, ConnectionState::kConnected);
  CHECK(go(true) == Change{PeerState::kConnected, PeerState::kAway});
  CHECK(go(false) == Change{PeerState::kAway, PeerState::kConnected});

  CHECK(go(true).second == PeerState::kAway);
  line.hear(message::PeerPresence{room, PeerId{"p_a"}, true});
  CHECK(line.outputs.empty());
  line.set_state(connection, ConnectionState::kDisconnected);
  CHECK(line.all<output::PeerStateChanged>().empty());
  CHECK(go(false) == Change{PeerState::kAway, PeerState::kReconnecting});

  CHECK(go(true).second == PeerState::kAway);
  line.hear(message::PeerLeft{room, PeerId{"p_a"}, message::LeaveReason::kDisconnected});
  CHECK(line.roster_changes() == "-p_a ");
  line.hear(message::PeerPresence{room, PeerId{"p_a"}, false});
  CHECK(line.outputs.empty());
}

TEST_CASE("a roster says who is away") {
  Line line;
  MemberInfo away = member("p_a", 1);
  away.away = true;
  line.enter({away, member("p_b", 2)});
  CHECK(line.one<output::PeerStateChanged>().to == PeerState::kAway);
  line.lose();
  line.come_back();
  MemberInfo gone_away = member("p_b", 2);
  gone_away.away = true;
  line.greet(SessionKind::kResynced, {line.granted({member("p_a", 1), gone_away})});
  line.check_untouched();
  const auto changed = line.all<output::PeerStateChanged>();
  REQUIRE(changed.size() == 2);
  CHECK(changed[0].to == PeerState::kConnecting);
  CHECK(changed[1].to == PeerState::kAway);
}

namespace {

// The endpoint was restarted. A is back already, B and C are not yet.
void restore(Line& line) {
  line.enter({member("p_a", 1), member("p_b", 2), member("p_c", 3)});
  std::uint64_t incarnation = 0;
  for (const auto& created : line.all<output::CreateConnection>()) {
    line.connect(created, ++incarnation);
  }
  line.lose();
  line.come_back();
  line.greet(SessionKind::kRestored, {line.granted({member("p_a", 1)})});
}

}  // namespace

TEST_CASE("on a restored session those who are not back yet are away") {
  Line line;
  restore(line);
  line.check_untouched();
  const auto away = line.all<output::PeerStateChanged>();
  REQUIRE(away.size() == 2);
  CHECK(away[0].peer.value == "p_b");
  CHECK(away[0].to == PeerState::kAway);
  CHECK(away[1].peer.value == "p_c");
  CHECK(away[1].to == PeerState::kAway);

  SECTION("they come back as the same") {
    line.run_for(DurationMs{29'000});
    line.hear(joins("p_b", 2));
    line.check_untouched();
    const auto back = line.one<output::PeerStateChanged>();
    CHECK(back.from == PeerState::kAway);
    CHECK(back.to == PeerState::kConnected);
    // And are no longer waited for.
    line.run_for(DurationMs{30'000});
    CHECK(line.roster_changes() == "-p_c ");
  }
  SECTION("or as others") {
    line.hear(joins("p_b", 50));
    CHECK(line.roster_changes() == "-p_b +p_b ");
    CHECK(line.all<output::CloseConnection>().size() == 1);
    CHECK(line.all<output::CreateConnection>().size() == 1);
  }
  SECTION("or not: then they leave when the hold time is over") {
    line.run_for(DurationMs{29'999});
    CHECK(line.roster_changes().empty());
    line.run_for(DurationMs{1});
    CHECK(line.roster_changes() == "-p_b -p_c ");
    CHECK(line.all<output::PeerLeft>()[0].reason == "disconnected");
    CHECK(line.all<output::CloseConnection>().size() == 2);
  }
  SECTION("also over another loss of the socket, that is resumed") {
    line.run_for(DurationMs{20'000});
    line.lose_for(DurationMs{15'000});
    CHECK(line.roster_changes().empty());
    line.come_back();
    line.greet(SessionKind::kResumed, {});
    line.check_untouched();
    line.run_for(DurationMs{30'000});
    CHECK(line.roster_changes() == "-p_b -p_c ");
  }
  SECTION("or resynced: C is back by then, B still is waited for") {
    line.lose();
    line.come_back();
    line.greet(SessionKind::kResynced, {line.granted({member("p_a", 1), member("p_c", 3)})});
    line.check_untouched();
    CHECK(line.one<output::PeerStateChanged>().peer.value == "p_c");
    CHECK(line.one<output::PeerStateChanged>().to == PeerState::kConnected);
    line.run_for(DurationMs{30'000});
    CHECK(line.roster_changes() == "-p_b ");
  }
  SECTION("who was there after the restart and is not in a resynced roster has left") {
    line.lose();
    line.come_back();
    line.greet(SessionKind::kResynced, {line.granted({member("p_b", 2)})});
    CHECK(line.roster_changes() == "-p_a ");
  }
}

TEST_CASE("a restored session that gives another incarnation waits for nobody") {
  Line line;
  line.enter({member("p_a", 1), member("p_b", 2)});
  line.lose();
  line.come_back();
  line.greet(SessionKind::kRestored, {line.granted({member("p_a", 1)}, 40)});
  CHECK(line.roster_changes() == "-p_b ");
  CHECK(line.one<output::ConnectionReset>().peer.value == "p_a");
}

// ---- leaving ----

TEST_CASE("a channel left while the hello is on its way is left in whatever session follows") {
  Line line;
  line.enter({member("p_a", 1)});
  line.lose();
  line.come_back();
  line.tell(input::Leave{ChannelId{1}});
  CHECK(line.frames().empty());
  CHECK(line.one<output::ChannelStateChanged>().to == ChannelState::kLeft);
  const Frames leave{numbered(1, message::Leave{room})};
  SECTION("resumed") {
    line.greet(SessionKind::kResumed, {});
    CHECK(line.frames() == leave);
  }
  SECTION("not resumed") {
    const SessionKind session =
        GENERATE(SessionKind::kNew, SessionKind::kResynced, SessionKind::kRestored);
    line.greet(session, {line.granted({member("p_a", 1)})});
    CHECK(line.frames() == leave);
  }
  SECTION("and wished for again: left first, then joined") {
    line.tell(input::Join{CallId{2}, ChannelId{2}, room, JsonText{}});
    const SessionKind session = GENERATE(SessionKind::kNew, SessionKind::kResumed);
    line.greet(session, session == SessionKind::kNew ? std::vector{line.granted({})}
                                                     : std::vector<message::Joined>{});
    const Frames sent = line.frames();
    REQUIRE(sent.size() == 2);
    CHECK(sent[0] == leave[0]);
    CHECK(line.sent<message::Join>().at(0).request != line.hello.joins[0].request);
    CHECK(line.all<output::ChannelStateChanged>().empty());
  }
  SECTION("and never welcomed: the next hello does not ask for it") {
    line.lose();
    line.come_back();
    CHECK(line.hello.joins.empty());
    line.greet(SessionKind::kNew, {});
    CHECK(line.frames().empty());
  }
  CHECK(line.roster_changes().empty());
  CHECK(line.all<output::CreateConnection>().empty());
}

TEST_CASE("a first join that is given up while the hello is on its way") {
  Line line;
  line.enter();
  line.lose();
  line.tell(input::Join{CallId{2}, ChannelId{2}, ChannelName{"other"}, JsonText{}});
  line.come_back();
  line.tell(input::Leave{ChannelId{2}});
  CHECK(line.one<output::CallDone>().error->code == ErrorCode::aborted);
  SECTION("resumed: it was never asked for") {
    line.greet(SessionKind::kResumed, {});
    CHECK(line.frames().empty());
  }
  SECTION("not resumed: it was") {
    line.greet(SessionKind::kResynced, {line.granted({})});
    CHECK(line.frames() == Frames{numbered(1, message::Leave{ChannelName{"other"}})});
  }
}

TEST_CASE("a channel left during the outage is left when the session is resumed") {
  Line line;
  line.enter();
  line.lose();
  line.tell(input::Leave{ChannelId{1}});
  line.come_back();
  CHECK(line.hello.joins.empty());
  SECTION("resumed") {
    line.greet(SessionKind::kResumed, {});
    CHECK(line.frames() == Frames{numbered(1, message::Leave{room})});
  }
  SECTION("resynced: the hello has said it") {
    line.greet(SessionKind::kResynced, {});
    CHECK(line.frames().empty());
  }
}

}  // namespace partyline
