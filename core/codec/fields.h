// The one description of what the door's objects consist of: reader and writer both walk it, so
// they cannot disagree. A visitor is called with each member's name and the member.
#pragma once

#include <concepts>
#include <type_traits>

#include "partyline/client_input.h"
#include "partyline/client_output.h"
#include "partyline/options.h"

namespace partyline::codec {

// The same description serves members that are read into and members that are only looked at.
template <class X, class T>
concept Is = std::same_as<std::remove_const_t<X>, T>;

// ---- parts of inputs and outputs ----

template <class V, Is<SlotMid> X>
void visit_fields(V& v, X& x) {
  v("slot", x.slot);
  v("mid", x.mid);
}
template <class V, Is<LineStatistics> X>
void visit_fields(V& v, X& x) {
  v("mid", x.mid);
  v("received", x.received);
  v("sent", x.sent);
}
template <class V, Is<IceCandidate> X>
void visit_fields(V& v, X& x) {
  v("candidate", x.candidate);
  v("mid", x.mid);
  v("ufrag", x.ufrag);
}
template <class V, Is<Attachment> X>
void visit_fields(V& v, X& x) {
  v("slot", x.slot);
  v("kind", x.kind);
  v("track", x.track);
  v("stream", x.stream);
  v("mid", x.mid);
}
template <class V, Is<RemoteTrack> X>
void visit_fields(V& v, X& x) {
  v("connection", x.connection);
  v("mid", x.mid);
  v("kind", x.kind);
}
template <class V, Is<PublicationInfo> X>
void visit_fields(V& v, X& x) {
  v("name", x.name);
  v("audio", x.audio);
  v("video", x.video);
  v("metadata", x.metadata);
}
template <class V, Is<MemberInfo> X>
void visit_fields(V& v, X& x) {
  v("peer", x.peer);
  v("incarnation", x.incarnation);
  v("metadata", x.metadata);
  v("publications", x.publications);
}
template <class V, Is<Error> X>
void visit_fields(V& v, X& x) {
  v("code", x.code);
  v("detail", x.detail);
}

// ---- options ----

template <class V, Is<ReconnectOptions> X>
void visit_fields(V& v, X& x) {
  v("min_delay_ms", x.min_delay_ms);
  v("max_delay_ms", x.max_delay_ms);
  v("give_up_after_ms", x.give_up_after_ms);
}
template <class V, Is<CompanionOptions> X>
void visit_fields(V&, X&) {}
template <class V, Is<ClientOptions> X>
void visit_fields(V& v, X& x) {
  v("endpoints", x.endpoints);
  v("key", x.key);
  v("handed_over", x.handed_over);
  v("client", x.client);
  v("reconnect", x.reconnect);
  v("ice_servers", x.ice_servers);
  v("ice_transport_policy", x.ice_transport_policy);
}

}  // namespace partyline::codec
