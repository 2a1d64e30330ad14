// Which links a channel needs, and which of them carries whom. Here is the seam for a selective
// forwarding unit: the rest of a channel asks only these questions.
#pragma once

#include "partyline/ids.h"

namespace partyline {

// The far end of a link.
using LinkEnd = PeerId;

// A mesh: a link to every member, which carries that member. With a forwarding unit there is one
// link, to the unit, and it carries everybody.
class Mesh {
 public:
  [[nodiscard]] static LinkEnd carrier_of(const PeerId& peer) { return peer; }
};

}  // namespace partyline
