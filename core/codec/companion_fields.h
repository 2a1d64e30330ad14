// The fields of what only the companion is told and tells, and the names of all of it in the order
// of the variants.
#pragma once

#include <string_view>
#include <variant>

#include "input_fields.h"
#include "output_fields.h"
#include "partyline/companion_input.h"
#include "partyline/companion_output.h"

namespace partyline::codec {

inline constexpr std::string_view kCompanionInputTypes[] = {
    "SendMessage", "ChannelRoute", "MembershipBegan",  "ChannelFrame",    "ChannelStateChanged",
    "PeerJoined",  "PeerLeft",     "CreateConnection", "CloseConnection", "ConnectionStateChanged",
    "Wakeup"};
static_assert(std::size(kCompanionInputTypes) == std::variant_size_v<CompanionInput>);

inline constexpr std::string_view kCompanionOutputTypes[] = {
    "ChannelFrame", "NumbersUsed", "CallDone", "ChannelError", "MessageReceived", "Log"};
static_assert(std::size(kCompanionOutputTypes) == std::variant_size_v<CompanionOutput>);

template <class V, Is<input::SendMessage> X>
void visit_fields(V& v, X& x) {
  v("call", x.call);
  v("channel", x.channel);
  v("to", x.to);
  v("topic", x.topic);
  v("format", x.format);
  v.body("body", x.body);
}
template <class V, Is<output::MessageReceived> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("peer", x.peer);
  v("topic", x.topic);
  v("format", x.format);
  v.body("body", x.body);
}

}  // namespace partyline::codec
