// What the machines of one client share: the present time, the queue of orders, ids, jitter, and
// the one socket that frames go out on.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/random.h"
#include "client/session.h"
#include "partyline/client_output.h"
#include "partyline/options.h"
#include "partyline/protocol.h"

namespace partyline {

// Orders in the order in which they were given. Half as much code as a deque of so many types.
class OutputQueue {
 public:
  void put(ClientOutput output) { outputs_.push_back(std::move(output)); }
  [[nodiscard]] std::optional<ClientOutput> take() {
    if (taken_ == outputs_.size()) {
      outputs_.clear();
      taken_ = 0;
      return std::nullopt;
    }
    return std::move(outputs_[taken_++]);
  }

 private:
  std::vector<ClientOutput> outputs_;
  std::size_t taken_ = 0;
};

struct Environment {
  Environment(ClientOptions client_options, std::uint64_t seed)
      : options(std::move(client_options)), random(seed), session(options) {}

  ClientOptions options;
  Random random;
  TimeMs now;
  OutputQueue outputs;

  Session session;
  // Set while the endpoint has welcomed us on `socket`.
  bool ready = false;
  SocketId socket;
  // Something else has fallen silent, so that the socket may be dead too.
  bool suspicious = false;
  PeerId me;
  // The endpoint's and the application's ICE servers together.
  JsonText ice_servers{"[]"};

  void emit(ClientOutput output) { outputs.put(std::move(output)); }

  void log(output::Log::Level level, std::string text) {
    emit(output::Log{level, std::move(text)});
  }

  // Numbered: goes out now, or when the session is resumed. Where there is none the message is
  // dropped: what matters is kept as desired state and told anew with the next join.
  template <class Message>
  void send(const Message& message) {
    send_text(write_message(message));
  }
  void send_text(const std::string& text) {
    if (!session.alive()) return;
    const std::uint64_t seq = session.keep(text);
    if (ready) emit(output::SendFrame{socket, write_numbered(seq, text)});
  }
  // About this socket only.
  template <class Message>
  void send_unnumbered(const Message& message) {
    if (ready) emit(output::SendFrame{socket, write_message(message)});
  }

  ConnectionId new_connection() { return ConnectionId{++last_connection_}; }
  OperationId new_operation() { return OperationId{++last_operation_}; }
  SocketId new_socket() { return SocketId{++last_socket_}; }
  SlotId new_slot() { return SlotId{++last_slot_}; }

 private:
  std::uint64_t last_connection_ = 0;
  std::uint64_t last_operation_ = 0;
  std::uint64_t last_socket_ = 0;
  std::uint64_t last_slot_ = 0;
};

}  // namespace partyline
