// Sockets come, are turned away, close, and are sent home.
#include "hub/impl.h"
#include "hub/peer_id.h"

namespace partyline {

using Level = hub_output::Log::Level;

// RFC 6455 §7.4.1.
constexpr std::uint16_t kNormalClosure = 1000;

std::optional<Error> Hub::Impl::check_admission(const std::string& address) const {
  if (connections_.size() >= options_.connections_max) {
    return Error{ErrorCode::too_many_connections, "The endpoint has no room for more connections."};
  }
  if (connections_.at_address(address) >= options_.connections_per_address_max) {
    return Error{ErrorCode::too_many_connections,
                 "There are too many connections from this address. Close some of them."};
  }
  return std::nullopt;
}

// Who is turned away gets no entry: what it still sends is of an unknown socket.
void Hub::Impl::handle(const hub_input::SocketOpened& input) {
  if (connections_.find(input.socket) != nullptr) return;
  if (draining_) {
    send_goodbye(input.socket);
    return;
  }
  if (const std::optional<Error> error = check_admission(input.address)) {
    outbox_.log(Level::kWarning, "socket_refused",
                {{"address", input.address}, {"code", std::string(error_name(error->code))}});
    outbox_.close(input.socket, error->code, error->detail);
    return;
  }
  Connection connection{
      input.socket,
      input.address,
      input.origin,
      hub::make_peer_id(input.entropy),
      now_,
      now_,
      hub::TokenBucket(options_.frames_per_second, options_.frames_burst, now_),
      hub::TokenBucket(options_.bytes_per_second, options_.bytes_burst, now_),
      hub::TokenBucket(options_.fanout_bytes_per_second, options_.fanout_bytes_burst, now_)};
  watch(connections_.add(std::make_unique<Connection>(std::move(connection))));
}

void Hub::Impl::handle(const hub_input::BinaryReceived& input) {
  Connection* connection = find_open(input.socket);
  if (connection == nullptr) return;
  close(*connection, ErrorCode::protocol_error, "Binary messages are not part of the protocol.");
}

void Hub::Impl::handle(const hub_input::SendQueueFull& input) {
  Connection* connection = find_open(input.socket);
  if (connection == nullptr) return;
  close(*connection, ErrorCode::slow_reader, "The client reads more slowly than it is written to.");
}

void Hub::Impl::handle(const hub_input::SocketClosed& input) {
  if (Connection* connection = find_open(input.socket)) {
    outbox_.log(Level::kInfo, "socket_closed",
                {{"socket", std::to_string(input.socket.value)},
                 {"peer", connection->session ? connection->session->peer.value : ""}});
    // Who closes with that code does not come back.
    retire(*connection, input.code != kNormalClosure, message::LeaveReason::kLeft);
  }
  connections_.remove(input.socket);
}

// Nobody is told that the others left: all of them are sent away together, and come back together.
void Hub::Impl::handle(const hub_input::Drain&) {
  if (draining_) return;
  draining_ = true;
  outbox_.log(Level::kInfo, "drain_started",
              {{"connections", std::to_string(connections_.size())}});
  for (const SocketId socket : connections_.sockets()) {
    Connection* connection = find_open(socket);
    if (connection == nullptr) continue;
    if (Session* session = connection->session) forget(*session);
    retire(*connection, false);
    send_goodbye(socket);
  }
  for (Session* session : sessions_.all_held()) {
    forget(*session);
    end_session(*session, message::LeaveReason::kDisconnected);
  }
}

void Hub::Impl::forget(Session& session) {
  while (!session.memberships.empty()) rosters_.remove(*session.memberships.back());
}

void Hub::Impl::send_goodbye(SocketId socket) {
  constexpr std::string_view kText = "The endpoint restarts.";
  if (!goodbye_) {
    goodbye_ = hub::make_frame(message::Goodbye{options_.drain_retry_ms, std::string(kText)});
  }
  outbox_.send(socket, goodbye_);
  outbox_.close(socket, ErrorCode::restarting, kText);
}

void Hub::Impl::close(Connection& connection, ErrorCode code, std::string_view reason) {
  outbox_.log(Level::kInfo, "socket_closing",
              {{"socket", std::to_string(connection.socket.value)},
               {"address", connection.address},
               {"peer", connection.session ? connection.session->peer.value : ""},
               {"code", std::string(error_name(code))},
               {"reason", std::string(reason)}});
  // Whoever is told never to come back is not waited for.
  retire(connection, retry_policy(close_code(code)) != RetryPolicy::kNever);
  outbox_.close(connection.socket, code, reason);
}

void Hub::Impl::retire(Connection& connection, bool may_hold, message::LeaveReason reason) {
  connection.closing = true;
  deadlines_.forget(connection.socket);
  if (connection.session == nullptr) return;
  if (may_hold) {
    hold_or_end(*connection.session);
  } else {
    Session& session = *connection.session;
    sessions_.detach(session);
    end_session(session, reason);
  }
}

}  // namespace partyline
