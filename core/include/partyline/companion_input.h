// What the companion is told: wishes of the application, facts from the browser, and what the
// client core orders or tells, verbatim. The host hands these outputs of the client to the
// companion before it carries out what follows them; where the companion is not there yet they
// wait, in order. Of the inputs of the client those that are listed here are handed to both.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "partyline/client_input.h"
#include "partyline/client_output.h"
#include "partyline/ids.h"

namespace partyline {

namespace input {

// Say something to all others in the channel, or to those named. Answered when the endpoint has it
// for them, or with peer_not_found, message_too_large, send_not_allowed, overloaded (too many are
// waiting), delivery_unknown (the endpoint has lost us before it answered) or closed (the channel
// was left). It arrives once, and what one peer sends arrives in order. `format` says what the body
// is: empty for JSON text, otherwise base64 of bytes that the receiving host knows by that word.
struct SendMessage {
  CallId call;
  ChannelId channel;
  std::vector<PeerId> to;
  std::string topic;
  std::string format;
  std::string body;
  friend bool operator==(const SendMessage&, const SendMessage&) = default;
};

}  // namespace input

using CompanionInput =
    std::variant<input::SendMessage,
                 // What the client core says.
                 output::ChannelRoute, output::MembershipBegan, output::ChannelFrame,
                 output::ChannelStateChanged, output::PeerJoined, output::PeerLeft,
                 output::CreateConnection, output::CloseConnection,
                 // What it is told as well.
                 input::ConnectionStateChanged,
                 // The time of next_wakeup() has come.
                 input::Wakeup>;

}  // namespace partyline
