// The path says that it works, and no packet of media arrives, in one direction or both.
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "two.h"

namespace partyline::sim {

namespace {

// A second until the counts are looked at, two of silence, one more since looks are a second apart,
// and what saying it and a restart take.
constexpr std::int64_t kRestarted = 5'000;
// The same once more, after a wait.
constexpr std::int64_t kMadeAnew = 12'000;

}  // namespace

TEST_CASE("no packets one way: a restart within five seconds, on the same connection") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 31));
  StoryWorld w(seed);
  Two two(w);
  CONVERGES_WITHIN(w, 2'000);
  w.run_for(static_cast<std::int64_t>(seed * 100));
  const ClientHost& from = seed % 2 == 0 ? two.ann : two.bob;
  const ClientHost& to = seed % 2 == 0 ? two.bob : two.ann;
  w.ice.deafen(from.number(), to.number(), true);
  if (seed % 3 == 0) w.ice.deafen(to.number(), from.number(), true);
  CONVERGES_WITHIN(w, kRestarted);
  for (const ClientHost* client : {&two.ann, &two.bob}) {
    CHECK(client->browser().connections().size() == 1);
    CHECK(client->observer().count("channel-error") == 0);
    CHECK(client->observer().count("peer-left") == 0);
  }
  ENDS_CLEAN(w);
}

TEST_CASE("no packets one way, and a restart does not help: another connection") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 31));
  StoryWorld w(seed);
  Two two(w);
  CONVERGES_WITHIN(w, 2'000);
  w.ice.deafen(two.ann.number(), two.bob.number(), false);
  CONVERGES_WITHIN(w, kMadeAnew);
  CHECK(two.ann.browser().connections().size() == 2);
  CHECK(two.ann.observer().count("peer-left") == 0);
  ENDS_CLEAN(w);
}

TEST_CASE("media that is never let through is tried for ever, ever more seldom") {
  StoryWorld w(1);
  Two two(w);
  CONVERGES_WITHIN(w, 2'000);
  for (int second = 0; second < 600; ++second) {
    w.ice.deafen(two.ann.number(), two.bob.number(), false);
    w.run_for(1'000);
  }
  const std::size_t connections = two.ann.browser().connections().size();
  CHECK(connections > 10);
  CHECK(connections < 60);
  // Told once, until it has worked for a while.
  CHECK(two.ann.observer().count("channel-error") == 1);
  CONVERGES_WITHIN(w, 60'000);
  ENDS_CLEAN(w);
}

TEST_CASE("what nobody sends is not missing") {
  StoryWorld w(1);
  Two two(w);
  CONVERGES_WITHIN(w, 2'000);
  two.ann.set_muted(two.anns_room, "camera", true);
  two.bob.set_muted(two.bobs_room, "camera", true);
  w.run_for(120'000);
  CHECK(w.lines("ann", "ice restart") == 0);
  CHECK(w.lines("bob", "ice restart") == 0);
  CHECK(w.lines("ann", "missing") == 0);
  ENDS_CLEAN(w);
}

}  // namespace partyline::sim
