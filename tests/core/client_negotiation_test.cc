// How a connection is set up, and what is sent over it.
#include "negotiation_fixture.h"

namespace partyline {

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
