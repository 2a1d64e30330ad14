// One readable line for everything that passes between cores and hosts.
#pragma once

#include <string>

#include "partyline/client_input.h"
#include "partyline/client_output.h"
#include "partyline/companion_input.h"
#include "partyline/companion_output.h"
#include "partyline/hub.h"

namespace partyline::sim {

[[nodiscard]] std::string describe(const ClientInput& input);
[[nodiscard]] std::string describe(const ClientOutput& output);
[[nodiscard]] std::string describe(const CompanionInput& input);
[[nodiscard]] std::string describe(const CompanionOutput& output);
[[nodiscard]] std::string describe(const HubInput& input);
[[nodiscard]] std::string describe(const HubOutput& output);

}  // namespace partyline::sim
