// Leaving, and coming back under the same name.
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "story.h"

namespace partyline::sim {

TEST_CASE("who leaves is gone, and who comes back is there again") {
  StoryWorld w(1);
  ClientHost& ann = w.client("ann");
  ClientHost& bob = w.client("bob");
  ann.publish(ann.join("room"), "camera");
  ChannelId room = bob.join("room");
  bob.publish(room, "camera");
  CONVERGES_WITHIN(w, 1'000);
  for (int i = 1; i <= 5; ++i) {
    bob.leave(room);
    CONVERGES_WITHIN(w, 1'000);
    CHECK(bob.browser().open_connections() == 0);
    CHECK(ann.browser().open_connections() == 0);
    CHECK(ann.observer().count("peer-left") == i);
    room = bob.join("room");
    bob.publish(room, "camera");
    CONVERGES_WITHIN(w, 1'000);
    CHECK(ann.observer().count("peer-joined") == i + 1);
  }
  ENDS_CLEAN(w);
}

TEST_CASE("left and joined again in one breath, at any moment") {
  const auto at = GENERATE(range(0, 120, 3));
  StoryWorld w(static_cast<std::uint64_t>(at) + 1);
  ClientHost& ann = w.client("ann");
  ClientHost& bob = w.client("bob");
  ann.publish(ann.join("room"), "camera");
  const ChannelId first = bob.join("room");
  bob.publish(first, "camera");
  w.run_for(at);
  bob.leave(first);
  const ChannelId second = bob.join("room", "{\"again\":true}");
  bob.publish(second, "camera", true, false);
  CONVERGES_WITHIN(w, 2'000);
  ENDS_CLEAN(w);
}

TEST_CASE("a join that is not answered yet ends with aborted when the channel is left") {
  const auto at = GENERATE(range(0, 40, 4));
  StoryWorld w(3);
  ClientHost& ann = w.client("ann");
  const ChannelId room = ann.join("room");
  w.run_for(at);
  ann.leave(room);
  CONVERGES_WITHIN(w, 1'000);
  CHECK(ann.application().pending_calls() == 0);
  CHECK(w.endpoint.counts().memberships == 0);
  ENDS_CLEAN(w);
}

TEST_CASE("closed in the middle of everything, nothing remains") {
  const auto at = GENERATE(range(0, 120, 3));
  StoryWorld w(static_cast<std::uint64_t>(at) + 1);
  ClientHost& ann = w.client("ann");
  ClientHost& bob = w.client("bob");
  ann.publish(ann.join("room"), "camera");
  bob.publish(bob.join("room"), "camera");
  bob.join("other");
  w.run_for(at);
  bob.close();
  CONVERGES_WITHIN(w, 20'000);
  CHECK(ann.browser().open_connections() == 0);
  ENDS_CLEAN(w);
}

}  // namespace partyline::sim
