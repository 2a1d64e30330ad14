// Tokens: what a provider hands out, what the hub reads in them, and a gate before the hub which
// looks at them instead, as it was when some seeds failed. It lets in with a key who has a good
// one, and closes the door on others as the protocol says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "partyline/hub.h"
#include "partyline/time.h"

namespace partyline::sim {

// A token that is good until then, of that bearer where there is one.
[[nodiscard]] std::string make_token(TimeMs until, const std::string& subject = "");
// What the hub reads in it; nothing where it is none of ours.
[[nodiscard]] std::optional<SignedToken> read_token(std::string_view token, const std::string& key);

struct Admission {
  // What the hub is to read instead of the frame.
  std::string text;
  // Otherwise the socket is to be closed with this.
  std::uint16_t code = 0;
};

// A hello with a token is judged; every other frame is left as it is.
[[nodiscard]] Admission judge_token(TimeMs now, std::string frame, const std::string& key);

}  // namespace partyline::sim
