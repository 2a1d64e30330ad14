// Ann and Bob in one room, each with a camera; Bob came second.
#pragma once

#include "story.h"

namespace partyline::sim {

struct Two {
  explicit Two(StoryWorld& world) : ann(world.client("ann")), bob(world.client("bob")) {
    anns_room = ann.join("room");
    ann.publish(anns_room, "camera");
    world.run_for(200);
    bobs_room = bob.join("room");
    bob.publish(bobs_room, "camera");
  }
  ClientHost& ann;
  ClientHost& bob;
  ChannelId anns_room;
  ChannelId bobs_room;
};

}  // namespace partyline::sim
