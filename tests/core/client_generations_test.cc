// What becomes of a connection that fails, or seems to: watchdogs, restarts, and the next one.
#include "negotiation_fixture.h"

namespace partyline {

TEST_CASE("a failed operation is reported once and ends in a new generation") {
  TestClient client;
  const ConnectionId first = newcomer(client);
  client.receive_signal("p_a", 1, offer(1, "theirs"));
  const auto accept = client.one<output::AcceptOffer>();
  client.tell(input::OperationFailed{accept.operation, "InvalidAccessError", "bad SDP"});
  CHECK(client.one<output::ChannelError>().error.code == ErrorCode::negotiation_failed);
  CHECK(client.one<output::ChannelError>().peer.value == "p_a");
  CHECK(client.one<output::CloseConnection>().connection == first);

  client.run_for(DurationMs{500});
  CHECK(client.one<output::CreateConnection>().connection != first);
  CHECK(client.one<output::ConnectionReset>().peer.value == "p_a");
  const Signal ask = client.sent_signal();
  CHECK(ask.generation == 2);
  CHECK(ask.please_offer);

  client.receive_signal("p_a", 1, offer(1, "theirs", {}, 2));
  client.tell(input::OperationFailed{client.one<output::AcceptOffer>().operation, "x", "again"});
  CHECK(client.all<output::ChannelError>().empty());
}

TEST_CASE("the delay between generations grows to its cap and starts afresh once connected") {
  TestClient client;
  client.answers_pings = true;
  auto make = elder(client);
  // How long it takes from a failure to the next offer, to 10 ms.
  const auto fail_and_wait = [&] {
    const TimeMs failed = client.now;
    client.tell(input::OperationFailed{make.operation, "x", "y"});
    while (client.all<output::MakeOffer>().empty()) {
      REQUIRE(client.now - failed < DurationMs{60'000});
      client.run_for(DurationMs{20});
    }
    make = client.one<output::MakeOffer>();
    return client.now - failed;
  };
  CHECK(fail_and_wait() <= DurationMs{510});
  for (int i = 0; i < 7; ++i) fail_and_wait();
  const DurationMs longest = fail_and_wait();
  CHECK(longest >= DurationMs{7'500});
  CHECK(longest <= DurationMs{15'010});
  client.tell(input::ConnectionStateChanged{make.connection, ConnectionState::kConnected});
  CHECK(fail_and_wait() <= DurationMs{510});
}

TEST_CASE("a higher generation replaces the connection, a lower one is dropped") {
  TestClient client;
  const ConnectionId first = newcomer(client);
  client.receive_signal("p_a", 1, offer(1, "theirs", {}, 3));
  CHECK(client.one<output::CloseConnection>().connection == first);
  CHECK(client.one<output::CreateConnection>().connection != first);
  CHECK(client.all<output::AcceptOffer>().size() == 1);
  client.receive_signal("p_a", 1, offer(2, "old", {}, 2));
  CHECK(client.outputs.empty());
}

TEST_CASE("nobody leaps to the end of the numbers, where no generation could follow") {
  TestClient client;
  const ConnectionId first = newcomer(client);
  client.receive_signal("p_a", 1, offer(1, "theirs", {}, (1ULL << 53U) - 1));
  CHECK(client.outputs.empty());
  client.receive_signal("p_a", 1, offer(1, "theirs", {}, 2));
  CHECK(client.one<output::CloseConnection>().connection == first);
}

TEST_CASE("an elder that is asked for another generation offers in it") {
  TestClient client;
  const auto make = elder(client);
  client.receive_signal("p_a", kPeer, Signal{2, true, {}, {}});
  const auto again = client.one<output::MakeOffer>();
  CHECK(again.connection != make.connection);
  // The same request crossing its offer changes nothing.
  client.receive_signal("p_a", kPeer, Signal{2, true, {}, {}});
  CHECK(client.outputs.empty());
}

TEST_CASE("each wait has a watchdog") {
  SECTION("for the first offer") {
    TestClient client;
    newcomer(client);
    client.run_for(DurationMs{10'000});
    CHECK(client.all<output::CloseConnection>().size() == 1);
  }
  SECTION("for the browser") {
    TestClient client;
    elder(client);
    client.run_for(DurationMs{10'000});
    CHECK(client.all<output::CloseConnection>().size() == 1);
  }
  SECTION("for the answer") {
    TestClient client;
    const auto make = elder(client);
    client.tell(input::OfferMade{make.operation, sdp("mine"), mids_of(make.attach)});
    client.run_for(DurationMs{10'000});
    CHECK(client.all<output::CloseConnection>().size() == 1);
  }
  SECTION("for a path") {
    TestClient client;
    const auto make = elder(client);
    client.tell(input::OfferMade{make.operation, sdp("mine"), mids_of(make.attach)});
    client.receive_signal("p_a", kPeer, answer(1, "theirs"));
    client.tell(input::AnswerAccepted{client.one<output::AcceptAnswer>().operation});
    client.run_for(DurationMs{15'999});
    CHECK(client.all<output::CloseConnection>().empty());
    client.run_for(DurationMs{1});
    CHECK(client.all<output::CloseConnection>().size() == 1);
  }
}

TEST_CASE("a path that works outlives an answer that is late, though not one that never comes") {
  TestClient client;
  client.answers_pings = true;
  const auto make = elder(client);
  client.tell(input::OfferMade{make.operation, sdp("mine"), mids_of(make.attach)});
  client.receive_signal("p_a", kPeer, answer(1, "theirs"));
  client.tell(input::AnswerAccepted{client.one<output::AcceptAnswer>().operation});
  client.tell(input::ConnectionStateChanged{make.connection, ConnectionState::kConnected});
  client.publish(3, 4, "screen");
  const auto next = client.one<output::MakeOffer>();
  client.tell(input::OfferMade{next.operation, sdp("mine"), mids_of(next.attach)});
  client.run_for(DurationMs{29'000});
  CHECK(client.all<output::CloseConnection>().empty());
  SECTION("late") {
    client.receive_signal("p_a", kPeer, answer(2, "theirs"));
    CHECK(client.all<output::AcceptAnswer>().size() == 1);
  }
  SECTION("never") {
    client.run_for(DurationMs{1'000});
    CHECK(client.all<output::CloseConnection>().size() == 1);
  }
}

TEST_CASE("a restart of the far end's is ours too, though we notice the loss only later") {
  TestClient client;
  client.answers_pings = true;
  client.answers_pings = true;
  const ConnectionId connection = newcomer(client);
  client.receive_signal("p_a", 1, offer(1, "theirs"));
  client.tell(input::AnswerMade{client.one<output::AcceptOffer>().operation, sdp("mine"), {}});
  client.tell(input::ConnectionStateChanged{connection, ConnectionState::kConnected});
  client.receive_signal("p_a", 1, offer(2, "restarted"));
  client.tell(input::AnswerMade{client.one<output::AcceptOffer>().operation, sdp("again"), {}});
  client.run_for(DurationMs{1'000});
  client.tell(input::ConnectionStateChanged{connection, ConnectionState::kDisconnected});
  client.receive(message::Pong{});
  client.run_for(DurationMs{8'000});
  CHECK(client.sent<message::SignalTo>().empty());
  SECTION("found") {
    client.tell(input::ConnectionStateChanged{connection, ConnectionState::kConnected});
    // The next loss is another one.
    client.run_for(DurationMs{30'000});
    client.tell(input::ConnectionStateChanged{connection, ConnectionState::kDisconnected});
    client.run_for(DurationMs{200});
    CHECK(client.sent_signal().wants_to_offer);
  }
  SECTION("not found") {
    client.run_for(DurationMs{2'000});
    CHECK(client.all<output::CloseConnection>().size() == 1);
  }
}

TEST_CASE("what cannot be negotiated without the endpoint does not end a path that works") {
  TestClient client;
  const auto make = elder(client);
  const ConnectionId connection = make.connection;
  client.tell(input::OfferMade{make.operation, sdp("mine"), mids_of(make.attach)});
  client.receive_signal("p_a", kPeer, answer(1, "theirs"));
  client.tell(input::AnswerAccepted{client.one<output::AcceptAnswer>().operation});
  client.tell(input::ConnectionStateChanged{connection, ConnectionState::kConnected});
  client.tell(input::SocketClosed{client.socket, 1006, ""});
  client.publish(3, 4, "screen");
  client.tell(input::OfferMade{client.one<output::MakeOffer>().operation, sdp("mine"), {}});
  client.run_for(DurationMs{60'000});
  CHECK(client.all<output::CloseConnection>().empty());
  client.tell(input::ConnectionStateChanged{connection, ConnectionState::kFailed});
  CHECK(client.one<output::CloseConnection>().connection == connection);
}

TEST_CASE("a failed path ends in a new generation; the stream stays and gets its new tracks") {
  TestClient client;
  const auto make = elder(client);
  client.tell(input::OfferMade{make.operation, sdp("mine"), mids_of(make.attach)});
  client.receive_signal("p_a", kPeer, answer(1, "theirs", {binding("1", MediaKind::kAudio)}));
  client.tell(input::AnswerAccepted{client.one<output::AcceptAnswer>().operation});
  client.tell(input::ConnectionStateChanged{make.connection, ConnectionState::kConnected});
  client.tell(input::ConnectionStateChanged{make.connection, ConnectionState::kFailed});
  CHECK(client.one<output::PeerStateChanged>().to == PeerState::kReconnecting);
  CHECK(client.all<output::StreamRemoved>().empty());
  client.run_for(DurationMs{500});
  const auto next = client.one<output::MakeOffer>();
  client.tell(input::OfferMade{next.operation, sdp("mine2"), mids_of(next.attach)});
  client.receive_signal("p_a", kPeer, answer(1, "theirs2", {binding("1", MediaKind::kAudio)}, 2));
  client.tell(input::AnswerAccepted{client.one<output::AcceptAnswer>().operation});
  CHECK(client.all<output::StreamAdded>().empty());
  CHECK(client.one<output::StreamTracksChanged>().tracks[0].connection == next.connection);
}

}  // namespace partyline
