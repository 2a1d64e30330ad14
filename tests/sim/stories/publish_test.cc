// Publishing, replacing and unpublishing, before, while and after a connection is set up.
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "story.h"

namespace partyline::sim {

namespace {

struct Pair {
  explicit Pair(StoryWorld& world) : ann(world.client("ann")), bob(world.client("bob")) {
    ann_room = ann.join("room");
    world.run_for(200);
    bob_room = bob.join("room");
  }
  ClientHost& ann;
  ClientHost& bob;
  ChannelId ann_room;
  ChannelId bob_room;
};

}  // namespace

TEST_CASE("both publish in the same moment on a connection that works") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 61));
  StoryWorld w(seed);
  Pair pair(w);
  CONVERGES_WITHIN(w, 1'000);
  pair.ann.publish(pair.ann_room, "camera");
  pair.bob.publish(pair.bob_room, "camera");
  CONVERGES_WITHIN(w, 1'000);
  pair.bob.publish(pair.bob_room, "screen", false, true);
  pair.ann.publish(pair.ann_room, "screen", true, true);
  CONVERGES_WITHIN(w, 1'000);
  // What one side sends shares m-lines with what the other side sends, whoever won.
  for (const ClientHost* client : {&pair.ann, &pair.bob}) {
    const auto& transceivers =
        client->browser().connections().begin()->second->model.transceivers();
    CHECK(std::ranges::count_if(transceivers,
                                [](const Transceiver& each) { return each.mid.has_value(); }) <= 4);
  }
  // Offers that would meet wait for each other: neither another connection nor a rollback.
  CHECK(pair.ann.browser().connections().size() == 1);
  CHECK(pair.bob.browser().connections().size() == 1);
  ENDS_CLEAN(w);
}

TEST_CASE("publishing again and again does not let the description grow without end") {
  StoryWorld w(1);
  Pair pair(w);
  for (int i = 0; i < 20; ++i) {
    pair.ann.publish(pair.ann_room, "camera");
    CONVERGES_WITHIN(w, 1'000);
    pair.ann.unpublish(pair.ann_room, "camera");
    CONVERGES_WITHIN(w, 1'000);
  }
  const auto& connection = *pair.ann.browser().connections().begin()->second;
  CHECK(connection.model.transceivers().size() == 16);
  ENDS_CLEAN(w);
}

TEST_CASE("everything changes while the connection is set up") {
  const auto at = GENERATE(range(0, 80, 2));
  StoryWorld w(static_cast<std::uint64_t>(at) + 1);
  Pair pair(w);
  pair.ann.publish(pair.ann_room, "camera");
  pair.ann.publish(pair.ann_room, "screen", false, true);
  w.run_for(at);
  pair.ann.replace_track(pair.ann_room, "camera", MediaKind::kVideo);
  pair.ann.unpublish(pair.ann_room, "screen");
  pair.bob.publish(pair.bob_room, "camera", true, false);
  w.run_for(3);
  pair.ann.publish(pair.ann_room, "screen", true, true);
  pair.bob.publish(pair.bob_room, "screen", false, true);
  pair.bob.unpublish(pair.bob_room, "camera");
  CONVERGES_WITHIN(w, 1'500);
  ENDS_CLEAN(w);
}

TEST_CASE("a replaced track needs no negotiation") {
  StoryWorld w(1);
  Pair pair(w);
  pair.ann.publish(pair.ann_room, "camera");
  CONVERGES_WITHIN(w, 1'000);
  const std::uint64_t frames = pair.ann.frames_sent();
  pair.ann.replace_track(pair.ann_room, "camera", MediaKind::kVideo);
  CONVERGES_WITHIN(w, 100);
  CHECK(pair.ann.frames_sent() == frames);
  ENDS_CLEAN(w);
}

TEST_CASE("metadata reach everybody, the latest wins") {
  StoryWorld w(1);
  Pair pair(w);
  pair.ann.publish(pair.ann_room, "camera");
  w.run_for(30);
  for (int i = 0; i < 20; ++i) {
    pair.ann.set_metadata(pair.ann_room, "{\"name\":" + std::to_string(i) + "}");
    pair.ann.set_publication_metadata(pair.ann_room, "camera", std::to_string(i));
    w.run_for(i);
  }
  CONVERGES_WITHIN(w, 1'000);
  ENDS_CLEAN(w);
}

}  // namespace partyline::sim
