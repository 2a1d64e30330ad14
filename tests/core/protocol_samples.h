// One message of each type with every field set, and one with as little as possible.
#pragma once

#include <vector>

#include "partyline/protocol.h"
#include "partyline/signal.h"

namespace partyline::samples {

[[nodiscard]] std::vector<ClientMessage> client_messages();
[[nodiscard]] std::vector<HubMessage> hub_messages();
[[nodiscard]] std::vector<Signal> signals();

}  // namespace partyline::samples
