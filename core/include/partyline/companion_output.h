// What the companion orders and tells. What is an input of the client core is to be handed to that.
#pragma once

#include <string>
#include <variant>

#include "partyline/client_input.h"
#include "partyline/client_output.h"
#include "partyline/ids.h"

namespace partyline {

namespace output {

// What the peer sent, as input::SendMessage has it.
struct MessageReceived {
  ChannelId channel;
  PeerId peer;
  std::string topic;
  std::string format;
  std::string body;
  friend bool operator==(const MessageReceived&, const MessageReceived&) = default;
};
}  // namespace output

using CompanionOutput = std::variant<input::ChannelFrame, input::NumbersUsed, output::CallDone,
                                     output::ChannelError, output::MessageReceived, output::Log>;

}  // namespace partyline
