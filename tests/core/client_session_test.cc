// A client's session: what of it outlives a socket, and what the application sees of it.
#include <utility>

#include <catch2/generators/catch_generators.hpp>

#include "client_fixture.h"
#include "printers.h"

namespace partyline {

namespace {

using message::SessionKind;

const ChannelName room("room");
constexpr std::uint64_t kMine = 10;  // our incarnation

// Frames as they are sent.
using Frames = std::vector<std::string>;

std::string numbered(std::uint64_t seq, const ClientMessage& message) {
  return write_numbered(seq, write_message(message));
}

Signal offer(std::uint64_t generation, std::uint64_t negotiation,
             std::vector<MediaBinding> media = {}) {
  return Signal{generation,
                false,
                Description{DescriptionType::kOffer, negotiation, sdp("theirs"), std::move(media)},
                {}};
}

// A client of an endpoint that is played by hand, but for what each welcome repeats and the numbers
// of frames.
struct Line : TestClient {
  explicit Line(ClientOptions options = default_options()) : TestClient(std::move(options)) {}

  // ---- sockets ----
  void open() {
    tell(input::SocketOpened{socket});
    const auto hellos = sent<message::Hello>();
    REQUIRE(hellos.size() == 1);
    hello = hellos[0];
  }
  void greet(SessionKind session, std::vector<message::Joined> joined, std::uint64_t received = 0) {
    if (session != SessionKind::kResumed) heard = 0;
    message::Welcome welcome;
    welcome.peer = PeerId{"p_me"};
    welcome.heartbeat_ms = DurationMs{3'600'000};
    welcome.joined = std::move(joined);
    welcome.session = session;
    welcome.received = received;
    welcome.ticket = "ticket " + std::to_string(++tickets);
    welcome.hold_ms = DurationMs{30'000};
    receive(std::move(welcome));
  }
  void enter(std::vector<MemberInfo> members = {}) {
    join();
    open();
    CHECK_FALSE(hello.resume);
    greet(SessionKind::kNew, {granted(std::move(members))});
  }
  void lose() { tell(input::SocketClosed{socket, 1006, ""}); }
  // And there is no network for so long.
  void lose_for(DurationMs outage) {
    lose();
    tell(input::WentOffline{});
    run_for(outage);
  }
  // Until the hello.
  void come_back() {
    tell(input::RetryNow{});
    socket = one<output::OpenSocket>().socket;
    open();
    REQUIRE(hello.resume);
  }

  // The answer to the first join of the hello.
  [[nodiscard]] message::Joined granted(std::vector<MemberInfo> members,
                                        std::uint64_t incarnation = kMine) const {
    return {room, hello.joins.at(0).request, incarnation, std::move(members)};
  }

  // ---- numbered frames ----
  void hear(std::uint64_t seq, const HubMessage& message) {
    tell(input::FrameReceived{socket, write_numbered(seq, write_message(message))});
  }
  void hear(const HubMessage& message) { hear(++heard, message); }
  // One that changes nothing.
  void hear_news() { hear(message::PeerUpdated{room, PeerId{"p_nobody"}, JsonText{"1"}, {}}); }

  void rename(const std::string& name) {
    tell(input::SetMetadata{ChannelId{1}, JsonText{'"' + name + '"'}});
  }
  [[nodiscard]] Frames frames() const {
    Frames texts;
    for (const auto& frame : all<output::SendFrame>()) {
      CHECK(frame.socket == socket);
      texts.push_back(frame.text);
    }
    return texts;
  }

  // ---- what the application and the browser see ----
  void check_untouched() const {
    CHECK(all<output::PeerJoined>().empty());
    CHECK(all<output::PeerLeft>().empty());
    CHECK(all<output::CreateConnection>().empty());
    CHECK(all<output::CloseConnection>().empty());
    CHECK(all<output::ConnectionReset>().empty());
  }
  // Peers come and go in this order: "+p_a" and "-p_a".
  [[nodiscard]] std::string roster_changes() const {
    std::string changes;
    for (const ClientOutput& output : outputs) {
      if (const auto* joined = std::get_if<output::PeerJoined>(&output)) {
        changes += '+' + joined->member.peer.value + ' ';
      } else if (const auto* left = std::get_if<output::PeerLeft>(&output)) {
        changes += '-' + left->peer.value + ' ';
      }
    }
    return changes;
  }
  void set_state(ConnectionId connection, ConnectionState state) {
    tell(input::ConnectionStateChanged{connection, state});
  }
  // As a newcomer, with whoever is a peer of the roster.
  void connect(const output::CreateConnection& created, std::uint64_t incarnation,
               std::vector<MediaBinding> media = {}) {
    receive_signal(created.peer.value, incarnation, offer(1, 1, std::move(media)));
    tell(input::AnswerMade{one<output::AcceptOffer>().operation, sdp("mine"), {}});
    set_state(created.connection, ConnectionState::kConnected);
    run_for(DurationMs{20});
    CHECK(sent_signal().description);
  }

  message::Hello hello;
  std::uint64_t heard = 0;
  int tickets = 0;
};

ClientMessage named(const std::string& name) {
  return message::Update{room, JsonText{'"' + name + '"'}, std::nullopt};
}

MemberInfo member(const std::string& id, std::uint64_t incarnation) {
  return TestClient::member(id, incarnation);
}

message::PeerJoined joins(const std::string& id, std::uint64_t incarnation) {
  return {room, member(id, incarnation)};
}

}  // namespace

// ---- frames ----

TEST_CASE("frames are numbered from one, and what the endpoint has not got is sent again") {
  Line line;
  line.enter();
  line.rename("one");
  CHECK(line.frames() == Frames{numbered(1, named("one"))});
  line.rename("two");
  CHECK(line.frames() == Frames{numbered(2, named("two"))});
  line.rename("three");
  line.receive(message::Ack{1});
  CHECK(line.outputs.empty());

  line.lose();
  line.come_back();
  SECTION("the rest after an acknowledgement") {
    line.greet(SessionKind::kResumed, {}, 1);
    CHECK(line.frames() == Frames{numbered(2, named("two")), numbered(3, named("three"))});
  }
  SECTION("the last, where the welcome says more") {
    line.greet(SessionKind::kResumed, {}, 2);
    CHECK(line.frames() == Frames{numbered(3, named("three"))});
  }
  SECTION("nothing, where all of it has come by another socket") {
    line.greet(SessionKind::kResumed, {}, 1);
    line.lose();
    line.come_back();
    line.greet(SessionKind::kResumed, {}, 3);
    CHECK(line.frames().empty());
  }
  SECTION("nothing, where another session has begun") {
    line.greet(SessionKind::kNew, {line.granted({})});
    CHECK(line.frames().empty());
    line.rename("four");
    CHECK(line.frames() == Frames{numbered(1, named("four"))});
    return;
  }
  line.rename("four");
  CHECK(line.frames() == Frames{numbered(4, named("four"))});
}

TEST_CASE("a hello has the latest ticket and how many frames have come") {
  Line line;
  line.enter();
  line.hear(joins("p_a", 30));
  // Of a kind that only a newer client knows.
  line.tell(input::FrameReceived{line.socket, write_numbered(++line.heard, R"({"type":"news"})")});
  line.receive(message::Pong{});
  line.lose();
  line.come_back();
  CHECK(line.hello.resume == message::Resume{"ticket 1", 2});

  line.greet(SessionKind::kResumed, {});
  line.hear_news();
  line.lose();
  line.come_back();
  CHECK(line.hello.resume == message::Resume{"ticket 2", 3});

  line.greet(SessionKind::kResumed, {});
  line.receive(message::Ticket{"renewed"});
  line.lose();
  line.come_back();
  CHECK(line.hello.resume == message::Resume{"renewed", 3});
}

TEST_CASE("a frame that has come before is ignored") {
  Line line;
  line.enter();
  line.hear(1, joins("p_a", 30));
  CHECK(line.roster_changes() == "+p_a ");
  line.hear(1, joins("p_b", 31));
  CHECK(line.outputs.empty());
  line.hear(2, joins("p_b", 31));
  CHECK(line.roster_changes() == "+p_b ");
  line.lose();
  line.come_back();
  CHECK(line.hello.resume->received == 2);
  line.greet(SessionKind::kResumed, {});
  line.hear(2, joins("p_c", 32));
  CHECK(line.outputs.empty());
  // Without a number: as it is.
  line.receive(joins("p_c", 32));
  CHECK(line.roster_changes() == "+p_c ");
}

TEST_CASE("a gap closes the socket, and the state is asked for") {
  Line line;
  line.enter();
  line.hear(1, joins("p_a", 30));
  line.hear(3, joins("p_b", 31));
  CHECK(line.roster_changes().empty());
  CHECK(line.one<output::CloseSocket>().socket == line.socket);
  CHECK(line.one<output::ChannelStateChanged>().to == ChannelState::kReconnecting);

  line.come_back();
  CHECK(line.hello.resume == message::Resume{"ticket 1", std::nullopt});
  line.greet(SessionKind::kResynced, {line.granted({})});
  line.hear(1, joins("p_b", 31));
  CHECK(line.roster_changes() == "+p_b ");
  line.lose();
  line.come_back();
  CHECK(line.hello.resume == message::Resume{"ticket 2", 1});
}

TEST_CASE("so does what is no frame: it may have been a numbered one") {
  Line line;
  line.enter();
  line.tell(input::FrameReceived{line.socket, "{"});
  CHECK(line.all<output::CloseSocket>().size() == 1);
  line.come_back();
  CHECK_FALSE(line.hello.resume->received);
}

TEST_CASE("frames are acknowledged when there are many, and the first after a while, once") {
  ClientOptions options = TestClient::default_options();
  Line line(options);
  line.enter();
  const auto ack = [](std::uint64_t received) {
    return Frames{write_message(ClientMessage{message::Ack{received}})};
  };

  for (std::uint64_t i = 1; i < limits::kAckFrames; ++i) {
    line.hear_news();
    CHECK(line.outputs.empty());
  }
  line.hear_news();
  CHECK(line.frames() == ack(limits::kAckFrames));
  line.run_for(options.ack_delay_ms * 2);
  CHECK(line.frames().empty());

  line.hear_news();
  line.run_for(DurationMs{options.ack_delay_ms.value - 1});
  CHECK(line.frames().empty());
  // Another one does not put it off.
  line.hear_news();
  line.run_for(DurationMs{1});
  CHECK(line.frames() == ack(limits::kAckFrames + 2));
  line.run_for(options.ack_delay_ms * 2);
  CHECK(line.frames().empty());

  // Nothing new.
  line.hear(1, joins("p_a", 30));
  line.receive(message::Ack{0});
  line.run_for(options.ack_delay_ms * 2);
  CHECK(line.frames().empty());

  // The hello said it.
  line.hear_news();
  line.lose();
  line.come_back();
  line.greet(SessionKind::kResumed, {});
  line.run_for(options.ack_delay_ms * 2);
  CHECK(line.frames().empty());
}

TEST_CASE("who could not keep all that it sent asks for the state") {
  ClientOptions options = TestClient::default_options();
  SECTION("too many") { options.replay_frames_max = 2; }
  SECTION("too large") { options.replay_bytes_max = 2 * write_message(named("one")).size(); }
  Line line(options);
  line.enter();
  for (const char* name : {"one", "two"}) line.rename(name);
  line.lose();
  line.come_back();
  CHECK(line.hello.resume->received == 0);
  line.greet(SessionKind::kResumed, {}, 0);
  CHECK(line.frames() == Frames{numbered(1, named("one")), numbered(2, named("two"))});

  line.rename("six");
  line.lose();
  line.come_back();
  CHECK(line.hello.resume == message::Resume{"ticket 2", std::nullopt});
  // Both count from zero.
  line.greet(SessionKind::kResynced, {line.granted({})});
  CHECK(line.frames().empty());
  line.rename("ten");
  CHECK(line.frames() == Frames{numbered(1, named("ten"))});
  line.lose();
  line.come_back();
  CHECK(line.hello.resume == message::Resume{"ticket 3", 0});
}

TEST_CASE("what was dropped does no harm when it turns out to have come") {
  ClientOptions options = TestClient::default_options();
  options.replay_frames_max = 2;
  Line line(options);
  line.enter();
  for (const char* name : {"one", "two", "six"}) line.rename(name);
  line.receive(message::Ack{1});
  line.lose();
  line.come_back();
  CHECK(line.hello.resume->received == 0);
  line.greet(SessionKind::kResumed, {}, 1);
  CHECK(line.frames() == Frames{numbered(2, named("two")), numbered(3, named("six"))});
}

TEST_CASE("an endpoint that has got more than was sent is not believed") {
  Line line;
  line.enter({member("p_a", 1)});
  line.rename("one");
  SECTION("when it acknowledges") { line.receive(message::Ack{2}); }
  SECTION("when it resumes") {
    line.lose();
    line.come_back();
    CHECK(line.hello.resume->received);
    line.greet(SessionKind::kResumed, {}, 2);
    CHECK(line.frames().empty());
    CHECK(line.all<output::Identified>().empty());
    CHECK(line.all<output::ChannelStateChanged>().empty());
  }
  SECTION("when it resumes what never was") {
    Line fresh;
    fresh.join();
    fresh.open();
    fresh.greet(SessionKind::kResumed, {});
    CHECK(fresh.all<output::CloseSocket>().size() == 1);
    return;
  }
  CHECK(line.one<output::CloseSocket>().socket == line.socket);
  line.check_untouched();
  line.come_back();
  CHECK_FALSE(line.hello.resume->received);
  CHECK(line.hello.joins[0].incarnation == kMine);
}

// ---- resumed ----

TEST_CASE("a resumed session is as if nothing had been, and what changed meanwhile is told once") {
  Line line;
  line.enter({member("p_a", 1), member("p_b", 2)});
  const auto connections = line.all<output::CreateConnection>();
  line.set_state(connections[0].connection, ConnectionState::kConnected);

  line.lose();
  CHECK(line.one<output::ChannelStateChanged>().to == ChannelState::kReconnecting);
  line.check_untouched();
  line.rename("early");
  line.publish();
  line.tell(input::SetMuted{ChannelId{1}, PublicationName{"camera"}, MediaKind::kVideo, true});
  CHECK(line.frames().empty());
  line.come_back();
  line.check_untouched();
  line.rename("late");
  CHECK(line.frames().empty());

  line.greet(SessionKind::kResumed, {});
  const auto state = line.one<output::ChannelStateChanged>();
  CHECK(state.from == ChannelState::kReconnecting);
  CHECK(state.to == ChannelState::kJoined);
  CHECK(line.all<output::PeerStateChanged>().empty());
  line.check_untouched();
  const PublicationInfo camera{PublicationName{"camera"}, TrackStatus::kLive, TrackStatus::kMuted,
                               JsonText{}};
  CHECK(line.frames() ==
        Frames{numbered(1, message::Update{room, JsonText{"\"late\""}, std::vector{camera}})});

  // The endpoint sends what was missed.
  line.hear(message::PeerLeft{room, PeerId{"p_b"}, message::LeaveReason::kLeft});
  CHECK(line.roster_changes() == "-p_b ");
  CHECK(line.one<output::CloseConnection>().connection == connections[1].connection);
}

TEST_CASE("signals of an outage are kept, and go out before anything else") {
  Line line;
  line.enter();
  line.hear(joins("p_a", 30));
  const auto make = line.one<output::MakeOffer>();
  line.lose();
  line.tell(input::OfferMade{make.operation, sdp("mine"), {}});
  CHECK(line.frames().empty());
  line.rename("late");
  line.come_back();
  SECTION("resumed") {
    line.greet(SessionKind::kResumed, {});
    const auto sent = line.frames();
    REQUIRE(sent.size() == 2);
    CHECK(sent[0].starts_with(R"({"seq":1,)"));
    CHECK(line.sent_signal().description->type == DescriptionType::kOffer);
    CHECK(sent[1] == numbered(2, named("late")));
  }
  SECTION("not resumed: they are lost") {
    line.greet(SessionKind::kResynced, {line.granted({member("p_a", 30)})});
    CHECK(line.frames().empty());
  }
}

TEST_CASE("a join on its way when the socket is lost is asked for once") {
  Line line;
  line.enter();
  line.tell(input::Join{CallId{2}, ChannelId{2}, ChannelName{"other"}, JsonText{}});
  const Frames asked = line.frames();
  REQUIRE(asked.size() == 1);
  const auto request = line.sent<message::Join>().at(0).request;
  line.lose();
  line.come_back();
  CHECK(line.hello.joins.size() == 2);
  SECTION("it has come") {
    line.greet(SessionKind::kResumed, {}, 1);
    CHECK(line.frames().empty());
  }
  SECTION("it has not") {
    line.greet(SessionKind::kResumed, {}, 0);
    CHECK(line.frames() == asked);
  }
  CHECK(line.one<output::ChannelStateChanged>().channel == ChannelId{1});
  line.hear(message::Joined{ChannelName{"other"}, request, 20, {}});
  CHECK(line.one<output::ChannelStateChanged>().to == ChannelState::kJoined);
  CHECK_FALSE(line.one<output::CallDone>().error);
}

TEST_CASE("a channel wished for during the outage is asked for after it") {
  Line line;
  line.enter();
  line.lose();
  line.tell(input::Join{CallId{2}, ChannelId{2}, ChannelName{"other"}, JsonText{}});
  line.come_back();
  REQUIRE(line.hello.joins.size() == 2);
  CHECK(line.hello.joins[1].incarnation == 0);
  line.greet(SessionKind::kResumed, {});
  const auto joins = line.sent<message::Join>();
  REQUIRE(joins.size() == 1);
  CHECK(joins[0].channel.value == "other");
  CHECK(joins[0].request != line.hello.joins[1].request);
}

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

// ---- links ----

TEST_CASE("a peer that left and comes back as the same begins the next generation") {
  Line line;
  const message::PeerLeft left{room, PeerId{"p_a"}, message::LeaveReason::kDisconnected};
  SECTION("we are the elder: we offer in it") {
    line.enter();
    for (const std::uint64_t generation : {1U, 2U, 3U}) {
      line.hear(joins("p_a", 30));
      line.tell(input::OfferMade{line.one<output::MakeOffer>().operation, sdp("mine"), {}});
      CHECK(line.sent_signal().description);
      CHECK(line.sent_signal().generation == generation);
      line.hear(left);
    }
    // As another it knows nothing of that.
    line.hear(joins("p_a", 31));
    line.tell(input::OfferMade{line.one<output::MakeOffer>().operation, sdp("mine"), {}});
    CHECK(line.sent_signal().generation == 1);
  }
  SECTION("we are the newcomer: we ask for it") {
    line.enter({member("p_a", 1)});
    CHECK(line.frames().empty());
    line.hear(left);
    line.hear(joins("p_a", 1));
    CHECK(line.sent_signal() == Signal{2, true, {}, {}});
    // What is still said in the former one is nothing to us.
    line.receive_signal("p_a", 1, offer(1, 1));
    CHECK(line.outputs.empty());
  }
  SECTION("unless we are another: that begins with the first") {
    line.enter({member("p_a", 1)});
    line.hear(left);
    line.lose();
    line.come_back();
    line.greet(SessionKind::kNew, {line.granted({member("p_a", 1)}, 40)});
    CHECK(line.all<output::CreateConnection>().size() == 1);
    CHECK(line.frames().empty());
  }
}

TEST_CASE("offers that meet end in another connection, not in a rollback") {
  const MediaBinding video{Mid{"7"}, PublicationName{"camera"}, MediaKind::kVideo};
  Line line;
  line.enter({member("p_a", 1)});
  const auto created = line.one<output::CreateConnection>();
  const ConnectionId first = created.connection;
  line.connect(created, 1, {video});
  line.publish();
  CHECK(line.sent_signal().wants_to_offer);
  line.receive_signal("p_a", 1, Signal{1, true, {}, {}});
  const OperationId made = line.one<output::MakeOffer>().operation;

  const Signal crossing = offer(1, 2, {video});
  SECTION("while ours waits for its answer") {
    line.tell(input::OfferMade{made, sdp("mine"), {}});
    CHECK(line.sent_signal().description);
    line.receive_signal("p_a", 1, crossing);
  }
  SECTION("while ours is being made: it is not sent any more") {
    line.receive_signal("p_a", 1, crossing);
  }
  CHECK(line.all<output::AcceptOffer>().empty());
  CHECK(line.one<output::CloseConnection>().connection == first);
  CHECK(line.one<output::PeerStateChanged>().to == PeerState::kReconnecting);
  // Nothing has failed.
  CHECK(line.all<output::ChannelError>().empty());
  // What still comes of the former one is nothing to us.
  line.tell(input::OfferMade{made, sdp("mine"), {}});
  CHECK(line.outputs.empty());
  line.receive_signal("p_a", 1, crossing);
  CHECK(line.outputs.empty());

  line.run_for(DurationMs{500});
  const ConnectionId second = line.one<output::CreateConnection>().connection;
  CHECK(line.one<output::ConnectionReset>().connection == second);
  CHECK(line.sent_signal() == Signal{2, true, {}, {}});
  line.receive_signal("p_a", 1, offer(2, 1, {video}));
  const auto accept = line.one<output::AcceptOffer>();
  CHECK(accept.connection == second);
  REQUIRE(accept.attach.size() == 1);
  CHECK(accept.attach[0].track == TrackId{2});
}

namespace {

Signal answer_to_first() {
  Signal answer = offer(1, 1);
  answer.description->type = DescriptionType::kAnswer;
  return answer;
}

// We are the elder of p_a (30), and connected.
output::MakeOffer connected_elder(Line& line) {
  line.enter();
  line.hear(joins("p_a", 30));
  const auto make = line.one<output::MakeOffer>();
  line.tell(input::OfferMade{make.operation, sdp("mine"), {}});
  line.receive_signal("p_a", 30, answer_to_first());
  line.tell(input::AnswerAccepted{line.one<output::AcceptAnswer>().operation});
  line.set_state(make.connection, ConnectionState::kConnected);
  return make;
}

}  // namespace

TEST_CASE("a path that works outlives a negotiation that an away peer cannot answer") {
  Line line;
  connected_elder(line);
  line.hear(message::PeerPresence{room, PeerId{"p_a"}, true});
  line.publish();
  line.tell(input::OfferMade{line.one<output::MakeOffer>().operation, sdp("mine"), {}});
  line.run_for(DurationMs{20'000});  // less than the hold time
  CHECK(line.all<output::CloseConnection>().empty());
  CHECK(line.all<output::ChannelError>().empty());
}

TEST_CASE("a generation that was due during an outage begins soon after it") {
  Line line;
  line.enter({member("p_a", 1)});
  const auto created = line.one<output::CreateConnection>();
  line.connect(created, 1);
  line.set_state(created.connection, ConnectionState::kFailed);  // due in 500 ms at most
  line.lose_for(DurationMs{1'000});
  line.come_back();
  line.greet(SessionKind::kResumed, {});
  line.run_for(DurationMs{2'000});
  CHECK(line.all<output::CreateConnection>().size() == 1);  // it takes 14.4 s
}

TEST_CASE("generations that are replayed together: the last counts") {
  Line line;
  line.enter({member("p_a", 1)});
  line.connect(line.one<output::CreateConnection>(), 1);
  line.lose_for(DurationMs{23'000});
  line.come_back();
  line.greet(SessionKind::kResumed, {});
  for (const std::uint64_t generation : {2U, 3U}) {
    line.hear(message::SignalFrom{room, PeerId{"p_a"}, 1, write_signal(offer(generation, 1))});
  }
  CHECK(line.all<output::AcceptOffer>().size() == 1);  // that of 3; it is dropped for good
}

}  // namespace partyline
