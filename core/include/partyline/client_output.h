// What the client core orders: of the socket, of peer connections, of the application's listeners.
// Orders are carried out in the order in which they come.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "partyline/client_input.h"
#include "partyline/error_codes.h"
#include "partyline/ids.h"
#include "partyline/protocol.h"
#include "partyline/result.h"
#include "partyline/signal.h"

namespace partyline {

// What applications see; each machine knows finer states of its own.
enum class LineState : std::uint8_t { kIdle, kConnecting, kConnected, kReconnecting, kClosed };
enum class ChannelState : std::uint8_t { kJoining, kJoined, kReconnecting, kLeft };
enum class PeerState : std::uint8_t { kConnecting, kConnected, kReconnecting, kAway, kLeft };
enum class TokenReason : std::uint8_t { kFirst, kExpiring, kRefused };

// A sender to set up on a connection. With `mid`: on the transceiver of that m-line, which is free
// to send. Without: on a new transceiver. Either way its direction becomes "sendrecv", so that the
// other side may always use the m-line for a track of its own. A transceiver that the slot had
// before and that has no mid is stopped. `track` is absent while the publication is muted: the
// sender is there, without a track, and sends nothing. All tracks of one publication name the same
// `stream`, so that receivers play them in sync.
struct Attachment {
  SlotId slot;
  MediaKind kind = MediaKind::kAudio;
  std::optional<TrackId> track;
  std::string stream;
  std::optional<Mid> mid;
  friend bool operator==(const Attachment&, const Attachment&) = default;
};

// Where to find one track of a remote stream: receiver of the transceiver with this mid.
struct RemoteTrack {
  ConnectionId connection;
  Mid mid;
  MediaKind kind = MediaKind::kAudio;
  friend bool operator==(const RemoteTrack&, const RemoteTrack&) = default;
};

namespace output {

// ---- signalling ----

// Open a WebSocket with subprotocol limits::kSubprotocol.
struct OpenSocket {
  SocketId socket;
  std::string url;
  friend bool operator==(const OpenSocket&, const OpenSocket&) = default;
};
struct SendFrame {
  SocketId socket;
  std::string text;
  friend bool operator==(const SendFrame&, const SendFrame&) = default;
};
// Close it and forget it: nothing that it still reports matters.
struct CloseSocket {
  SocketId socket;
  std::uint16_t code = 1000;
  std::string reason;
  friend bool operator==(const CloseSocket&, const CloseSocket&) = default;
};
// Ask the application's tokenProvider. Ends with TokenReady or TokenFailed.
struct RequestToken {
  OperationId operation;
  TokenReason reason = TokenReason::kFirst;
  friend bool operator==(const RequestToken&, const RequestToken&) = default;
};

// ---- peer connections ----

// new RTCPeerConnection({iceServers, iceTransportPolicy, bundlePolicy: 'max-bundle'}), with a
// negotiated data channel of id 0, labelled "partyline", so that there is always an m-line. Events
// are reported from now on.
struct CreateConnection {
  ConnectionId connection;
  ChannelId channel;
  PeerId peer;
  JsonText ice_servers;
  std::string ice_transport_policy;
  friend bool operator==(const CreateConnection&, const CreateConnection&) = default;
};
// setConfiguration() of every connection that is open, with these and nothing else changed. No path
// changes by that; the next offer restarts ICE (RFC 9429 §5.2.2), whoever makes it.
struct SetIceServers {
  JsonText ice_servers;
  friend bool operator==(const SetIceServers&, const SetIceServers&) = default;
};
// Attach, then setLocalDescription() with an offer. `ice_restart`: restartIce() first.
struct MakeOffer {
  OperationId operation;
  ConnectionId connection;
  std::vector<Attachment> attach;
  bool ice_restart = false;
  friend bool operator==(const MakeOffer&, const MakeOffer&) = default;
};
// setRemoteDescription(offer), attach, setLocalDescription(). No own offer is open then.
struct AcceptOffer {
  OperationId operation;
  ConnectionId connection;
  std::string sdp;
  std::vector<Attachment> attach;
  friend bool operator==(const AcceptOffer&, const AcceptOffer&) = default;
};
// setRemoteDescription(answer).
struct AcceptAnswer {
  OperationId operation;
  ConnectionId connection;
  std::string sdp;
  friend bool operator==(const AcceptAnswer&, const AcceptAnswer&) = default;
};
// addIceCandidate for each; failures of single ones do not matter.
struct AddCandidates {
  ConnectionId connection;
  std::vector<IceCandidate> candidates;
  friend bool operator==(const AddCandidates&, const AddCandidates&) = default;
};
// sender.replaceTrack(track), or of null: mute, unmute, another device. Needs no negotiation.
struct SetTrack {
  ConnectionId connection;
  SlotId slot;
  std::optional<TrackId> track;
  friend bool operator==(const SetTrack&, const SetTrack&) = default;
};
// Stop sending at once: replaceTrack(null), direction "recvonly", forget the slot (a transceiver
// without a mid is stopped). A negotiation follows.
struct DetachSlot {
  ConnectionId connection;
  SlotId slot;
  friend bool operator==(const DetachSlot&, const DetachSlot&) = default;
};
// getStats(), as far as StatisticsRead has it.
struct ReadStatistics {
  ConnectionId connection;
  friend bool operator==(const ReadStatistics&, const ReadStatistics&) = default;
};
struct CloseConnection {
  ConnectionId connection;
  friend bool operator==(const CloseConnection&, const CloseConnection&) = default;
};
// createDataChannel(label, init) for the object of that number.
struct OpenDataChannel {
  ConnectionId connection;
  DataChannelId data_channel;
  std::string label;
  JsonText init;
  friend bool operator==(const OpenDataChannel&, const OpenDataChannel&) = default;
};
// The data channel's object has ended for good: the peer left or the application closed it.
struct EndDataChannel {
  DataChannelId data_channel;
  friend bool operator==(const EndDataChannel&, const EndDataChannel&) = default;
};

// ---- what the application is told ----

struct CallDone {
  CallId call;
  std::optional<Error> error;
  friend bool operator==(const CallDone&, const CallDone&) = default;
};
struct LineStateChanged {
  LineState from = LineState::kIdle;
  LineState to = LineState::kIdle;
  std::string code;  // an error's name, or empty
  std::string reason;
  std::optional<DurationMs> retry_in_ms;
  friend bool operator==(const LineStateChanged&, const LineStateChanged&) = default;
};
// The peer id that the endpoint gave: told with each welcome, before anything else.
// For ClientOptions::handed_over of the next page in this tab; it has a secret. Comes with
// input::PageHidden.
struct HandOver {
  std::string text;
  friend bool operator==(const HandOver&, const HandOver&) = default;
};
struct Identified {
  PeerId peer;
  friend bool operator==(const Identified&, const Identified&) = default;
};
// Something that recovery will not mend.
struct LineError {
  Error error;
  friend bool operator==(const LineError&, const LineError&) = default;
};
struct ChannelStateChanged {
  ChannelId channel;
  ChannelState from = ChannelState::kJoining;
  ChannelState to = ChannelState::kJoining;
  std::string code;
  std::string reason;
  friend bool operator==(const ChannelStateChanged&, const ChannelStateChanged&) = default;
};
// `peer` is empty where it is about none.
struct ChannelError {
  ChannelId channel;
  PeerId peer;
  Error error;
  friend bool operator==(const ChannelError&, const ChannelError&) = default;
};
struct PeerJoined {
  ChannelId channel;
  MemberInfo member;
  friend bool operator==(const PeerJoined&, const PeerJoined&) = default;
};
struct PeerLeft {
  ChannelId channel;
  PeerId peer;
  std::string reason;
  friend bool operator==(const PeerLeft&, const PeerLeft&) = default;
};
struct PeerStateChanged {
  ChannelId channel;
  PeerId peer;
  PeerState from = PeerState::kConnecting;
  PeerState to = PeerState::kConnecting;
  friend bool operator==(const PeerStateChanged&, const PeerStateChanged&) = default;
};
struct PeerMetadataChanged {
  ChannelId channel;
  PeerId peer;
  JsonText metadata;
  friend bool operator==(const PeerMetadataChanged&, const PeerMetadataChanged&) = default;
};
// What the peer publishes changed: something came, went, was muted or unmuted, or has new metadata.
// All of it is listed.
struct PeerPublicationsChanged {
  ChannelId channel;
  PeerId peer;
  std::vector<PublicationInfo> publications;
  friend bool operator==(const PeerPublicationsChanged&, const PeerPublicationsChanged&) = default;
};
// A remote stream can be played. The same MediaStream object stays for the publication's life.
struct StreamAdded {
  ChannelId channel;
  PeerId peer;
  PublicationName name;
  JsonText metadata;
  std::vector<RemoteTrack> tracks;
  friend bool operator==(const StreamAdded&, const StreamAdded&) = default;
};
// Its tracks are now these (another generation, or a kind was added).
struct StreamTracksChanged {
  ChannelId channel;
  PeerId peer;
  PublicationName name;
  std::vector<RemoteTrack> tracks;
  friend bool operator==(const StreamTracksChanged&, const StreamTracksChanged&) = default;
};
struct StreamRemoved {
  ChannelId channel;
  PeerId peer;
  PublicationName name;
  friend bool operator==(const StreamRemoved&, const StreamRemoved&) = default;
};
// The peer has another RTCPeerConnection than before.
struct ConnectionReset {
  ChannelId channel;
  PeerId peer;
  ConnectionId connection;
  friend bool operator==(const ConnectionReset&, const ConnectionReset&) = default;
};

// ---- for the companion (companion.h): the application is told none of it ----

// How the endpoint is to be reached for the channel now. Told first when the channel is wanted, and
// whenever it has changed; at the end of a step, when all else about the channel was told.
struct ChannelRoute {
  ChannelId channel;
  ChannelName name;
  // Messages have odd numbers above this one, which is even; it never changes. Joins have even
  // ones, so that a refusal tells what it is about.
  std::uint64_t numbers_above = 0;
  bool open = false;             // a frame goes out at once
  std::vector<PeerId> expected;  // members whom the endpoint does not know at present
  friend bool operator==(const ChannelRoute&, const ChannelRoute&) = default;
};
// The channel was joined in a session that began anew. The roster that comes with it follows.
struct MembershipBegan {
  ChannelId channel;
  std::uint64_t membership = 0;  // counts; names it in input::ChannelFrame
  PeerId me;
  std::uint64_t incarnation = 0;  // of ours
  bool restart = false;           // what the endpoint had of us is gone
  bool missed = false;            // it has dropped messages for us
  friend bool operator==(const MembershipBegan&, const MembershipBegan&) = default;
};
// A frame about messages, as it came: `message`, `sent`, `delivered`, or `refused` of a message.
struct ChannelFrame {
  ChannelId channel;
  std::string text;
  friend bool operator==(const ChannelFrame&, const ChannelFrame&) = default;
};

struct Log {
  enum class Level : std::uint8_t { kDebug, kInfo, kWarning, kError };
  Level level = Level::kDebug;
  std::string text;
  friend bool operator==(const Log&, const Log&) = default;
};

}  // namespace output

using ClientOutput =
    std::variant<output::OpenSocket, output::SendFrame, output::CloseSocket, output::RequestToken,
                 output::CreateConnection, output::SetIceServers, output::MakeOffer,
                 output::AcceptOffer, output::AcceptAnswer, output::AddCandidates, output::SetTrack,
                 output::DetachSlot, output::ReadStatistics, output::CloseConnection,
                 output::OpenDataChannel, output::EndDataChannel, output::CallDone,
                 output::LineStateChanged, output::HandOver, output::Identified, output::LineError,
                 output::ChannelStateChanged, output::ChannelError, output::PeerJoined,
                 output::PeerLeft, output::PeerStateChanged, output::PeerMetadataChanged,
                 output::PeerPublicationsChanged, output::StreamAdded, output::StreamTracksChanged,
                 output::StreamRemoved, output::ConnectionReset, output::ChannelRoute,
                 output::MembershipBegan, output::ChannelFrame, output::Log>;

}  // namespace partyline
