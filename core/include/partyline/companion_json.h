// The door's text of the companion: as client_json.h says of the client's, with the names of
// companion_input.h and companion_output.h. Long texts that may follow the line are
// SendMessage.body and ChannelFrame.text; aside are ChannelFrame.text and MessageReceived.body.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "partyline/companion.h"
#include "partyline/options.h"
#include "partyline/result.h"

namespace partyline {

// Errors: invalid_argument with the place in words.
[[nodiscard]] Result<CompanionInput> parse_companion_input(std::string_view json);
[[nodiscard]] std::string write_companion_input(const CompanionInput& input);

[[nodiscard]] Result<CompanionOutput> parse_companion_output(std::string_view json);

// Drains a companion, as write_step_result(Client&) does a client.
[[nodiscard]] std::string write_step_result(Companion& companion);
[[nodiscard]] std::string write_step_result(const std::vector<CompanionOutput>& outputs,
                                            std::optional<TimeMs> wakeup);

// The options as the shim gives them: an object, of which nothing is the page's so far.
[[nodiscard]] Result<CompanionOptions> parse_companion_options(std::string_view json);

}  // namespace partyline
