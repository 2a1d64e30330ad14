// Who else is in a channel, as the client core tells it.
#pragma once

#include <cstdint>
#include <map>

#include "partyline/ids.h"

namespace partyline::companion {

struct Member {
  std::uint64_t incarnation = 0;
  bool expected = false;  // the endpoint does not know it at present
};

using Members = std::map<PeerId, Member>;

}  // namespace partyline::companion
