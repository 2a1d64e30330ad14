// A muted user never sends an unmuted frame. The world checks after every step that no sender has a
// track which is muted; here are the moments at which that has gone wrong elsewhere.
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "story.h"

namespace partyline::sim {

TEST_CASE("muted before anybody is there") {
  StoryWorld w(1);
  ClientHost& ann = w.client("ann");
  const ChannelId room = ann.join("room");
  ann.publish(room, "camera");
  ann.set_muted(room, "camera", true);
  w.run_for(500);
  w.client("bob").join("room");
  CONVERGES_WITHIN(w, 1'000);
  ann.set_muted(room, "camera", false);
  CONVERGES_WITHIN(w, 500);
  ENDS_CLEAN(w);
}

TEST_CASE("muted at any moment of the set-up") {
  const auto at = GENERATE(range(0, 100));
  StoryWorld w(static_cast<std::uint64_t>(at) + 1);
  ClientHost& ann = w.client("ann");
  ClientHost& bob = w.client("bob");
  const ChannelId room = ann.join("room");
  ann.publish(room, "camera");
  bob.publish(bob.join("room"), "camera");
  w.run_for(at);
  ann.set_muted(room, "camera", true, MediaKind::kAudio);
  CONVERGES_WITHIN(w, 1'500);
  ENDS_CLEAN(w);
}

TEST_CASE("a track replaced while muted stays silent until it is unmuted") {
  StoryWorld w(1);
  ClientHost& ann = w.client("ann");
  const ChannelId room = ann.join("room");
  ann.publish(room, "camera");
  w.client("bob").join("room");
  CONVERGES_WITHIN(w, 1'000);
  ann.set_muted(room, "camera", true);
  ann.replace_track(room, "camera", MediaKind::kAudio);
  CONVERGES_WITHIN(w, 1'000);
  ann.set_muted(room, "camera", false);
  CONVERGES_WITHIN(w, 1'000);
  ENDS_CLEAN(w);
}

TEST_CASE("muted, and the line drops and comes back") {
  StoryWorld w(1);
  ClientHost& ann = w.client("ann");
  ClientHost& bob = w.client("bob");
  const ChannelId room = ann.join("room");
  ann.publish(room, "camera");
  bob.join("room");
  CONVERGES_WITHIN(w, 1'000);
  w.cut(ann);
  w.run_for(10);
  ann.set_muted(room, "camera", true, MediaKind::kVideo);
  w.cut(bob);
  CONVERGES_WITHIN(w, 20'000);
  ENDS_CLEAN(w);
}

}  // namespace partyline::sim
