// Credentials for relays end, and are renewed before. The observers of every step see that whoever
// is there has good ones (endpoint_host.cc) and looks for paths with the latest (fake_browser.cc).
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "relays.h"
#include "two.h"

namespace partyline::sim {

namespace {

Profile relayed() {
  Profile profile = calm_profile();
  profile.relay_lifetime_ms = 10'000;
  return profile;
}

// Those that the client's connections have.
std::optional<TimeMs> credentials_of(const ClientHost& client) {
  for (const auto& [id, connection] : client.browser().connections()) {
    if (connection->open) return connection->relays_until;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("credentials for relays are renewed in a call, and nothing else happens to it") {
  StoryWorld w(1, relayed());
  Two two(w);
  CONVERGES_WITHIN(w, 2'000);
  const int frames = w.lines("ann", "make-offer");
  w.run_for(100'000);
  REQUIRE(w.ok());
  REQUIRE(credentials_of(two.ann));
  CHECK(*credentials_of(two.ann) > w.now());
  // With the welcome, and then after half of the time each.
  CHECK(w.lines("ann", "set-ice-servers") == 21);
  CHECK(w.lines("ann", "make-offer") == frames);
  CHECK(two.ann.browser().connections().size() == 1);
  ENDS_CLEAN(w);
}

TEST_CASE("a path that is lost after the first credentials have ended is found with fresh ones") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 21));
  StoryWorld w(seed, relayed());
  Two two(w);
  CONVERGES_WITHIN(w, 2'000);
  w.run_for(15'000 + static_cast<std::int64_t>(seed) * 500);
  w.ice.move(two.ann.number());
  w.run_for(9'000);
  CONVERGES_WITHIN(w, 1);
  CHECK(two.ann.browser().connections().size() == 1);
  ENDS_CLEAN(w);
}

TEST_CASE("who was cut off for longer than credentials last comes back to fresh ones first") {
  const auto seconds = GENERATE(5, 12, 25, 45);
  StoryWorld w(static_cast<std::uint64_t>(seconds), relayed());
  Two two(w);
  CONVERGES_WITHIN(w, 2'000);
  two.ann.go_offline();
  w.ice.move(two.ann.number());
  w.run_for(seconds * 1'000);
  two.ann.go_online();
  CONVERGES_WITHIN(w, 40'000);
  CHECK(*credentials_of(two.ann) > w.now());
  ENDS_CLEAN(w);
}

TEST_CASE("an offer after a renewal restarts ICE by itself, which harms nobody") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 21));
  StoryWorld w(seed, relayed());
  Two two(w);
  CONVERGES_WITHIN(w, 2'000);
  w.run_for(5'000 + static_cast<std::int64_t>(seed) * 100);
  two.ann.publish(two.anns_room, "screen");
  two.bob.publish(two.bobs_room, "screen");
  CONVERGES_WITHIN(w, 3'000);
  CHECK(two.ann.browser().connections().size() == 1);
  CHECK(two.ann.observer().count("channel-error") == 0);
  ENDS_CLEAN(w);
}

}  // namespace partyline::sim
