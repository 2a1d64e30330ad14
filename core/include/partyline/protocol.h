// The messages between client and hub (`partyline.v1`), with one strict parser and one writer for
// each direction. docs/PROTOCOL.md is the same in prose.
//
// A frame is one text message of a WebSocket: a line of JSON, the header, whose "type" says which
// message it is. The two `signal` and the two `message` messages carry a body after the first
// newline: bytes for other peers that the hub passes on and does not look into.
//
// Parsing is strict where it matters for safety: size, depth, UTF-8, types, ranges and lengths of
// every known field. Unknown fields are ignored, so that a newer end may add some; an unknown type
// is the error `unknown_type`, everything else that is wrong is `protocol_error`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "partyline/ids.h"
#include "partyline/json_text.h"
#include "partyline/result.h"
#include "partyline/time.h"

namespace partyline {

enum class MediaKind : std::uint8_t { kAudio, kVideo };
[[nodiscard]] std::string_view media_kind_name(MediaKind kind);

// How one track of a publication stands: there is none, it is live, or it is muted by its sender.
enum class TrackStatus : std::uint8_t { kAbsent, kLive, kMuted };

// What a peer publishes, as everybody in the channel is told. At most one track of each kind.
struct PublicationInfo {
  PublicationName name;
  TrackStatus audio = TrackStatus::kAbsent;
  TrackStatus video = TrackStatus::kAbsent;
  JsonText metadata;
  friend bool operator==(const PublicationInfo&, const PublicationInfo&) = default;
};

// One entry of a channel's roster. The incarnation is new with every join: it tells a peer that
// left and came back from one that stayed, and fences signals meant for the former.
struct MemberInfo {
  PeerId peer;
  std::uint64_t incarnation = 0;
  JsonText metadata;
  std::vector<PublicationInfo> publications;
  bool away = false;     // its session is held, it has no socket now
  bool receives = true;  // media: it may subscribe
  friend bool operator==(const MemberInfo&, const MemberInfo&) = default;
};

namespace message {

// ---- client to hub ----

// A wish to be in a channel. `request` comes back in the answer; the client numbers its joins so
// that an answer to an abandoned one is recognized.
struct Join {
  ChannelName channel;
  std::uint64_t request = 0;
  JsonText metadata;
  std::vector<PublicationInfo> publications;
  // The one that this member had before the endpoint lost its memory; 0 for another one.
  std::uint64_t incarnation = 0;
  friend bool operator==(const Join&, const Join&) = default;
};

// A session that outlived its socket. Without `received` it can only be continued by its state, not
// frame by frame: the client could not keep all that it sent.
struct Resume {
  std::string ticket;
  std::optional<std::uint64_t> received;  // how many numbered frames of the hub have come
  // It is another page that was handed the ticket: a reload, or a copy of the first.
  bool fresh = false;
  friend bool operator==(const Resume&, const Resume&) = default;
};

// The first frame on every socket: who one is, and which channels to join in the same round trip.
// With `resume` the joins count only where the session cannot be resumed frame by frame.
struct Hello {
  int version = 0;
  std::string key;     // publishable key, or empty
  std::string token;   // signed token, or empty; exactly one of the two is set
  std::string client;  // name and version of the software, for logs
  std::vector<Join> joins;
  std::optional<Resume> resume{};
  friend bool operator==(const Hello&, const Hello&) = default;
};

struct Leave {
  ChannelName channel;
  friend bool operator==(const Leave&, const Leave&) = default;
};

// Replaces what is given, whole: the newest state wins, so a lost intermediate one is no loss.
struct Update {
  ChannelName channel;
  std::optional<JsonText> metadata;
  std::optional<std::vector<PublicationInfo>> publications;
  friend bool operator==(const Update&, const Update&) = default;
};

// To one peer in a shared channel. Dropped by the hub if `incarnation` is not the present one.
struct SignalTo {
  ChannelName channel;
  PeerId to;
  std::uint64_t incarnation = 0;
  std::string body;
  friend bool operator==(const SignalTo&, const SignalTo&) = default;
};

// To all others in the channel, or to those named. The client numbers its messages upwards for as
// long as it lives, and sends one again with its number where it may have been lost: receivers drop
// what they have.
struct MessageTo {
  ChannelName channel;
  std::uint64_t request = 0;  // the number, which comes back in `Sent`, or in `Refused`
  std::vector<PeerId> to;     // empty: all others
  bool partly = false;        // those of `to` who are not there are left out
  std::string topic;
  std::string format;  // of the body, for receivers
  std::string body;
  friend bool operator==(const MessageTo&, const MessageTo&) = default;
};

// A newer token of the same bearer, in the middle of a session: what it allows counts at once.
struct Token {
  std::string token;
  friend bool operator==(const Token&, const Token&) = default;
};

struct Ping {
  friend bool operator==(const Ping&, const Ping&) = default;
};

// In both directions: how many numbered frames of the session have come.
struct Ack {
  std::uint64_t received = 0;
  friend bool operator==(const Ack&, const Ack&) = default;
};

// ---- hub to client ----

// The answer to a join: the roster without oneself, in the order in which they joined.
struct Joined {
  ChannelName channel;
  std::uint64_t request = 0;
  std::uint64_t incarnation = 0;
  std::vector<MemberInfo> members;
  bool missed = false;  // messages for this member were dropped
  friend bool operator==(const Joined&, const Joined&) = default;
};

// What became of the session that a hello asked to resume.
enum class SessionKind : std::uint8_t {
  kNew,       // there is none: another begins, with no claim on what was before
  kResumed,   // it goes on frame by frame; the joins of the hello were not looked at
  kResynced,  // it goes on, but frames are missing: both count from zero, `joined` tells the state
  kRestored   // the same peer on an endpoint without memory of it: others may still be on their way
};
[[nodiscard]] std::string_view session_kind_name(SessionKind kind);

// The answer to a hello, with the answers to those of its joins that were granted. Refused ones
// follow as `Refused`.
struct Welcome {
  PeerId peer;
  DurationMs heartbeat_ms;     // the client sends a Ping when it has heard nothing for this long
  JsonText ice_servers{"[]"};  // RTCIceServer[] as W3C webrtc-pc has it
  std::string endpoint;        // name and version of the software, for logs
  std::vector<Joined> joined;
  SessionKind session = SessionKind::kNew;
  std::uint64_t received = 0;  // of a resumed session: how many numbered frames of the client came
  std::string ticket{};        // resumes this session; empty where the hub gives none
  DurationMs hold_ms{};        // how long the session is held without a socket
  DurationMs spread_ms{};      // over this time the first attempts of all are spread
  friend bool operator==(const Welcome&, const Welcome&) = default;
};

// The hub did not do what a frame asked. `request` is that of a join or a message, else 0.
struct Refused {
  ErrorCode code = ErrorCode::internal;
  std::string text;
  ChannelName channel;  // empty where it is about none
  PeerId peer;          // who is not there, else empty
  std::uint64_t request = 0;
  friend bool operator==(const Refused&, const Refused&) = default;
};

struct PeerJoined {
  ChannelName channel;
  MemberInfo member;
  friend bool operator==(const PeerJoined&, const PeerJoined&) = default;
};

struct PeerUpdated {
  ChannelName channel;
  PeerId peer;
  std::optional<JsonText> metadata;
  std::optional<std::vector<PublicationInfo>> publications;
  std::optional<bool> receives{};
  // Only to the peer itself: whether it may publish.
  std::optional<bool> publishes{};
  friend bool operator==(const PeerUpdated&, const PeerUpdated&) = default;
};

enum class LeaveReason : std::uint8_t { kLeft, kDisconnected, kRemoved };
[[nodiscard]] std::string_view leave_reason_name(LeaveReason reason);

struct PeerLeft {
  ChannelName channel;
  PeerId peer;
  LeaveReason reason = LeaveReason::kLeft;
  friend bool operator==(const PeerLeft&, const PeerLeft&) = default;
};

// `peer-away`: its session is held, it has no socket, and may come back as the same; `peer-back`:
// it has.
struct PeerPresence {
  ChannelName channel;
  PeerId peer;
  bool away = false;
  friend bool operator==(const PeerPresence&, const PeerPresence&) = default;
};

// Resumes the session from now on, instead of the ticket before.
struct Ticket {
  std::string ticket;
  friend bool operator==(const Ticket&, const Ticket&) = default;
};

// From now on these, instead of those of the welcome: their credentials last longer.
struct IceServers {
  JsonText ice_servers{"[]"};
  friend bool operator==(const IceServers&, const IceServers&) = default;
};

struct SignalFrom {
  ChannelName channel;
  PeerId from;
  std::uint64_t incarnation = 0;  // the sender's
  std::string body;
  friend bool operator==(const SignalFrom&, const SignalFrom&) = default;
};

// `request` is the sender's number.
struct MessageFrom {
  ChannelName channel;
  PeerId from;
  std::uint64_t request = 0;
  std::string topic;
  std::string format;
  std::string body;
  friend bool operator==(const MessageFrom&, const MessageFrom&) = default;
};

// The hub has passed the message on, or keeps it for those who have no socket now.
struct Sent {
  ChannelName channel;
  std::uint64_t request = 0;
  friend bool operator==(const Sent&, const Sent&) = default;
};

// The peer has all messages for it up to that number.
struct Delivered {
  ChannelName channel;
  PeerId peer;
  std::uint64_t request = 0;
  friend bool operator==(const Delivered&, const Delivered&) = default;
};

// One of the three above, of which no more was read.
struct AboutMessages {
  ChannelName channel;
  friend bool operator==(const AboutMessages&, const AboutMessages&) = default;
};

struct Pong {
  // As in the welcome, which may be of a time when fewer were there; nothing from a client.
  DurationMs spread_ms;
  friend bool operator==(const Pong&, const Pong&) = default;
};

// The token of the hello, or the one after it, ends soon: another one is welcome.
struct TokenExpiring {
  friend bool operator==(const TokenExpiring&, const TokenExpiring&) = default;
};

// The member is in the channel no more: it may not be, or was put out.
struct Removed {
  ChannelName channel;
  ErrorCode code = ErrorCode::internal;
  std::string text;
  friend bool operator==(const Removed&, const Removed&) = default;
};

// The hub is about to close the socket on purpose; come back after `retry_in_ms`, plus jitter.
struct Goodbye {
  DurationMs retry_in_ms;
  std::string text;
  friend bool operator==(const Goodbye&, const Goodbye&) = default;
};

}  // namespace message

using ClientMessage =
    std::variant<message::Hello, message::Join, message::Leave, message::Update, message::SignalTo,
                 message::MessageTo, message::Token, message::Ping, message::Pong, message::Ack>;
using HubMessage =
    std::variant<message::Welcome, message::Joined, message::Refused, message::PeerJoined,
                 message::PeerUpdated, message::PeerLeft, message::PeerPresence,
                 message::SignalFrom, message::MessageFrom, message::Sent, message::Delivered,
                 message::Pong, message::Goodbye, message::Ack, message::Ticket,
                 message::IceServers, message::Ping, message::TokenExpiring, message::Removed>;

// The same as the client core reads it: what is about messages is left to the companion.
using LineMessage =
    std::variant<message::Welcome, message::Joined, message::Refused, message::PeerJoined,
                 message::PeerUpdated, message::PeerLeft, message::PeerPresence,
                 message::SignalFrom, message::AboutMessages, message::Pong, message::Goodbye,
                 message::Ack, message::Ticket, message::IceServers, message::Ping,
                 message::TokenExpiring, message::Removed>;
// And as the companion does.
using MessageNews =
    std::variant<message::MessageFrom, message::Sent, message::Delivered, message::Refused>;

// A frame of the hub, with the number that it has in its session: 0 for one that is about its
// socket only. There is no message where a newer hub says what we do not know.
template <class Message>
struct NumberedFrame {
  std::uint64_t seq = 0;
  std::optional<Message> message;
};
using HubFrame = NumberedFrame<HubMessage>;
using LineFrame = NumberedFrame<LineMessage>;

// Parses what a client sent (legal on the hub). Errors: frame_too_large, unknown_type,
// unsupported_version (a hello of another version), protocol_error with the reason in words.
[[nodiscard]] Result<ClientMessage> parse_client_message(std::string_view frame);

// Parses what the hub sent (legal in the client). Errors as above.
[[nodiscard]] Result<HubMessage> parse_hub_message(std::string_view frame);
// The same with its number, and without the error `unknown_type`.
[[nodiscard]] Result<HubFrame> parse_hub_frame(std::string_view frame);
// For the client core. Of what is about messages only the channel is looked at.
[[nodiscard]] Result<LineFrame> parse_line_frame(std::string_view frame);
// For the companion. Errors: unknown_type also of frames that are about something else.
[[nodiscard]] Result<MessageNews> parse_message_news(std::string_view frame);

// A frame with its number in the session, which is the first member of its header.
[[nodiscard]] std::string write_numbered(std::uint64_t seq, std::string_view frame);

// Writes a frame that the parser of the other end gives back as the same message.
[[nodiscard]] std::string write_message(const ClientMessage& message);
[[nodiscard]] std::string write_message(const message::Hello& hello);
[[nodiscard]] std::string write_message(const message::Join& join);
[[nodiscard]] std::string write_message(const message::Leave& leave);
[[nodiscard]] std::string write_message(const message::Update& update);
[[nodiscard]] std::string write_message(const message::SignalTo& signal);
[[nodiscard]] std::string write_message(const message::MessageTo& message);
[[nodiscard]] std::string write_message(const message::Token& token);
[[nodiscard]] std::string write_message(const message::Ping& ping);
[[nodiscard]] std::string write_message(const message::Pong& pong);  // a client's
[[nodiscard]] std::string write_message(const message::Ack& ack);
[[nodiscard]] std::string write_message(const HubMessage& message);

// Whether a channel may have this name: 1 to kChannelNameBytesMax bytes of UTF-8 without control
// characters, not starting or ending with a space.
[[nodiscard]] bool is_channel_name(std::string_view name);

// Whether this is a publication's name: 1 to kPublicationNameBytesMax bytes of UTF-8 without
// control characters or '/', which separates the name from the kind in signals.
[[nodiscard]] bool is_publication_name(std::string_view name);

}  // namespace partyline
