// Liveness: how the world should be once nothing goes wrong any more.
#pragma once

#include <string>

namespace partyline::sim {

class World;

// What is not yet as the applications want it, in words; empty when nothing is missing.
[[nodiscard]] std::string what_is_missing(const World& world);

}  // namespace partyline::sim
