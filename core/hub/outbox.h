// The orders that wait for the host.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/connection.h"
#include "partyline/hub.h"
#include "partyline/protocol.h"

namespace partyline::hub {

using LogFields = std::vector<std::pair<std::string, std::string>>;

class Outbox {
 public:
  void push(HubOutput output) { outputs_.push_back(std::move(output)); }
  [[nodiscard]] std::optional<HubOutput> poll();

  // About one socket: not numbered, and lost with it.
  void send(SocketId socket, FrameText text);
  void send(SocketId socket, const HubMessage& message);

  // Numbered, and kept until the client has it. The text may be shared. A session without a socket
  // gets it when it is back.
  void deliver(Session& session, FrameText text);
  void deliver(Session& session, const HubMessage& message);

  // To all in the channel but one. The message is written once, and all share the text.
  void send_to_others(const Membership& sender, const HubMessage& message);
  // The same, with another message, or none, for those who may not subscribe to media.
  void send_to_others(const Membership& sender, const HubMessage& message,
                      const std::optional<HubMessage>& without_media);

  // Counts the bytes of frames that go to other sockets than this one, from now on.
  void count_for(SocketId socket) {
    counted_for_ = socket;
    written_ = 0;
  }
  [[nodiscard]] std::size_t written() const { return written_; }

  void close(SocketId socket, ErrorCode code, std::string_view reason);
  void log(hub_output::Log::Level level, std::string event, LogFields fields);

 private:
  std::deque<HubOutput> outputs_;
  SocketId counted_for_;
  std::size_t written_ = 0;
};

[[nodiscard]] FrameText make_frame(const HubMessage& message);

// The frame with its number in the session of one receiver.
[[nodiscard]] FrameText number(std::uint64_t seq, std::string_view frame);

}  // namespace partyline::hub
