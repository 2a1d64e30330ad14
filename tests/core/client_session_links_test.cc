// What a session's loss and return mean for the links to the peers.
#include "printers.h"
#include "session_fixture.h"

namespace partyline {

using namespace session_fixture;

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
