// A client's session frame by frame: what outlives a socket when it is resumed.
#include "printers.h"
#include "session_fixture.h"

namespace partyline {

using namespace session_fixture;

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

}  // namespace partyline
