// The model of RTCPeerConnection keeps the rules of JSEP that it says it keeps.
#include "fake_connection.h"

#include <catch2/catch_test_macros.hpp>

#include "partyline/signal.h"

namespace partyline::sim {

namespace {

Attachment send(std::uint64_t slot, MediaKind kind, std::optional<Mid> mid = std::nullopt) {
  return {SlotId{slot}, kind, TrackId{slot * 10}, "s", mid};
}

// A whole round of offer and answer.
void negotiate(FakeConnection& offerer, FakeConnection& answerer) {
  const Made offer = offerer.set_local_offer(false);
  REQUIRE_FALSE(offer.failure);
  REQUIRE_FALSE(answerer.set_remote_offer(offer.sdp));
  const Made answer = answerer.set_local_answer();
  REQUIRE_FALSE(answer.failure);
  REQUIRE_FALSE(offerer.set_remote_answer(answer.sdp));
}

}  // namespace

TEST_CASE("the core finds the ufrag in the model's descriptions") {
  FakeConnection connection(7);
  const Made offer = connection.set_local_offer(false);
  CHECK(ice_ufrags(offer.sdp) == std::vector<std::string>{connection.newest_local_ufrag()});
}

TEST_CASE("a negotiated m-line carries one way until the other side sends on it too") {
  FakeConnection ann(1);
  FakeConnection bob(2);
  REQUIRE_FALSE(ann.attach(send(1, MediaKind::kAudio)));
  negotiate(ann, bob);
  CHECK(ann.transceivers()[0].current_direction == kSendOnly);
  CHECK(bob.transceivers()[0].current_direction == kReceiveOnly);
  REQUIRE_FALSE(bob.attach(send(5, MediaKind::kAudio, bob.transceivers()[0].mid)));
  negotiate(bob, ann);
  CHECK(ann.transceivers()[0].current_direction == kSendReceive);
  CHECK(bob.transceivers().size() == 1);
}

TEST_CASE("an answer adds no m-line") {
  FakeConnection ann(1);
  FakeConnection bob(2);
  REQUIRE_FALSE(bob.attach(send(5, MediaKind::kVideo)));
  negotiate(ann, bob);
  CHECK_FALSE(bob.transceivers()[0].mid);
  CHECK(bob.slot_mids().empty());
}

TEST_CASE("a rollback takes the mids of transceivers that were added") {
  FakeConnection ann(1);
  FakeConnection bob(2);
  REQUIRE_FALSE(ann.attach(send(1, MediaKind::kAudio)));
  REQUIRE_FALSE(bob.attach(send(2, MediaKind::kAudio)));
  const Made offer = ann.set_local_offer(false);
  REQUIRE_FALSE(bob.set_local_offer(false).failure);
  CHECK(bob.slot_mids().size() == 1);
  REQUIRE_FALSE(bob.set_remote_offer(offer.sdp));
  CHECK(bob.slot_mids().empty());
  // Nor is it associated with the offered m-line: that one has a transceiver of its own.
  CHECK(bob.transceivers().size() == 2);
  // Moving the slot there stops the other.
  REQUIRE_FALSE(bob.attach(send(2, MediaKind::kAudio, bob.transceivers()[1].mid)));
  CHECK(bob.transceivers()[0].stopped);
}

TEST_CASE("a rollback blinds receivers of video, though not of audio") {
  FakeConnection ann(1);
  FakeConnection bob(2);
  REQUIRE_FALSE(ann.attach(send(1, MediaKind::kAudio)));
  REQUIRE_FALSE(ann.attach(send(2, MediaKind::kVideo)));
  negotiate(ann, bob);
  const Made offer = ann.set_local_offer(false);
  REQUIRE_FALSE(bob.set_local_offer(false).failure);
  REQUIRE_FALSE(bob.set_remote_offer(offer.sdp));
  CHECK_FALSE(bob.transceivers()[0].blind);
  CHECK(bob.transceivers()[1].blind);
}

TEST_CASE("descriptions in the wrong state fail and change nothing") {
  FakeConnection ann(1);
  FakeConnection bob(2);
  const Made offer = ann.set_local_offer(false);
  CHECK(ann.set_local_answer().failure->name == "InvalidStateError");
  REQUIRE_FALSE(bob.set_remote_offer(offer.sdp));
  CHECK(bob.set_local_offer(false).failure->name == "InvalidStateError");
  const Made answer = bob.set_local_answer();
  CHECK(bob.set_remote_answer(answer.sdp)->name == "InvalidStateError");
  CHECK(bob.signaling_state() == SignalingState::kStable);
  CHECK(ann.set_remote_answer("nonsense")->name == "OperationError");
  CHECK(ann.signaling_state() == SignalingState::kHaveLocalOffer);
  REQUIRE_FALSE(ann.set_remote_answer(answer.sdp));
}

TEST_CASE("m-lines keep their places") {
  FakeConnection ann(1);
  FakeConnection bob(2);
  negotiate(ann, bob);
  FakeConnection cyd(3);
  REQUIRE_FALSE(cyd.attach(send(1, MediaKind::kAudio)));
  CHECK(bob.set_remote_offer(cyd.set_local_offer(false).sdp)->name == "InvalidAccessError");
}

TEST_CASE("an ICE restart changes the credentials of both, once it is answered") {
  FakeConnection ann(1);
  FakeConnection bob(2);
  negotiate(ann, bob);
  const std::string before = ann.local_ufrag();
  const std::string bobs = bob.local_ufrag();
  const Made offer = ann.set_local_offer(true);
  CHECK(ann.local_ufrag() == before);
  REQUIRE_FALSE(bob.set_remote_offer(offer.sdp));
  REQUIRE_FALSE(ann.set_remote_answer(bob.set_local_answer().sdp));
  CHECK(ann.local_ufrag() != before);
  CHECK(bob.local_ufrag() != bobs);
}

TEST_CASE("candidates need the description of their ufrag") {
  FakeConnection ann(1);
  FakeConnection bob(2);
  const IceCandidate early{"candidate:1", Mid{"0"}, "u1x1"};
  CHECK(bob.add_candidate(early));
  const Made offer = ann.set_local_offer(false);
  REQUIRE_FALSE(bob.set_remote_offer(offer.sdp));
  CHECK_FALSE(bob.add_candidate(early));
  CHECK(bob.add_candidate({"candidate:1", Mid{"0"}, "unknown"}));
}

}  // namespace partyline::sim
