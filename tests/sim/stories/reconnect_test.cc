// The line to the endpoint is lost and found.
#include <algorithm>
#include <cmath>
#include <vector>

#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "story.h"

namespace partyline::sim {

TEST_CASE("a cut socket is replaced, and everything is as before") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 21));
  StoryWorld w(seed);
  ClientHost& ann = w.client("ann");
  ClientHost& bob = w.client("bob");
  ann.publish(ann.join("room", "{\"name\":\"Ann\"}"), "camera");
  bob.publish(bob.join("room"), "camera");
  CONVERGES_WITHIN(w, 1'000);
  w.cut(ann);
  w.run_for(100);
  CHECK(w.lines("ann", "to=reconnecting") >= 1);
  CONVERGES_WITHIN(w, 5'000);
  CHECK(ann.sockets_ordered() == 2);
  ENDS_CLEAN(w);
}

TEST_CASE("waits between attempts are full jitter, at the cap as well") {
  constexpr int kClients = 150;
  constexpr std::size_t kAttempts = 12;
  World w(1);
  std::vector<ClientHost*> clients;
  for (int i = 0; i < kClients; ++i) {
    ClientHost& client = w.client("c" + std::to_string(i));
    client.port().refused_until = TimeMs{1'000'000'000};
    client.join("room");
    clients.push_back(&client);
  }
  w.run_for(400'000);
  REQUIRE(w.ok());
  for (std::size_t attempt = 0; attempt < kAttempts; ++attempt) {
    const double ceiling = std::min(20'000.0, 300.0 * std::pow(2.0, attempt));
    double sum = 0;
    double least = ceiling;
    double most = 0;
    for (const ClientHost* client : clients) {
      REQUIRE(client->observer().retry_delays().size() > attempt);
      const auto delay = static_cast<double>(client->observer().retry_delays()[attempt].value);
      sum += delay;
      least = std::min(least, delay);
      most = std::max(most, delay);
    }
    INFO("attempt " << attempt << ", ceiling " << ceiling);
    CHECK(most <= ceiling);
    CHECK(most > 0.9 * ceiling);
    CHECK(least < 0.1 * ceiling);
    // The mean of 150 uniform draws is within 4 standard deviations of a half.
    CHECK(std::abs(sum / kClients / ceiling - 0.5) < 0.1);
  }
}

TEST_CASE("while offline nothing is attempted, and online hurries") {
  StoryWorld w(1);
  ClientHost& ann = w.client("ann");
  ann.publish(ann.join("room"), "camera");
  w.client("bob").join("room");
  CONVERGES_WITHIN(w, 1'000);
  ann.go_offline();
  w.run_for(30'000);
  const std::uint64_t attempts = ann.sockets_ordered();
  w.run_for(300'000);
  CHECK(ann.sockets_ordered() == attempts);
  ann.go_online();
  w.run_for(1'000);
  CHECK(ann.sockets_ordered() == attempts + 1);
  CHECK(ann.observer().line() == LineState::kConnected);
  CONVERGES_WITHIN(w, 5'000);
  ENDS_CLEAN(w);
}

TEST_CASE("an endpoint that is killed and comes back with an empty memory") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 11));
  StoryWorld w(seed);
  for (int i = 0; i < 4; ++i) {
    ClientHost& client = w.client("c" + std::to_string(i));
    client.publish(client.join("room"), "camera");
  }
  CONVERGES_WITHIN(w, 2'000);
  w.endpoint.crash({3'000});
  w.run_for(3'000);
  CONVERGES_WITHIN(w, 20'000);
  ENDS_CLEAN(w);
}

TEST_CASE("an endpoint that is shut down tells everybody when to come back") {
  StoryWorld w(1);
  for (int i = 0; i < 3; ++i) w.client("c" + std::to_string(i)).join("room");
  CONVERGES_WITHIN(w, 2'000);
  w.endpoint.drain({1'000});
  w.run_for(200);
  CHECK(w.lines("c0", "goodbye") == 1);
  CHECK(w.lines("c0", "socket-closed socket=1 code=4000") == 1);
  w.run_for(4'000);
  CONVERGES_WITHIN(w, 20'000);
  ENDS_CLEAN(w);
}

TEST_CASE("a socket that is open but dead is found by its silence") {
  const bool endpoint_notices = GENERATE(true, false);
  StoryWorld w(1);
  ClientHost& ann = w.client("ann");
  ann.join("room");
  w.client("bob").join("room");
  CONVERGES_WITHIN(w, 1'000);
  w.network.cut(ann.port(), false, endpoint_notices);
  // A heartbeat of 15 s and 10 s for its answer, and the way back.
  w.run_for(28'000);
  CHECK(ann.observer().line() == LineState::kConnected);
  CHECK(ann.sockets_ordered() == 2);
  CONVERGES_WITHIN(w, 20'000);
  ENDS_CLEAN(w);
}

TEST_CASE("a socket whose end only the client noticed leaves no ghost") {
  StoryWorld w(2);
  ClientHost& ann = w.client("ann");
  ann.join("room");
  w.run_for(1'000);
  w.network.cut(ann.port(), true, false);
  w.run_for(2'000);
  CHECK(ann.observer().line() == LineState::kConnected);
  CHECK(w.endpoint.counts().memberships == 1);
  CHECK(w.endpoint.counts().peers == 1);
  CONVERGES_WITHIN(w, 5'000);
  ENDS_CLEAN(w);
}

TEST_CASE("sockets that are swallowed are given up in time") {
  StoryWorld w(1);
  ClientHost& ann = w.client("ann");
  ann.port().swallowed_until = TimeMs{20'000};
  ann.join("room");
  w.run_for(14'000);
  CHECK(ann.sockets_ordered() == 1);
  w.run_for(26'000);
  CHECK(ann.observer().line() == LineState::kConnected);
  CONVERGES_WITHIN(w, 1'000);
  ENDS_CLEAN(w);
}

TEST_CASE("wishes made while the line is down come true when it is back") {
  StoryWorld w(1);
  ClientHost& ann = w.client("ann");
  const ChannelId room = ann.join("room");
  w.client("bob").join("room");
  CONVERGES_WITHIN(w, 1'000);
  ann.port().refused_until = w.now() + DurationMs{8'000};
  w.cut(ann);
  w.run_for(500);
  ann.publish(room, "camera");
  ann.set_muted(room, "camera", true, MediaKind::kAudio);
  ann.publish(room, "screen", false, true);
  ann.unpublish(room, "screen");
  ann.set_metadata(room, "{\"name\":\"Ann\"}");
  ann.join("other");
  w.run_for(8'000);
  CONVERGES_WITHIN(w, 25'000);
  ENDS_CLEAN(w);
}

}  // namespace partyline::sim
