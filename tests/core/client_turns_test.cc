// Whose turn it is to offer: asking, letting, and offers that meet all the same.
#include "negotiation_fixture.h"

namespace partyline {

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

}  // namespace partyline
