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

inline constexpr std::string_view kCompanionInputTypes[] = {"SendMessage",
                                                            "ShowView",
                                                            "EndView",
                                                            "SetPaused",
                                                            "SetSending",
                                                            "SetBudget",
                                                            "SendersRead",
                                                            "LaneOpened",
                                                            "LaneTextReceived",
                                                            "LaneClosed",
                                                            "ChannelRoute",
                                                            "MembershipBegan",
                                                            "ChannelFrame",
                                                            "ChannelStateChanged",
                                                            "PeerJoined",
                                                            "PeerLeft",
                                                            "CreateConnection",
                                                            "CloseConnection",
                                                            "ConnectionStateChanged",
                                                            "Wakeup"};
static_assert(std::size(kCompanionInputTypes) == std::variant_size_v<CompanionInput>);

inline constexpr std::string_view kCompanionOutputTypes[] = {
    "ChannelFrame",    "NumbersUsed", "CallDone",     "ChannelError",
    "MessageReceived", "SetEncoding", "SendLaneText", "Log"};
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

// ---- pictures ----

template <class V, Is<SenderInfo> X>
void visit_fields(V& v, X& x) {
  v("slot", x.slot);
  v("publication", x.publication);
  v("kind", x.kind);
  v("width", x.width);
  v("height", x.height);
  v("framerate", x.framerate);
  v("cpu_limited", x.cpu_limited);
  v("bandwidth_limited", x.bandwidth_limited);
}
template <class V, Is<SendingWishes> X>
void visit_fields(V& v, X& x) {
  v("video_bitrate_max", x.video_bitrate_max);
  v("audio_bitrate_max", x.audio_bitrate_max);
  v("framerate_max", x.framerate_max);
  v("height_max", x.height_max);
  v("scale_percent", x.scale_percent);
  v("degradation", x.degradation);
}
template <class V, Is<input::ShowView> X>
void visit_fields(V& v, X& x) {
  v("view", x.view);
  v("channel", x.channel);
  v("peer", x.peer);
  v("publication", x.publication);
  v("width", x.width);
  v("height", x.height);
}
template <class V, Is<input::EndView> X>
void visit_fields(V& v, X& x) {
  v("view", x.view);
  v("forget", x.forget);
}
template <class V, Is<input::SetPaused> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("peer", x.peer);
  v("publication", x.publication);
  v("paused", x.paused);
}
template <class V, Is<input::SetSending> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("publication", x.publication);
  v("wishes", x.wishes);
}
template <class V, Is<input::SetBudget> X>
void visit_fields(V& v, X& x) {
  v("uplink_bitrate_max", x.uplink_bitrate_max);
  v("encoded_pixels_max", x.encoded_pixels_max);
}
template <class V, Is<input::SendersRead> X>
void visit_fields(V& v, X& x) {
  v("connection", x.connection);
  v("channel", x.channel);
  v("peer", x.peer);
  v("available_bitrate", x.available_bitrate);
  v("senders", x.senders);
}
template <class V, Is<input::LaneOpened> X>
void visit_fields(V& v, X& x) {
  v("connection", x.connection);
}
template <class V, Is<input::LaneTextReceived> X>
void visit_fields(V& v, X& x) {
  v("connection", x.connection);
  v("text", x.text);
}
template <class V, Is<input::LaneClosed> X>
void visit_fields(V& v, X& x) {
  v("connection", x.connection);
}
template <class V, Is<output::SendLaneText> X>
void visit_fields(V& v, X& x) {
  v("connection", x.connection);
  v("text", x.text);
}
template <class V, Is<output::SetEncoding> X>
void visit_fields(V& v, X& x) {
  v("connection", x.connection);
  v("slot", x.slot);
  v("active", x.active);
  v("bitrate_max", x.bitrate_max);
  v("framerate_max", x.framerate_max);
  v("scale_percent", x.scale_percent);
  v("priority", x.priority);
  v("degradation", x.degradation);
}

}  // namespace partyline::codec
