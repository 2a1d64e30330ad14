// Tokens, as far as the hub does not know them yet: what a provider hands out, and a gate before
// the hub which looks at them. It lets in with a key who has a good one, and closes the door on
// others as the protocol says.
#pragma once

#include <cstdint>
#include <string>

#include "partyline/time.h"

namespace partyline::sim {

// A token that is good until then.
[[nodiscard]] std::string make_token(TimeMs until);

struct Admission {
  // What the hub is to read instead of the frame.
  std::string text;
  // Otherwise the socket is to be closed with this.
  std::uint16_t code = 0;
};

// A hello with a token is judged; every other frame is left as it is.
[[nodiscard]] Admission judge_token(TimeMs now, std::string frame, const std::string& key);

}  // namespace partyline::sim
