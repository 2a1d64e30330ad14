// What the hub keeps of a socket, of a channel, and of a socket in a channel.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hub/token_bucket.h"
#include "partyline/ids.h"
#include "partyline/json_text.h"
#include "partyline/options.h"
#include "partyline/protocol.h"

namespace partyline::hub {

struct Connection;
struct Membership;

// Exists while it has members.
struct Channel {
  ChannelName name;
  std::vector<Membership*> members;  // in the order in which they joined
};

// Owned by its connection, listed by its channel.
struct Membership {
  Connection* connection = nullptr;
  Channel* channel = nullptr;
  std::uint64_t incarnation = 0;
  JsonText metadata;
  std::vector<PublicationInfo> publications;
};

struct Connection {
  SocketId socket;
  std::string address;
  std::string origin;
  PeerId peer;  // what it will be called
  TimeMs opened;
  TimeMs last_heard;
  TokenBucket frames;
  TokenBucket bytes;
  bool welcomed = false;
  bool paused = false;
  bool closing = false;             // CloseSocket was ordered; it only waits for SocketClosed
  const KeyOptions* key = nullptr;  // set when welcomed
  std::vector<std::unique_ptr<Membership>> memberships{};

  // The membership of the channel of that name, or null.
  [[nodiscard]] Membership* membership(const ChannelName& channel) const {
    for (const auto& candidate : memberships) {
      if (candidate->channel->name == channel) return candidate.get();
    }
    return nullptr;
  }
};

}  // namespace partyline::hub
