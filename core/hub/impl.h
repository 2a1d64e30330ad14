// The hub behind hub.h. Its parts are in files of their own:
//   sockets.cc   opening, closing, drain
//   watch.cc     timeouts and rates
//   frames.cc    from a frame to who handles it; hello, ping, signals
//   channels.cc  join, update, leave
//
// A connection is open from SocketOpened until its CloseSocket is ordered: then it is in no roster
// and nothing of it is handled, and it only counts until SocketClosed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/connections.h"
#include "hub/deadlines.h"
#include "hub/outbox.h"
#include "hub/rosters.h"
#include "partyline/hub.h"
#include "partyline/result.h"
#include "protocol/frame.h"

namespace partyline {

// The parts are in a namespace of their own: the client core has channels and connections too, and
// both may be in one program.
using hub::Connection;
using hub::Membership;

class Hub::Impl {
 public:
  Impl(HubOptions options, std::vector<KeyOptions> keys, std::uint32_t epoch);

  void handle(TimeMs now, const hub_input::SocketOpened& input);
  void handle(TimeMs now, const hub_input::FrameReceived& input);
  void handle(TimeMs now, const hub_input::BinaryReceived& input);
  void handle(TimeMs now, const hub_input::SendQueueFull& input);
  void handle(TimeMs now, const hub_input::SocketClosed& input);
  void handle(TimeMs now, const hub_input::Drain& input);
  void handle(TimeMs now, const hub_input::Wakeup& input);

  [[nodiscard]] std::optional<HubOutput> poll() { return outbox_.poll(); }
  [[nodiscard]] std::optional<TimeMs> next_wakeup() const { return deadlines_.next(); }
  [[nodiscard]] HubCounts counts() const;

 private:
  // Null also for a connection that is closing.
  [[nodiscard]] Connection* find_open(SocketId socket) const;

  // ---- sockets.cc ----
  [[nodiscard]] std::optional<Error> check_admission(const std::string& address) const;
  void close(Connection& connection, ErrorCode code, std::string_view reason);
  void send_goodbye(SocketId socket);
  // Takes it out of everything but the count of sockets.
  void retire(Connection& connection);

  // ---- watch.cc ----
  void charge(TimeMs now, Connection& connection, std::size_t bytes);
  void watch(TimeMs now, Connection& connection);
  void look_at(TimeMs now, Connection& connection);
  [[nodiscard]] static DurationMs until_ready(TimeMs now, Connection& connection);

  // ---- frames.cc ----
  void on_parse_error(Connection& connection, const Error& error);
  void on_frame(Connection& connection, const ClientFrame& frame);
  void on_message(Connection& connection, const message::Hello& hello);
  void on_message(Connection& connection, const message::Ping&);
  void on_signal(Connection& connection, const message::SignalTo& signal, std::string_view body);
  [[nodiscard]] std::optional<Error> check_hello(const Connection& connection,
                                                 const message::Hello& hello) const;
  void welcome(Connection& connection, const std::vector<message::Join>& joins);
  void refuse(const Connection& connection, message::Refused refused);

  // ---- channels.cc ----
  void on_message(Connection& connection, const message::Join& join);
  void on_message(Connection& connection, const message::Update& update);
  void on_message(Connection& connection, const message::Leave& leave);
  [[nodiscard]] std::optional<Error> check_join(const Connection& connection,
                                                const message::Join& join) const;
  [[nodiscard]] std::optional<Error> check_room(const ChannelName& name) const;
  [[nodiscard]] std::optional<Error> check_update(const Connection& connection,
                                                  const message::Update& update) const;
  // Puts the connection into the channel and tells nobody yet.
  [[nodiscard]] message::Joined enter(Connection& connection, const message::Join& join);
  void refuse_join(const Connection& connection, const message::Join& join, const Error& error);
  // What follows when the joiner has its answer.
  void announce(const Connection& connection, const message::Join& join);
  void depart(Membership& membership, message::LeaveReason reason);

  const HubOptions options_;
  const std::vector<KeyOptions> keys_;
  hub::Connections connections_;
  hub::Rosters rosters_;
  hub::Deadlines deadlines_;
  hub::Outbox outbox_;
  hub::FrameText pong_;
  hub::FrameText goodbye_;  // written when the drain begins
  bool draining_ = false;
};

}  // namespace partyline
