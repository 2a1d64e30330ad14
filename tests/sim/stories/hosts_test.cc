// What laptops and browsers do to a page in a call.
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "story.h"

namespace partyline::sim {

namespace {

struct Call : StoryWorld {
  explicit Call(std::uint64_t seed) : StoryWorld(seed), ann(client("ann")), bob(client("bob")) {
    ann.publish(ann.join("room"), "camera");
    bob.publish(bob.join("room"), "camera");
    run_for(2'000);
  }
  // No packet reaches her, and nothing of hers runs.
  void sleep(std::int64_t span, bool clock_stands, bool told) {
    ice.block(ann.number(), bob.number(), true);
    ann.sleep({span}, clock_stands, told);
    run_for(span);
    ice.block(ann.number(), bob.number(), false);
  }

  ClientHost& ann;
  ClientHost& bob;
};

}  // namespace

TEST_CASE("a laptop that slept finds its socket dead within two seconds of waking") {
  const bool clock_stands = GENERATE(true, false);
  const std::int64_t span = GENERATE(3'000, 25'000, 600'000);
  Call w(1);
  w.sleep(span, clock_stands, true);
  CHECK(w.ann.sockets_ordered() == 1);
  // The probe's two seconds, the first delay, the way.
  w.run_for(2'600);
  CHECK(w.ann.sockets_ordered() == 2);
  CHECK(w.ann.observer().line() == LineState::kConnected);
  CONVERGES_WITHIN(w, 40'000);
  ENDS_CLEAN(w);
}

TEST_CASE("a laptop that slept and whose page is told nothing finds it by its heartbeat") {
  const bool clock_stands = GENERATE(true, false);
  Call w(2);
  w.sleep(60'000, clock_stands, false);
  w.run_for(29'000);
  CHECK(w.ann.sockets_ordered() == 2);
  CHECK(w.ann.observer().line() == LineState::kConnected);
  CONVERGES_WITHIN(w, 40'000);
  ENDS_CLEAN(w);
}

TEST_CASE("a clock that jumps costs a working call nothing") {
  const std::int64_t jump = GENERATE(500, 20'000, 100'000, 7'200'000);
  const bool told = GENERATE(true, false);
  Call w(3);
  for (int i = 0; i < 5; ++i) {
    w.ann.jump_clock({jump});
    if (told) w.ann.deliver(input::Resumed{});
    w.run_for(3'000);
  }
  CHECK(w.ann.sockets_ordered() == 1);
  CHECK(w.lines("ann", "< close-connection") == 0);
  CONVERGES_WITHIN(w, 1'000);
  ENDS_CLEAN(w);
}

TEST_CASE("a page that is frozen is away, and goes on where it was") {
  const std::int64_t span = GENERATE(500, 20'000, 120'000);
  Call w(4);
  w.ann.freeze({span});
  w.run_for(span + 3'000);
  CHECK(w.ann.observer().line() == LineState::kConnected);
  CHECK(w.bob.observer().count("peer-left") == 0);
  CHECK(w.lines("ann", "< close-connection") == 0);
  CONVERGES_WITHIN(w, 5'000);
  ENDS_CLEAN(w);
}

TEST_CASE("a socket that opened for a frozen page, which gave it up first on waking") {
  Profile profile = calm_profile();
  profile.open_delay = {200, 200};
  StoryWorld w(1, profile);
  ClientHost& ann = w.client("ann");
  ann.join("room");
  ann.freeze({1'000});
  ann.jump_clock({20'000});
  w.run_for(3'000);
  CHECK(w.lines("ann", "< close-socket socket=1") == 1);
  CHECK(w.lines("ann", "> socket-opened socket=1") == 1);
  CONVERGES_WITHIN(w, 1'000);
  ENDS_CLEAN(w);
}

TEST_CASE("ten minutes in a hidden tab: no false timeout on either side") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 6));
  Call w(seed);
  w.ann.set_timer_grain({60'000});
  w.run_for(600'000);
  CHECK(w.ann.sockets_ordered() == 1);
  CHECK(w.bob.observer().count("peer-state") == 1);
  CHECK(w.lines("bob", "away") == 0);
  w.ann.set_timer_grain({0});
  CONVERGES_WITHIN(w, 1'000);
  ENDS_CLEAN(w);
}

TEST_CASE("a partition heals, and those on its two sides meet again") {
  StoryWorld w(5);
  std::vector<ClientHost*> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(&w.client("c" + std::to_string(i)));
    clients.back()->publish(clients.back()->join("room"), "camera");
  }
  CONVERGES_WITHIN(w, 3'000);
  for (ClientHost* client : {clients[0], clients[1]}) {
    w.network.cut(client->port(), false, false);
    client->port().swallowed_until = w.now() + DurationMs{60'000};
    for (ClientHost* other : {clients[2], clients[3]}) {
      w.ice.block(client->number(), other->number(), true);
    }
  }
  w.run_for(60'000);
  // Each side still sees its own.
  CHECK(clients[0]->observer().line() == LineState::kReconnecting);
  CHECK(clients[2]->observer().line() == LineState::kConnected);
  CONVERGES_WITHIN(w, 60'000);
  ENDS_CLEAN(w);
}

}  // namespace partyline::sim
