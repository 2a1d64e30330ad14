// The relays of a world that has some, and until when a credential for them is good. What passes
// through a relay is not simulated, only whether a browser would be let in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "partyline/options.h"
#include "partyline/time.h"

namespace partyline::sim {

// Two, of which one takes its credentials for twice as long.
[[nodiscard]] std::vector<RelayOptions> relays_of(DurationMs lifetime);

[[nodiscard]] std::string relay_credential(std::size_t relay, std::string_view username);

// The end of the first of them, of all that a frame or a list of ICE servers has; nothing where it
// has none.
[[nodiscard]] std::optional<TimeMs> good_until(std::string_view json);

}  // namespace partyline::sim
