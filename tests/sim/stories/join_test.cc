// Coming together: in either order, at once, and more than two.
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "story.h"

namespace partyline::sim {

TEST_CASE("the second to join and the first see and hear each other") {
  StoryWorld w(1);
  ClientHost& ann = w.client("ann");
  ann.publish(ann.join("room"), "camera");
  w.run_for(1'000);
  ClientHost& bob = w.client("bob");
  bob.publish(bob.join("room"), "camera");
  CONVERGES_WITHIN(w, 1'000);
  // An ordinary join knows no glare: one offer, made by who was there, answered once.
  CHECK(w.lines("ann", "make-offer") == 1);
  CHECK(w.lines("bob", "make-offer") == 0);
  CHECK(w.lines("bob", "accept-offer") == 1);
  CHECK(ann.frames_sent() + bob.frames_sent() <= 7);
  ENDS_CLEAN(w);
}

TEST_CASE("only the newcomer publishes") {
  StoryWorld w(2);
  w.client("ann").join("room");
  w.run_for(1'000);
  ClientHost& bob = w.client("bob");
  bob.publish(bob.join("room"), "camera");
  CONVERGES_WITHIN(w, 1'000);
  ENDS_CLEAN(w);
}

TEST_CASE("nobody publishes, and the pair is connected all the same") {
  StoryWorld w(3);
  w.client("ann").join("room");
  w.client("bob").join("room");
  CONVERGES_WITHIN(w, 1'000);
  ENDS_CLEAN(w);
}

TEST_CASE("both join in the same moment") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 101));
  StoryWorld w(seed);
  ClientHost& ann = w.client("ann");
  ClientHost& bob = w.client("bob");
  ann.publish(ann.join("room"), "camera");
  bob.publish(bob.join("room"), "camera");
  CONVERGES_WITHIN(w, 1'500);
  CHECK(ann.browser().connections().size() == 1);
  CHECK(bob.browser().connections().size() == 1);
  ENDS_CLEAN(w);
}

TEST_CASE("three and more meet at once") {
  const auto count = GENERATE(3, 4, 6);
  StoryWorld w(7);
  for (int i = 0; i < count; ++i) {
    ClientHost& client = w.client("c" + std::to_string(i));
    client.publish(client.join("room", "{\"seat\":" + std::to_string(i) + "}"), "camera");
  }
  CONVERGES_WITHIN(w, 2'000);
  ENDS_CLEAN(w);
}

TEST_CASE("someone alone in a channel has joined it") {
  StoryWorld w(4);
  w.client("ann").join("room");
  CONVERGES_WITHIN(w, 500);
  ENDS_CLEAN(w);
}

TEST_CASE("two channels on one line are two worlds") {
  StoryWorld w(5);
  ClientHost& ann = w.client("ann");
  ClientHost& bob = w.client("bob");
  ClientHost& cyd = w.client("cyd");
  const ChannelId work = ann.join("work");
  ann.publish(work, "camera");
  bob.publish(bob.join("work"), "camera");
  w.run_for(1'000);
  ann.publish(ann.join("play"), "camera", true, false);
  cyd.publish(cyd.join("play"), "screen", false, true);
  CONVERGES_WITHIN(w, 1'000);
  CHECK(ann.sockets_ordered() == 1);
  ann.leave(work);
  CONVERGES_WITHIN(w, 1'000);
  ENDS_CLEAN(w);
}

}  // namespace partyline::sim
