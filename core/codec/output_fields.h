// The fields of every output, and their names in the order of the variant.
#pragma once

#include <string_view>
#include <variant>

#include "fields.h"

namespace partyline::codec {

inline constexpr std::string_view kOutputTypes[] = {"OpenSocket",
                                                    "SendFrame",
                                                    "CloseSocket",
                                                    "RequestToken",
                                                    "CreateConnection",
                                                    "SetIceServers",
                                                    "MakeOffer",
                                                    "AcceptOffer",
                                                    "AcceptAnswer",
                                                    "AddCandidates",
                                                    "SetTrack",
                                                    "DetachSlot",
                                                    "ReadStatistics",
                                                    "CloseConnection",
                                                    "OpenDataChannel",
                                                    "EndDataChannel",
                                                    "CallDone",
                                                    "LineStateChanged",
                                                    "HandOver",
                                                    "Identified",
                                                    "LineError",
                                                    "ChannelStateChanged",
                                                    "ChannelError",
                                                    "PeerJoined",
                                                    "PeerLeft",
                                                    "PeerStateChanged",
                                                    "PeerMetadataChanged",
                                                    "PeerPublicationsChanged",
                                                    "StreamAdded",
                                                    "StreamTracksChanged",
                                                    "StreamRemoved",
                                                    "ConnectionReset",
                                                    "ChannelRoute",
                                                    "MembershipBegan",
                                                    "ChannelFrame",
                                                    "Log"};
static_assert(std::size(kOutputTypes) == std::variant_size_v<ClientOutput>);

// ---- signalling ----

template <class V, Is<output::OpenSocket> X>
void visit_fields(V& v, X& x) {
  v("socket", x.socket);
  v("url", x.url);
}
template <class V, Is<output::SendFrame> X>
void visit_fields(V& v, X& x) {
  v("socket", x.socket);
  v.body("text", x.text);
}
template <class V, Is<output::CloseSocket> X>
void visit_fields(V& v, X& x) {
  v("socket", x.socket);
  v("code", x.code);
  v("reason", x.reason);
}
template <class V, Is<output::RequestToken> X>
void visit_fields(V& v, X& x) {
  v("operation", x.operation);
  v("reason", x.reason);
}

// ---- peer connections ----

template <class V, Is<output::CreateConnection> X>
void visit_fields(V& v, X& x) {
  v("connection", x.connection);
  v("channel", x.channel);
  v("peer", x.peer);
  v("ice_servers", x.ice_servers);
  v("ice_transport_policy", x.ice_transport_policy);
}
template <class V, Is<output::SetIceServers> X>
void visit_fields(V& v, X& x) {
  v("ice_servers", x.ice_servers);
}
template <class V, Is<output::MakeOffer> X>
void visit_fields(V& v, X& x) {
  v("operation", x.operation);
  v("connection", x.connection);
  v("attach", x.attach);
  v("ice_restart", x.ice_restart);
}
template <class V, Is<output::AcceptOffer> X>
void visit_fields(V& v, X& x) {
  v("operation", x.operation);
  v("connection", x.connection);
  v.body("sdp", x.sdp);
  v("attach", x.attach);
}
template <class V, Is<output::AcceptAnswer> X>
void visit_fields(V& v, X& x) {
  v("operation", x.operation);
  v("connection", x.connection);
  v.body("sdp", x.sdp);
}
template <class V, Is<output::AddCandidates> X>
void visit_fields(V& v, X& x) {
  v("connection", x.connection);
  v("candidates", x.candidates);
}
template <class V, Is<output::SetTrack> X>
void visit_fields(V& v, X& x) {
  v("connection", x.connection);
  v("slot", x.slot);
  v("track", x.track);
}
template <class V, Is<output::DetachSlot> X>
void visit_fields(V& v, X& x) {
  v("connection", x.connection);
  v("slot", x.slot);
}
template <class V, Is<output::ReadStatistics> X>
void visit_fields(V& v, X& x) {
  v("connection", x.connection);
}
template <class V, Is<output::CloseConnection> X>
void visit_fields(V& v, X& x) {
  v("connection", x.connection);
}
template <class V, Is<output::OpenDataChannel> X>
void visit_fields(V& v, X& x) {
  v("connection", x.connection);
  v("data_channel", x.data_channel);
  v("label", x.label);
  v("init", x.init);
}
template <class V, Is<output::EndDataChannel> X>
void visit_fields(V& v, X& x) {
  v("data_channel", x.data_channel);
}

// ---- what the application is told ----

template <class V, Is<output::CallDone> X>
void visit_fields(V& v, X& x) {
  v("call", x.call);
  v("error", x.error);
}
template <class V, Is<output::LineStateChanged> X>
void visit_fields(V& v, X& x) {
  v("from", x.from);
  v("to", x.to);
  v("code", x.code);
  v("reason", x.reason);
  v("retry_in_ms", x.retry_in_ms);
}
template <class V, Is<output::HandOver> X>
void visit_fields(V& v, X& x) {
  v("text", x.text);
}
template <class V, Is<output::Identified> X>
void visit_fields(V& v, X& x) {
  v("peer", x.peer);
}
template <class V, Is<output::LineError> X>
void visit_fields(V& v, X& x) {
  v("error", x.error);
}
template <class V, Is<output::ChannelStateChanged> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("from", x.from);
  v("to", x.to);
  v("code", x.code);
  v("reason", x.reason);
}
template <class V, Is<output::ChannelError> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("peer", x.peer);
  v("error", x.error);
}
template <class V, Is<output::PeerJoined> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("member", x.member);
}
template <class V, Is<output::PeerLeft> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("peer", x.peer);
  v("reason", x.reason);
}
template <class V, Is<output::PeerStateChanged> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("peer", x.peer);
  v("from", x.from);
  v("to", x.to);
}
template <class V, Is<output::PeerMetadataChanged> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("peer", x.peer);
  v("metadata", x.metadata);
}
template <class V, Is<output::PeerPublicationsChanged> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("peer", x.peer);
  v("publications", x.publications);
}
template <class V, Is<output::StreamAdded> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("peer", x.peer);
  v("name", x.name);
  v("metadata", x.metadata);
  v("tracks", x.tracks);
}
template <class V, Is<output::StreamTracksChanged> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("peer", x.peer);
  v("name", x.name);
  v("tracks", x.tracks);
}
template <class V, Is<output::StreamRemoved> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("peer", x.peer);
  v("name", x.name);
}
template <class V, Is<output::ConnectionReset> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("peer", x.peer);
  v("connection", x.connection);
}
template <class V, Is<output::ChannelRoute> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("name", x.name);
  v("numbers_above", x.numbers_above);
  v("open", x.open);
  v("expected", x.expected);
}
template <class V, Is<output::MembershipBegan> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v("membership", x.membership);
  v("me", x.me);
  v("incarnation", x.incarnation);
  v("restart", x.restart);
  v("missed", x.missed);
}
template <class V, Is<output::ChannelFrame> X>
void visit_fields(V& v, X& x) {
  v("channel", x.channel);
  v.body("text", x.text);
}
template <class V, Is<output::Log> X>
void visit_fields(V& v, X& x) {
  v("level", x.level);
  v("text", x.text);
}

}  // namespace partyline::codec
