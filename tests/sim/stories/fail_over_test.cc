// Two endpoints that share a secret, of which one runs at a time.
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "story.h"

namespace partyline::sim {

namespace {

Profile two_endpoints() {
  Profile profile = calm_profile();
  profile.standby = true;
  return profile;
}

}  // namespace

TEST_CASE("an endpoint is gone for good, and the next of the list takes its clients over") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 11));
  StoryWorld w(seed, two_endpoints());
  ClientHost& ann = w.client("ann");
  ClientHost& bob = w.client("bob");
  ann.publish(ann.join("room"), "camera");
  bob.publish(bob.join("room"), "camera");
  CONVERGES_WITHIN(w, 2'000);
  const PeerId me = ann.observer().me();
  const int connections = w.lines("ann", "< create-connection");
  w.fail_over({1'000});
  CONVERGES_WITHIN(w, 10'000);
  CHECK(w.endpoint.counts().memberships == 0);
  CHECK(w.standby.counts().memberships == 2);
  // The same peers, on the same connections, and nobody was seen to leave.
  CHECK(ann.observer().me() == me);
  CHECK(w.lines("ann", "< create-connection") == connections);
  CHECK(ann.observer().count("peer-left") + bob.observer().count("peer-left") == 0);
  // And back again.
  w.fail_over({1'000});
  CONVERGES_WITHIN(w, 20'000);
  CHECK(w.endpoint.counts().memberships == 2);
  CHECK(ann.observer().me() == me);
  ENDS_CLEAN(w);
}

TEST_CASE("the first endpoint of the list never answered") {
  StoryWorld w(1, two_endpoints());
  w.fail_over({0});
  ClientHost& ann = w.client("ann");
  ann.join("room");
  w.run_for(500);
  CHECK(ann.observer().line() == LineState::kConnected);
  CHECK(ann.sockets_ordered() == 2);
  ENDS_CLEAN(w);
}

TEST_CASE("a dead endpoint in the list costs no backoff, however long both were gone") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 6));
  StoryWorld w(seed, two_endpoints());
  w.endpoint.stop();
  ClientHost& ann = w.client("ann");
  ann.join("room");
  w.run_for(120'000);
  w.standby.start_after({0});
  // One wait at the cap, and then both are asked.
  w.run_for(20'700);
  CHECK(ann.observer().line() == LineState::kConnected);
}

TEST_CASE("while no endpoint answers all of the list are asked in turn") {
  StoryWorld w(1, two_endpoints());
  w.endpoint.stop();
  ClientHost& ann = w.client("ann");
  ann.join("room");
  w.run_for(60'000);
  const int first = w.lines("ann", kEndpointUrl);
  const int second = w.lines("ann", kStandbyUrl);
  CHECK(first >= 3);
  CHECK(first - second <= 1);
  CHECK(second - first <= 1);
  w.standby.start_after({0});
  w.run_for(45'000);
  CHECK(ann.observer().line() == LineState::kConnected);
}

}  // namespace partyline::sim
