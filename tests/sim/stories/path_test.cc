// A path is lost in the middle of a call: found again over the same connection where that can be,
// over another where it cannot.
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "two.h"

namespace partyline::sim {

namespace {

// Chromium notices after seven seconds at most; then a restart.
constexpr std::int64_t kNoticedAndMended = 9'000;

}  // namespace

TEST_CASE("other addresses: the same connection finds a new path by an ICE restart") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 31));
  StoryWorld w(seed);
  Two two(w);
  CONVERGES_WITHIN(w, 2'000);
  SECTION("of one side") { w.ice.move((seed % 2 == 0 ? two.ann : two.bob).number()); }
  SECTION("of both sides") {
    w.ice.move(two.ann.number());
    w.ice.move(two.bob.number());
  }
  w.run_for(kNoticedAndMended);
  CONVERGES_WITHIN(w, 1);
  for (const ClientHost* client : {&two.ann, &two.bob}) {
    CHECK(client->browser().connections().size() == 1);
    CHECK(client->observer().count("peer-joined") == 1);
    CHECK(client->observer().count("channel-error") == 0);
  }
  ENDS_CLEAN(w);
}

TEST_CASE("another network after a break: nobody waits until the browser has noticed") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 21));
  StoryWorld w(seed);
  Two two(w);
  CONVERGES_WITHIN(w, 2'000);
  two.ann.go_offline();
  w.ice.move(two.ann.number());
  w.run_for(1'000);
  two.ann.go_online();
  // A second for the interface, and a restart.
  CONVERGES_WITHIN(w, 1'500);
  CHECK(two.ann.browser().connections().size() == 1);
  CHECK(two.bob.observer().count("peer-left") == 0);
  ENDS_CLEAN(w);
}

TEST_CASE("a lost path that comes back is used again, on the same connection") {
  const auto seconds = GENERATE(range(1, 15));
  StoryWorld w(static_cast<std::uint64_t>(seconds));
  Two two(w);
  CONVERGES_WITHIN(w, 2'000);
  w.ice.block(two.ann.number(), two.bob.number(), true);
  w.run_for(seconds * 1'000);
  w.ice.unblock_all();
  CONVERGES_WITHIN(w, 10'000);
  CHECK(two.ann.browser().connections().size() == 1);
  ENDS_CLEAN(w);
}

TEST_CASE(
    "a path that is gone for longer is found by another generation, for as long as it takes") {
  StoryWorld w(1);
  Two two(w);
  CONVERGES_WITHIN(w, 2'000);
  w.ice.block(two.ann.number(), two.bob.number(), true);
  w.run_for(120'000);
  CHECK(two.ann.observer().count("peer-left") == 0);
  CHECK(two.ann.observer().count("channel-error") == 1);
  w.ice.unblock_all();
  CONVERGES_WITHIN(w, 35'000);
  ENDS_CLEAN(w);
}

TEST_CASE("a restart and a change of tracks at the same time lose neither") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 41));
  StoryWorld w(seed);
  Two two(w);
  CONVERGES_WITHIN(w, 2'000);
  w.ice.move(two.ann.number());
  // Around the moments at which the two sides notice.
  w.run_for(5'200 + static_cast<std::int64_t>(seed) * 50);
  two.ann.publish(two.anns_room, "screen");
  two.bob.publish(two.bobs_room, "screen");
  CONVERGES_WITHIN(w, 10'000);
  CHECK(two.ann.browser().connections().size() == 1);
  ENDS_CLEAN(w);
}

TEST_CASE("the other side vanished during a restart: it is not waited for without end") {
  StoryWorld w(3);
  Two two(w);
  CONVERGES_WITHIN(w, 2'000);
  w.ice.move(two.ann.number());
  w.run_for(5'000);
  two.bob.freeze({20'000});
  CONVERGES_WITHIN(w, 60'000);
  ENDS_CLEAN(w);
}

}  // namespace partyline::sim
