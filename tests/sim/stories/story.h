// A world to tell a story in: calm, with a transcript that a failing check shows.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <catch2/catch_test_macros.hpp>

#include "world.h"

namespace partyline::sim {

class StoryWorld : public World {
 public:
  explicit StoryWorld(std::uint64_t seed, Profile profile = calm_profile()) : World(seed, profile) {
    context.transcript.keep(true);
  }

  // How often `who` did or was told something that contains `what`.
  [[nodiscard]] int lines(std::string_view who, std::string_view what) const {
    return static_cast<int>(
        std::ranges::count_if(context.transcript.lines(), [&](const std::string& line) {
          return line.find(who) == 9 && line.find(what) != std::string::npos;
        }));
  }
};

}  // namespace partyline::sim

// The rules held, and everything is as the applications want it within so much virtual time.
#define CONVERGES_WITHIN(world, ms)              \
  do {                                           \
    const bool converged = (world).converge(ms); \
    INFO((world).tail());                        \
    INFO("broken: " << (world).violation());     \
    REQUIRE(converged);                          \
  } while (false)

// Everybody closes, and nothing remains.
#define ENDS_CLEAN(world)                    \
  do {                                       \
    const bool clean = (world).finish();     \
    INFO((world).tail());                    \
    INFO("broken: " << (world).violation()); \
    REQUIRE(clean);                          \
  } while (false)
