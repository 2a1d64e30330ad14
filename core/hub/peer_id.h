#pragma once

#include <cstdint>

#include "partyline/ids.h"

namespace partyline::hub {

// "p_" and 128 random bits in the alphabet of base64url (RFC 4648 §5): nobody guesses another's.
[[nodiscard]] PeerId make_peer_id(const std::uint64_t (&entropy)[2]);

}  // namespace partyline::hub
