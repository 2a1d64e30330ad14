// Plays a transcript that a browser wrote (`logger.transcript`) to a client core, and says where
// the two do not fit.
#pragma once

#include <cstddef>
#include <functional>
#include <istream>
#include <string>

namespace partyline::sim {

struct Replay {
  // Where it stopped to fit, in words that begin with the line's number; empty where it fits.
  std::string problem;
  std::size_t inputs = 0;
  std::size_t outputs = 0;

  [[nodiscard]] bool ok() const { return problem.empty(); }
};

// A line of JSON each: first the options and the seed, then {"at": ms, "input": …}, with "previous"
// (the types of what the core answered to the input before) where that was recorded. `say` is given
// what was told and answered, one readable line each.
[[nodiscard]] Replay replay(std::istream& transcript,
                            const std::function<void(const std::string& line)>& say);

}  // namespace partyline::sim
