// The fields of every input, and their names in the order of the variant.
#pragma once

#include <string_view>
#include <variant>

#include "fields.h"

namespace partyline::codec {

inline constexpr std::string_view kInputTypes[] = {"Join",
                                                   "Leave",
                                                   "Publish",
                                                   "Unpublish",
                                                   "SetMuted",
                                                   "ReplaceTrack",
                                                   "SetPublicationMetadata",
                                                   "SetMetadata",
                                                   "OpenDataChannel",
                                                   "CloseDataChannel",
                                                   "RetryNow",
                                                   "Close",
                                                   "SocketOpened",
                                                   "FrameReceived",
                                                   "BinaryReceived",
                                                   "SocketClosed",
                                                   "TokenReady",
                                                   "TokenFailed",
                                                   "OfferMade",
                                                   "AnswerMade",
                                                   "AnswerAccepted",
                                                   "OperationFailed",
                                                   "CandidateGathered",
                                                   "GatheringComplete",
                                                   "ConnectionStateChanged",
                                                   "StatisticsRead",
                                                   "WentOnline",
                                                   "WentOffline",
                                                   "Resumed",
                                                   "PageHidden",
                                                   "ChannelFrame",
                                                   "NumbersUsed",
                                                   "Wakeup"};
static_assert(std::size(kInputTypes) == std::variant_size_v<ClientInput>);

// ---- wishes of the application ----

template <class V, Is<input::Join> X>
void visit_fields(V& v, X& x) {
  v("call", x.call);
  v("channel", x.channel);
  v("name", x.name);
  v("metadata", x.metadata);
}
template <class V, Is<input::Leave> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
}
template <class V, Is<input::Publish> X>
void visit_fields(V& v, X& x) {
  v("call", x.call);
  v("channel", x.channel);
  v("name", x.name);
  v("metadata", x.metadata);
  v("audio", x.audio);
  v("video", x.video);
  v("muted", x.muted);
}
template <class V, Is<input::Unpublish> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("name", x.name);
}
template <class V, Is<input::SetMuted> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("name", x.name);
  v("kind", x.kind);
  v("muted", x.muted);
}
template <class V, Is<input::ReplaceTrack> X>
void visit_fields(V& v, X& x) {
  v("call", x.call);
  v("channel", x.channel);
  v("name", x.name);
  v("kind", x.kind);
  v("track", x.track);
}
template <class V, Is<input::SetPublicationMetadata> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("name", x.name);
  v("metadata", x.metadata);
}
template <class V, Is<input::SetMetadata> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("metadata", x.metadata);
}
template <class V, Is<input::OpenDataChannel> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("peer", x.peer);
  v("data_channel", x.data_channel);
  v("label", x.label);
  v("init", x.init);
}
template <class V, Is<input::CloseDataChannel> X>
void visit_fields(V& v, X& x) {
  v("data_channel", x.data_channel);
}
template <class V, Is<input::RetryNow> X>
void visit_fields(V&, X&) {}
template <class V, Is<input::Close> X>
void visit_fields(V&, X&) {}

// ---- signalling ----

template <class V, Is<input::SocketOpened> X>
void visit_fields(V& v, X& x) {
  v("socket", x.socket);
}
template <class V, Is<input::FrameReceived> X>
void visit_fields(V& v, X& x) {
  v("socket", x.socket);
  v.body("text", x.text);
}
template <class V, Is<input::BinaryReceived> X>
void visit_fields(V& v, X& x) {
  v("socket", x.socket);
}
template <class V, Is<input::SocketClosed> X>
void visit_fields(V& v, X& x) {
  v("socket", x.socket);
  v("code", x.code);
  v("reason", x.reason);
}
template <class V, Is<input::TokenReady> X>
void visit_fields(V& v, X& x) {
  v("operation", x.operation);
  v("token", x.token);
}
template <class V, Is<input::TokenFailed> X>
void visit_fields(V& v, X& x) {
  v("operation", x.operation);
  v("text", x.text);
}

// ---- peer connections ----

template <class V, Is<input::OfferMade> X>
void visit_fields(V& v, X& x) {
  v("operation", x.operation);
  v.body("sdp", x.sdp);
  v("mids", x.mids);
}
template <class V, Is<input::AnswerMade> X>
void visit_fields(V& v, X& x) {
  v("operation", x.operation);
  v.body("sdp", x.sdp);
  v("mids", x.mids);
}
template <class V, Is<input::AnswerAccepted> X>
void visit_fields(V& v, X& x) {
  v("operation", x.operation);
}
template <class V, Is<input::OperationFailed> X>
void visit_fields(V& v, X& x) {
  v("operation", x.operation);
  v("name", x.name);
  v("text", x.text);
}
template <class V, Is<input::CandidateGathered> X>
void visit_fields(V& v, X& x) {
  v("connection", x.connection);
  v("candidate", x.candidate);
}
template <class V, Is<input::GatheringComplete> X>
void visit_fields(V& v, X& x) {
  v("connection", x.connection);
}
template <class V, Is<input::ConnectionStateChanged> X>
void visit_fields(V& v, X& x) {
  v("connection", x.connection);
  v("state", x.state);
}

template <class V, Is<input::StatisticsRead> X>
void visit_fields(V& v, X& x) {
  v("connection", x.connection);
  v("lines", x.lines);
}

// ---- the host ----

template <class V, Is<input::WentOnline> X>
void visit_fields(V&, X&) {}
template <class V, Is<input::WentOffline> X>
void visit_fields(V&, X&) {}
template <class V, Is<input::Resumed> X>
void visit_fields(V&, X&) {}
template <class V, Is<input::PageHidden> X>
void visit_fields(V& v, X& x) {
  v("persisted", x.persisted);
}
template <class V, Is<input::ChannelFrame> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("membership", x.membership);
  v.body("text", x.text);
}
template <class V, Is<input::NumbersUsed> X>
void visit_fields(V& v, X& x) {
  v("last", x.last);
}
template <class V, Is<input::Wakeup> X>
void visit_fields(V&, X&) {}

}  // namespace partyline::codec
