// What the hub keeps of a socket, of a session, of a channel, and of a session in a channel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/grant.h"
#include "hub/token_bucket.h"
#include "partyline/ids.h"
#include "partyline/json_text.h"
#include "partyline/options.h"
#include "partyline/protocol.h"
#include "session/replay_buffer.h"

namespace partyline::hub {

using FrameText = std::shared_ptr<const std::string>;

struct Connection;
struct Session;
struct Membership;

// Exists while it has members.
struct Channel {
  ChannelName name;
  std::vector<Membership*> members;  // in the order in which they joined
};

// Owned by its session, listed by its channel.
struct Membership {
  Session* session = nullptr;
  Channel* channel = nullptr;
  std::uint64_t incarnation = 0;
  // As the client says, and as others are told: that is less where more is not allowed.
  JsonText own_metadata;
  std::vector<PublicationInfo> wished;
  JsonText metadata;
  std::vector<PublicationInfo> publications;
  // The latest frame of the session that was a message for this membership and had to be dropped
  // before the client acknowledged it; 0 for none.
  std::uint64_t missed = 0;
  // The client was told so in a welcome, which may be lost with its socket.
  bool missed_told = false;
};

// A message on its way to a member.
struct Undelivered {
  Membership* to = nullptr;
  PeerId from;
  std::uint64_t number = 0;  // the sender's
  std::uint64_t seq = 0;     // of the frame, in the session of the receiver
  FrameText text;
};

// A peer. It outlives its sockets: without one it is held for a while.
struct Session {
  PeerId peer;
  Grant grant;
  ReplayBuffer<FrameText> sent;      // what the client may have missed
  Connection* connection = nullptr;  // null while it is held
  std::string address;               // of its latest socket
  std::uint64_t order = 0;           // and the order of that one

  std::uint64_t received = 0;      // numbered frames of the client
  std::uint64_t acknowledged = 0;  // how many of them it was told of
  // Each ticket has the number after that of the one with which it was asked for. One below
  // `epoch_used` is a stale copy: its successor was used.
  std::uint64_t epoch = 1;
  std::uint64_t epoch_used = 1;
  // Frames are counted from that ticket on: who shows an older one counts those of another time.
  std::uint64_t counted_since = 1;
  TimeMs ticket_renewal{};
  // When its bearer is asked for another token, in milliseconds since 1970; nothing where there is
  // none, or it was asked.
  std::optional<std::int64_t> token_asked_at{};
  // Nothing where it is given no relays.
  std::optional<TimeMs> relay_renewal{};
  // Known by its ticket only, and the client may not have been told so yet.
  bool restored = false;

  std::optional<TimeMs> asked{};  // whether its page is there still, since another one came
  bool answered = false;
  TimeMs lost{};  // when it was left without a socket
  bool told_away = false;
  std::uint32_t joins_refused = 0;
  std::vector<std::unique_ptr<Membership>> memberships{};
  std::deque<Undelivered> undelivered{};  // of these memberships
  std::size_t undelivered_bytes = 0;

  // The membership of the channel of that name, or null.
  [[nodiscard]] Membership* membership(const ChannelName& channel) const {
    for (const auto& candidate : memberships) {
      if (candidate->channel->name == channel) return candidate.get();
    }
    return nullptr;
  }
};

struct Connection {
  SocketId socket;
  std::string address;
  std::string origin;
  PeerId peer;  // what a new session of it will be called
  TimeMs opened;
  TimeMs last_heard;
  TokenBucket frames;
  TokenBucket bytes;
  TokenBucket fanout;       // bytes that it made the hub write to others
  std::uint64_t order = 0;  // how many sockets had been opened before it
  bool paused = false;
  bool closing = false;             // CloseSocket was ordered; it only waits for SocketClosed
  Session* session = nullptr;       // set when welcomed
  std::uint64_t welcome_epoch = 0;  // of the ticket in the welcome
  bool confirmed = false;           // that it came
  // When numbered frames are to be acknowledged at the latest.
  std::optional<TimeMs> ack_due{};
};

}  // namespace partyline::hub
