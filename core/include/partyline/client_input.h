// What the client core is told: wishes of the application and facts from the browser.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "partyline/ids.h"
#include "partyline/protocol.h"
#include "partyline/signal.h"

namespace partyline {

// RTCPeerConnectionState (W3C webrtc-pc §4.4.3).
enum class ConnectionState : std::uint8_t {
  kNew,
  kConnecting,
  kConnected,
  kDisconnected,
  kFailed,
  kClosed
};

// Which m-line a slot was given by the browser.
struct SlotMid {
  SlotId slot;
  Mid mid;
  friend bool operator==(const SlotMid&, const SlotMid&) = default;
};

// What an m-line has counted, in packets: inbound-rtp's packetsReceived and outbound-rtp's
// packetsSent, all encodings together.
struct LineStatistics {
  Mid mid;
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  friend bool operator==(const LineStatistics&, const LineStatistics&) = default;
};

namespace input {

// ---- wishes of the application ----
// Legal at any time. A wish with a `call` is answered by exactly one output::CallDone.

// Be in a channel. The answer comes when the endpoint has granted or refused it; meanwhile every
// other wish about the channel is valid already. Errors: channel_name_invalid, already_joined (by
// another ChannelId of this client), closed, and what the endpoint refuses with.
struct Join {
  CallId call;
  ChannelId channel;
  ChannelName name;
  JsonText metadata;
  friend bool operator==(const Join&, const Join&) = default;
};

// Be no longer in the channel. Everything of it ends at once; a join still waiting is answered
// with `aborted`.
struct Leave {
  ChannelId channel;
  friend bool operator==(const Leave&, const Leave&) = default;
};

// Publish up to one track of each kind under a name, muted from the start if so wished: then no
// frame goes out before it is unmuted. Errors: publication_exists, invalid_argument,
// too_many_publications, closed (the channel was left).
struct Publish {
  CallId call;
  ChannelId channel;
  PublicationName name;
  JsonText metadata;
  std::optional<TrackId> audio;
  std::optional<TrackId> video;
  bool muted = false;
  friend bool operator==(const Publish&, const Publish&) = default;
};

struct Unpublish {
  ChannelId channel;
  PublicationName name;
  friend bool operator==(const Unpublish&, const Unpublish&) = default;
};

// Mute or unmute one kind, or both. While muted no frame of the track is sent.
struct SetMuted {
  ChannelId channel;
  PublicationName name;
  std::optional<MediaKind> kind;
  bool muted = false;
  friend bool operator==(const SetMuted&, const SetMuted&) = default;
};

// Send another track of the same kind from now on. Errors: invalid_argument (the publication has no
// such kind), closed.
struct ReplaceTrack {
  CallId call;
  ChannelId channel;
  PublicationName name;
  MediaKind kind = MediaKind::kAudio;
  TrackId track;
  friend bool operator==(const ReplaceTrack&, const ReplaceTrack&) = default;
};

// Metadata that is too large is told as a ChannelError and changes nothing.
struct SetPublicationMetadata {
  ChannelId channel;
  PublicationName name;
  JsonText metadata;
  friend bool operator==(const SetPublicationMetadata&, const SetPublicationMetadata&) = default;
};

// One's own metadata in the channel, whole. As above.
struct SetMetadata {
  ChannelId channel;
  JsonText metadata;
  friend bool operator==(const SetMetadata&, const SetMetadata&) = default;
};

// Have a data channel to the peer, now and in every later generation of the connection. `init` is
// an RTCDataChannelInit.
struct OpenDataChannel {
  ChannelId channel;
  PeerId peer;
  DataChannelId data_channel;
  std::string label;
  JsonText init;
  friend bool operator==(const OpenDataChannel&, const OpenDataChannel&) = default;
};

struct CloseDataChannel {
  DataChannelId data_channel;
  friend bool operator==(const CloseDataChannel&, const CloseDataChannel&) = default;
};

// Try to reach the endpoint now instead of waiting. Without effect when connected.
struct RetryNow {
  friend bool operator==(const RetryNow&, const RetryNow&) = default;
};

// Leave everything and say goodbye. Nothing is valid afterwards.
struct Close {
  friend bool operator==(const Close&, const Close&) = default;
};

// ---- signalling ----

struct SocketOpened {
  SocketId socket;
  friend bool operator==(const SocketOpened&, const SocketOpened&) = default;
};
struct FrameReceived {
  SocketId socket;
  std::string text;
  friend bool operator==(const FrameReceived&, const FrameReceived&) = default;
};
struct BinaryReceived {
  SocketId socket;
  friend bool operator==(const BinaryReceived&, const BinaryReceived&) = default;
};
// Also when it could not be opened (then the code is 1006).
struct SocketClosed {
  SocketId socket;
  std::uint16_t code = 1006;
  std::string reason;
  friend bool operator==(const SocketClosed&, const SocketClosed&) = default;
};
// The answer to output::RequestToken.
struct TokenReady {
  OperationId operation;
  std::string token;
  friend bool operator==(const TokenReady&, const TokenReady&) = default;
};
struct TokenFailed {
  OperationId operation;
  std::string text;
  friend bool operator==(const TokenFailed&, const TokenFailed&) = default;
};

// ---- peer connections ----

// The end of MakeOffer: the local description is set.
struct OfferMade {
  OperationId operation;
  std::string sdp;
  std::vector<SlotMid> mids;  // of every slot attached to this connection
  friend bool operator==(const OfferMade&, const OfferMade&) = default;
};
// The end of AcceptOffer: both descriptions are set.
struct AnswerMade {
  OperationId operation;
  std::string sdp;
  std::vector<SlotMid> mids;
  friend bool operator==(const AnswerMade&, const AnswerMade&) = default;
};
// The end of AcceptAnswer.
struct AnswerAccepted {
  OperationId operation;
  friend bool operator==(const AnswerAccepted&, const AnswerAccepted&) = default;
};
// Any of them failed. `name` is that of the DOMException.
struct OperationFailed {
  OperationId operation;
  std::string name;
  std::string text;
  friend bool operator==(const OperationFailed&, const OperationFailed&) = default;
};
// A candidate was gathered; an empty candidate is the end of those of its ufrag.
struct CandidateGathered {
  ConnectionId connection;
  IceCandidate candidate;
  friend bool operator==(const CandidateGathered&, const CandidateGathered&) = default;
};
// iceGatheringState became "complete".
struct GatheringComplete {
  ConnectionId connection;
  friend bool operator==(const GatheringComplete&, const GatheringComplete&) = default;
};
struct ConnectionStateChanged {
  ConnectionId connection;
  ConnectionState state = ConnectionState::kNew;
  friend bool operator==(const ConnectionStateChanged&, const ConnectionStateChanged&) = default;
};

// The answer to output::ReadStatistics: every m-line that has counted something.
struct StatisticsRead {
  ConnectionId connection;
  std::vector<LineStatistics> lines;
  friend bool operator==(const StatisticsRead&, const StatisticsRead&) = default;
};

// ---- the host ----

struct WentOnline {
  friend bool operator==(const WentOnline&, const WentOnline&) = default;
};
struct WentOffline {
  friend bool operator==(const WentOffline&, const WentOffline&) = default;
};
// The page goes on after it may have slept, or the network may be another one: `resume`, `pageshow`
// from the back-forward cache, visible again, `change` of navigator.connection.
struct Resumed {
  friend bool operator==(const Resumed&, const Resumed&) = default;
};
// The `pagehide` event. `persisted`: the browser may keep the page for the back button, and says
// so also of pages in a call, which none keeps.
struct PageHidden {
  bool persisted = false;
  friend bool operator==(const PageHidden&, const PageHidden&) = default;
};

// ---- the companion ----

// A frame about messages, to be sent as numbered frames are. One of a membership that is over, or
// of one that has not begun, is dropped: what it says is of another session.
struct ChannelFrame {
  ChannelId channel;
  std::uint64_t membership = 0;
  std::string text;
  friend bool operator==(const ChannelFrame&, const ChannelFrame&) = default;
};
// The companion has used up to this number of ChannelRoute::numbers_above, or soon will have: the
// next page of this tab begins above it.
struct NumbersUsed {
  std::uint64_t last = 0;
  friend bool operator==(const NumbersUsed&, const NumbersUsed&) = default;
};

// ---- time ----

// The time of next_wakeup() has come.
struct Wakeup {
  friend bool operator==(const Wakeup&, const Wakeup&) = default;
};

}  // namespace input

using ClientInput =
    std::variant<input::Join, input::Leave, input::Publish, input::Unpublish, input::SetMuted,
                 input::ReplaceTrack, input::SetPublicationMetadata, input::SetMetadata,
                 input::OpenDataChannel, input::CloseDataChannel, input::RetryNow, input::Close,
                 input::SocketOpened, input::FrameReceived, input::BinaryReceived,
                 input::SocketClosed, input::TokenReady, input::TokenFailed, input::OfferMade,
                 input::AnswerMade, input::AnswerAccepted, input::OperationFailed,
                 input::CandidateGathered, input::GatheringComplete, input::ConnectionStateChanged,
                 input::StatisticsRead, input::WentOnline, input::WentOffline, input::Resumed,
                 input::PageHidden, input::ChannelFrame, input::NumbersUsed, input::Wakeup>;

}  // namespace partyline
