// The pair's negotiation, seen from one side: the other side and the browser are played by hand.
#include "client_fixture.h"

namespace partyline {

namespace {

constexpr std::uint64_t kPeer = 30;  // the peer's incarnation where we are the elder

Signal offer(std::uint64_t negotiation, const std::string& ufrag,
             std::vector<MediaBinding> media = {}, std::uint64_t generation = 1) {
  return Signal{generation,
                false,
                Description{DescriptionType::kOffer, negotiation, sdp(ufrag), std::move(media)},
                {}};
}

Signal answer(std::uint64_t negotiation, const std::string& ufrag,
              std::vector<MediaBinding> media = {}, std::uint64_t generation = 1) {
  return Signal{generation,
                false,
                Description{DescriptionType::kAnswer, negotiation, sdp(ufrag), std::move(media)},
                {}};
}

MediaBinding binding(const std::string& mid, MediaKind kind, const std::string& name = "camera") {
  return MediaBinding{Mid{mid}, PublicationName{name}, kind};
}

MemberInfo publishing(const std::string& id, std::uint64_t incarnation) {
  MemberInfo member = TestClient::member(id, incarnation);
  member.publications.push_back(PublicationInfo{PublicationName{"camera"}, TrackStatus::kLive,
                                                TrackStatus::kLive, JsonText{}});
  return member;
}

// We are the elder and publish a camera; the peer joins: our offer is being made.
output::MakeOffer elder(TestClient& client) {
  client.join();
  client.welcome();
  client.publish();
  client.receive(message::PeerJoined{ChannelName{"room"}, publishing("p_a", kPeer)});
  return client.one<output::MakeOffer>();
}

// The peer was here first.
ConnectionId newcomer(TestClient& client) {
  client.join();
  client.welcome({publishing("p_a", 1)});
  return client.one<output::CreateConnection>().connection;
}

std::vector<SlotMid> mids_of(const std::vector<Attachment>& attachments) {
  std::vector<SlotMid> mids;
  for (std::size_t i = 0; i < attachments.size(); ++i) {
    mids.push_back({attachments[i].slot, Mid{std::to_string(i + 1)}});
  }
  return mids;
}

}  // namespace

TEST_CASE("an ordinary set-up of the elder: one offer, its candidates, one answer") {
  TestClient client;
  const auto make = elder(client);
  REQUIRE(make.attach.size() == 2);
  CHECK(make.attach[0].stream == make.attach[1].stream);

  client.tell(input::OfferMade{make.operation, sdp("mine"), mids_of(make.attach)});
  const Signal sent = client.sent_signal();
  REQUIRE(sent.description);
  CHECK(sent.description->type == DescriptionType::kOffer);
  CHECK(sent.description->media ==
        std::vector{binding("1", MediaKind::kAudio), binding("2", MediaKind::kVideo)});
  client.tell(input::CandidateGathered{make.connection, {"candidate:1", Mid{"1"}, "mine"}});
  CHECK(client.sent<message::SignalTo>().empty());
  client.tell(input::GatheringComplete{make.connection});
  CHECK(client.sent_signal().candidates.size() == 1);

  client.receive_signal("p_a", kPeer, answer(1, "theirs", {binding("1", MediaKind::kAudio)}));
  const auto accept = client.one<output::AcceptAnswer>();
  client.tell(input::AnswerAccepted{accept.operation});
  const auto added = client.one<output::StreamAdded>();
  CHECK(added.name.value == "camera");
  REQUIRE(added.tracks.size() == 1);
  CHECK(added.tracks[0].mid.value == "1");

  client.tell(input::ConnectionStateChanged{make.connection, ConnectionState::kConnected});
  CHECK(client.one<output::PeerStateChanged>().to == PeerState::kConnected);
  CHECK(client.all<output::MakeOffer>().empty());
}

TEST_CASE("candidates that come one after another are told together") {
  TestClient client;
  const auto make = elder(client);
  client.tell(input::OfferMade{make.operation, sdp("mine"), mids_of(make.attach)});
  CHECK(client.sent_signal().description);
  client.tell(input::CandidateGathered{make.connection, {"candidate:1", Mid{"1"}, "mine"}});
  client.tell(input::CandidateGathered{make.connection, {"candidate:2", Mid{"1"}, "mine"}});
  CHECK(client.sent<message::SignalTo>().empty());
  client.run_for(DurationMs{50});
  CHECK(client.sent_signal().candidates.size() == 2);
}

TEST_CASE("candidates that nobody can connect to are not told") {
  TestClient client;
  const auto make = elder(client);
  client.tell(input::OfferMade{make.operation, sdp("mine"), mids_of(make.attach)});
  client.tell(input::CandidateGathered{
      make.connection, {"candidate:1 1 tcp 5 ::1 9 typ host tcptype active", Mid{"1"}, "mine"}});
  client.tell(input::CandidateGathered{
      make.connection, {"candidate:2 1 tcp 5 ::1 7 typ host tcptype passive", Mid{"1"}, "mine"}});
  client.tell(input::GatheringComplete{make.connection});
  const auto told = client.sent_signal().candidates;
  REQUIRE(told.size() == 1);
  CHECK(told[0].candidate.find("passive") != std::string::npos);
}

TEST_CASE("an answer without candidates goes after a moment") {
  TestClient client;
  newcomer(client);
  client.receive_signal("p_a", 1, offer(1, "theirs", {}));
  client.tell(input::AnswerMade{client.one<output::AcceptOffer>().operation, sdp("mine"), {}});
  CHECK(client.sent<message::SignalTo>().empty());
  client.run_for(DurationMs{20});
  CHECK(client.sent_signal().description);
}

TEST_CASE("an answer waits for its candidates, and streams are told when it has gone") {
  TestClient client;
  newcomer(client);
  const auto made = client.one<output::CreateConnection>();
  CHECK(made.ice_candidate_pool_size == 1);
  client.receive_signal("p_a", 1, offer(1, "theirs", {binding("0", MediaKind::kVideo)}));
  client.tell(input::AnswerMade{client.one<output::AcceptOffer>().operation, sdp("mine"), {}});
  client.tell(input::CandidateGathered{made.connection, {"candidate:1", Mid{"0"}, "mine"}});
  CHECK(client.sent<message::SignalTo>().empty());
  CHECK(client.all<output::StreamAdded>().empty());
  SECTION("until they are all there") { client.tell(input::GatheringComplete{made.connection}); }
  SECTION("but not for long") { client.run_for(DurationMs{3}); }
  const Signal sent = client.sent_signal();
  REQUIRE(sent.description);
  CHECK(sent.candidates.size() == 1);
  CHECK(client.all<output::StreamAdded>().size() == 1);
}

TEST_CASE("a newcomer waits for the offer and puts its own tracks into the answer") {
  TestClient client;
  newcomer(client);
  client.publish();
  CHECK(client.all<output::MakeOffer>().empty());
  client.receive_signal(
      "p_a", 1,
      offer(1, "theirs", {binding("0", MediaKind::kVideo), binding("1", MediaKind::kAudio)}));
  const auto accept = client.one<output::AcceptOffer>();
  REQUIRE(accept.attach.size() == 2);
  CHECK(accept.attach[0].kind == MediaKind::kAudio);
  CHECK(accept.attach[0].mid == Mid{"1"});
  CHECK(accept.attach[1].mid == Mid{"0"});
  client.tell(
      input::AnswerMade{accept.operation,
                        sdp("mine"),
                        {{accept.attach[0].slot, Mid{"1"}}, {accept.attach[1].slot, Mid{"0"}}}});
  client.run_for(DurationMs{20});
  CHECK(client.one<output::StreamAdded>().tracks.size() == 2);
  // Everything found its place: no second round.
  CHECK(client.all<output::MakeOffer>().empty());
}

TEST_CASE("what finds no m-line in the answer is offered next, when the elder lets us") {
  TestClient client;
  newcomer(client);
  client.publish();
  client.receive_signal("p_a", 1, offer(1, "theirs", {binding("0", MediaKind::kAudio)}));
  const auto accept = client.one<output::AcceptOffer>();
  REQUIRE(accept.attach.size() == 1);
  client.tell(
      input::AnswerMade{accept.operation, sdp("mine"), {{accept.attach[0].slot, Mid{"0"}}}});
  CHECK(client.sent_signal().wants_to_offer);
  client.receive_signal("p_a", 1, Signal{1, true, {}, {}});
  const auto make = client.one<output::MakeOffer>();
  REQUIRE(make.attach.size() == 1);
  CHECK(make.attach[0].kind == MediaKind::kVideo);
  CHECK_FALSE(make.attach[0].mid);
}

TEST_CASE("early candidates wait for the description of their ufrag") {
  TestClient client;
  newcomer(client);
  client.receive_signal(
      "p_a", 1,
      Signal{1,
             false,
             {},
             {{"candidate:1", Mid{"0"}, "theirs"}, {"candidate:x", Mid{"0"}, "abandoned"}}});
  CHECK(client.all<output::AddCandidates>().empty());
  client.receive_signal("p_a", 1, offer(1, "theirs"));
  CHECK(client.all<output::AddCandidates>().empty());
  const auto accept = client.one<output::AcceptOffer>();
  client.tell(input::AnswerMade{accept.operation, sdp("mine"), {}});
  const auto add = client.one<output::AddCandidates>();
  REQUIRE(add.candidates.size() == 1);
  CHECK(add.candidates[0].candidate == "candidate:1");
  client.receive_signal("p_a", 1, Signal{1, false, {}, {{"", Mid{"0"}, "theirs"}}});
  CHECK(client.one<output::AddCandidates>().candidates[0].candidate.empty());
}

TEST_CASE("glare: the impolite elder ignores the offer, keeps its candidates out") {
  TestClient client;
  const auto make = elder(client);
  client.tell(input::OfferMade{make.operation, sdp("mine"), mids_of(make.attach)});
  client.receive_signal("p_a", kPeer, offer(1, "rolledback"));
  CHECK(client.all<output::AcceptOffer>().empty());
  client.receive_signal("p_a", kPeer, answer(1, "theirs"));
  CHECK(client.all<output::AcceptAnswer>().size() == 1);
}

TEST_CASE("a newcomer asks before it offers, once, and offers when it is let") {
  TestClient client;
  newcomer(client);
  client.receive_signal("p_a", 1, offer(1, "theirs", {binding("7", MediaKind::kVideo)}));
  const auto accept = client.one<output::AcceptOffer>();
  client.tell(input::AnswerMade{accept.operation, sdp("mine"), {}});
  client.run_for(DurationMs{20});
  client.publish();
  CHECK(client.all<output::MakeOffer>().empty());
  const Signal ask = client.sent_signal();
  CHECK(ask.wants_to_offer);
  CHECK_FALSE(ask.please_offer);
  client.publish(3, 4, "screen");
  CHECK(client.sent<message::SignalTo>().empty());

  SECTION("let") {
    client.receive_signal("p_a", 1, Signal{1, true, {}, {}});
    const auto make = client.one<output::MakeOffer>();
    CHECK(make.attach.size() == 4);
    // A grant that nobody asked for.
    client.receive_signal("p_a", 1, Signal{1, true, {}, {}});
    CHECK(client.all<output::MakeOffer>().empty());
  }
  SECTION("an offer of the elder crosses it: answered, and the grant is used") {
    client.receive_signal("p_a", 1, offer(2, "theirs", {binding("7", MediaKind::kVideo)}));
    const auto crossing = client.one<output::AcceptOffer>();
    client.tell(input::AnswerMade{crossing.operation, sdp("mine"), {}});
    CHECK(client.all<output::MakeOffer>().empty());
    client.receive_signal("p_a", 1, Signal{1, true, {}, {}});
    CHECK(client.all<output::MakeOffer>().size() == 1);
  }
  SECTION("no answer") {
    client.answers_pings = true;
    client.run_for(DurationMs{10'000});
    CHECK(client.one<output::ChannelError>().error.detail ==
          "the other peer did not answer in time");
  }
}

// As seed 3069 did not.
TEST_CASE("a newcomer that has asked waits to be let, whatever happens meanwhile") {
  TestClient client;
  const ConnectionId connection = newcomer(client);
  client.receive_signal("p_a", 1, offer(1, "theirs"));
  client.tell(input::AnswerMade{client.one<output::AcceptOffer>().operation, sdp("mine"), {}});
  client.run_for(DurationMs{20});
  client.publish();
  CHECK(client.all<output::MakeOffer>().empty());
  CHECK(client.sent_signal().wants_to_offer);
  client.tell(input::ConnectionStateChanged{connection, ConnectionState::kConnected});
  client.publish(3, 4, "screen");
  CHECK(client.all<output::MakeOffer>().empty());
  client.receive_signal("p_a", 1, Signal{1, true, {}, {}});
  CHECK(client.one<output::MakeOffer>().attach.size() == 4);
}

TEST_CASE("an elder lets the newcomer offer when its own negotiation is over, and waits for it") {
  TestClient client;
  const auto make = elder(client);
  client.tell(input::OfferMade{make.operation, sdp("mine"), mids_of(make.attach)});
  client.run_for(DurationMs{100});
  client.outputs.clear();
  Signal ask;
  ask.generation = 1;
  ask.wants_to_offer = true;
  client.receive_signal("p_a", kPeer, ask);
  CHECK(client.sent<message::SignalTo>().empty());
  client.receive_signal("p_a", kPeer, answer(1, "theirs"));
  const auto accepting = client.one<output::AcceptAnswer>();
  client.publish(3, 4, "screen");
  client.tell(input::AnswerAccepted{accepting.operation});
  CHECK(client.sent_signal().please_offer);
  CHECK(client.all<output::MakeOffer>().empty());

  client.receive_signal("p_a", kPeer, offer(1, "theirs"));
  const auto accept = client.one<output::AcceptOffer>();
  client.tell(input::AnswerMade{accept.operation, sdp("mine"), {}});
  // What found no m-line in their offer.
  CHECK(client.one<output::MakeOffer>().attach.size() == 2);
}

TEST_CASE("answers to another offer, stale operations and unknown connections mean nothing") {
  TestClient client;
  const auto make = elder(client);
  client.tell(input::OfferMade{OperationId{999}, sdp("x"), {}});
  CHECK(client.outputs.empty());
  client.tell(input::OfferMade{make.operation, sdp("mine"), mids_of(make.attach)});
  client.receive_signal("p_a", kPeer, answer(5, "theirs"));
  CHECK(client.outputs.empty());
  client.tell(input::ConnectionStateChanged{ConnectionId{99}, ConnectionState::kFailed});
  client.tell(input::CandidateGathered{ConnectionId{99}, {"candidate:1", Mid{"1"}, "mine"}});
  CHECK(client.outputs.empty());
}

TEST_CASE("wishes during negotiation are brought about after it, the latest wins") {
  TestClient client;
  const auto make = elder(client);
  client.publish(3, 4, "screen");
  CHECK(client.all<output::MakeOffer>().empty());
  client.tell(input::Unpublish{ChannelId{1}, PublicationName{"screen"}});
  client.publish(0, 5, "slides");
  client.tell(input::OfferMade{make.operation, sdp("mine"), mids_of(make.attach)});
  client.receive_signal("p_a", kPeer, answer(1, "theirs"));
  client.tell(input::AnswerAccepted{client.one<output::AcceptAnswer>().operation});
  const auto next = client.one<output::MakeOffer>();
  REQUIRE(next.attach.size() == 1);
  CHECK(next.attach[0].track == TrackId{5});
}

TEST_CASE("mute takes the track off the sender, nothing else can put it back") {
  TestClient client;
  const auto make = elder(client);
  client.tell(input::SetMuted{ChannelId{1}, PublicationName{"camera"}, MediaKind::kVideo, true});
  const auto set = client.one<output::SetTrack>();
  CHECK_FALSE(set.track);
  client.tell(input::ReplaceTrack{CallId{1}, ChannelId{1}, PublicationName{"camera"},
                                  MediaKind::kVideo, TrackId{9}});
  CHECK(client.all<output::SetTrack>().empty());
  // A new generation attaches it without a track.
  client.tell(input::OperationFailed{make.operation, "OperationError", "no"});
  client.run_for(DurationMs{500});
  for (const Attachment& attachment : client.one<output::MakeOffer>().attach) {
    if (attachment.kind == MediaKind::kVideo) CHECK_FALSE(attachment.track);
  }
  client.tell(input::SetMuted{ChannelId{1}, PublicationName{"camera"}, MediaKind::kVideo, false});
  CHECK(client.one<output::SetTrack>().track == TrackId{9});
}

TEST_CASE("unpublishing detaches at once, and its m-line is not sent on again") {
  TestClient client;
  const auto make = elder(client);
  client.tell(input::OfferMade{make.operation, sdp("mine"), mids_of(make.attach)});
  client.receive_signal("p_a", kPeer, answer(1, "theirs"));
  client.tell(input::AnswerAccepted{client.one<output::AcceptAnswer>().operation});

  client.tell(input::Unpublish{ChannelId{1}, PublicationName{"camera"}});
  CHECK(client.all<output::DetachSlot>().size() == 2);
  const auto without = client.one<output::MakeOffer>();
  client.tell(input::OfferMade{without.operation, sdp("mine"), {}});
  client.receive_signal("p_a", kPeer, answer(2, "theirs"));
  client.tell(input::AnswerAccepted{client.one<output::AcceptAnswer>().operation});

  client.publish(0, 8, "again");
  const auto again = client.one<output::MakeOffer>();
  REQUIRE(again.attach.size() == 1);
  CHECK_FALSE(again.attach[0].mid);
}

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
  const ConnectionId connection = newcomer(client);
  client.receive_signal("p_a", 1, offer(1, "theirs"));
  client.tell(input::AnswerMade{client.one<output::AcceptOffer>().operation, sdp("mine"), {}});
  client.tell(input::ConnectionStateChanged{connection, ConnectionState::kConnected});
  client.receive_signal("p_a", 1, offer(2, "restarted"));
  client.tell(input::AnswerMade{client.one<output::AcceptOffer>().operation, sdp("again"), {}});
  client.run_for(DurationMs{1'000});
  client.tell(input::ConnectionStateChanged{connection, ConnectionState::kDisconnected});
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

TEST_CASE("a stream ends with its publication, not with the negotiation that follows") {
  TestClient client;
  newcomer(client);
  client.receive_signal("p_a", 1, offer(1, "theirs", {binding("0", MediaKind::kVideo)}));
  client.tell(input::AnswerMade{client.one<output::AcceptOffer>().operation, sdp("mine"), {}});
  client.run_for(DurationMs{20});
  CHECK(client.all<output::StreamAdded>().size() == 1);
  client.receive(
      message::PeerUpdated{ChannelName{"room"}, PeerId{"p_a"}, {}, std::vector<PublicationInfo>{}});
  CHECK(client.one<output::StreamRemoved>().name.value == "camera");
  // Before the news of the publications: listeners look up what the stream was.
  CHECK(std::holds_alternative<output::StreamRemoved>(client.outputs.front()));
  client.receive_signal("p_a", 1, offer(2, "theirs"));
  CHECK(client.all<output::StreamRemoved>().empty());
}

TEST_CASE("signals from strangers, former members and of no sense are dropped") {
  TestClient client;
  newcomer(client);
  client.receive_signal("p_zz", 1, offer(1, "theirs"));
  CHECK(client.outputs.empty());
  client.receive_signal("p_a", 99, offer(1, "theirs"));
  CHECK(client.outputs.empty());
  client.receive(message::SignalFrom{ChannelName{"room"}, PeerId{"p_a"}, 1, "{{{"});
  CHECK(client.all<output::AcceptOffer>().empty());
  CHECK(client.all<output::Log>().size() == 1);
}

}  // namespace partyline
