// The transition tables of the client's machines, drawn.
#pragma once

#include <string>

namespace partyline::sim {

// For each machine a line `<!-- machine NAME -->` and its diagram as a block of Mermaid: what
// stands in docs/MACHINES.md after such a line.
[[nodiscard]] std::string machine_diagrams();

}  // namespace partyline::sim
