// The door's text: inputs and outputs of the client core as JSON, which is also the format of
// transcripts. Every struct of client_input.h and client_output.h is an object whose "type" is its
// name and whose keys are its members' names; ids are numbers or strings as they are; enums are
// strings without the `k`, in kebab-case ("have-local", "connecting"), MediaKind "audio"/"video",
// TrackStatus "absent"/"live"/"muted"; optionals are left out; JsonText is the JSON value itself;
// Error is {"code", "detail"} with the code's name.
//
// Inputs are one line. A frame and an SDP (FrameReceived.text, OfferMade.sdp, AnswerMade.sdp,
// ChannelFrame.text) are members too, or, since escaping and unescaping kilobytes is
// most of the work, whatever follows the line's end. In the same way write_step_result(Client&)
// puts SendFrame.text, AcceptOffer.sdp, AcceptAnswer.sdp and ChannelFrame.text aside: the member
// is a number, that of their bytes, and after the JSON and a NUL they follow one after another.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "partyline/client.h"
#include "partyline/client_input.h"
#include "partyline/client_output.h"
#include "partyline/options.h"
#include "partyline/result.h"

namespace partyline {

// Errors: invalid_argument with the place in words.
[[nodiscard]] Result<ClientInput> parse_client_input(std::string_view json);
[[nodiscard]] std::string write_client_input(const ClientInput& input);

[[nodiscard]] Result<ClientOutput> parse_client_output(std::string_view json);

// Drains a client: {"outputs": [...], "wakeup": <ms or null>}, long texts aside.
[[nodiscard]] std::string write_step_result(Client& client);
// The same of outputs that were drained already, as JSON alone.
[[nodiscard]] std::string write_step_result(const std::vector<ClientOutput>& outputs,
                                            std::optional<TimeMs> wakeup);
// {"error": {"code", "detail"}}: the answer to an input that could not be parsed.
[[nodiscard]] std::string write_step_error(const Error& error);

// The options as the shim gives them: endpoints (required), key, client, reconnect, ice_servers and
// ice_transport_policy of ClientOptions; durations are numbers of ms. The rest is not the page's.
[[nodiscard]] Result<ClientOptions> parse_client_options(std::string_view json);

}  // namespace partyline
