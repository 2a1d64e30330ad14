// From a frame to who handles it; hello, ping and signals.
#include <variant>

#include "hub/impl.h"
#include "hub/key_access.h"

namespace partyline {

using Level = hub_output::Log::Level;

void Hub::Impl::handle(TimeMs now, const hub_input::FrameReceived& input) {
  Connection* connection = find_open(input.socket);
  if (connection == nullptr) return;
  connection->last_heard = now;
  const Result<ClientFrame> frame = parse_client_frame(input.text);
  if (frame) {
    on_frame(*connection, frame.value());
  } else {
    on_parse_error(*connection, frame.error());
  }
  if (!connection->closing) charge(now, *connection, input.text.size());
}

void Hub::Impl::on_parse_error(Connection& connection, const Error& error) {
  if (error.code == ErrorCode::unknown_type && connection.welcomed) {
    refuse(connection, {error.code, error.detail, {}, {}, 0});
    return;
  }
  const bool closes = close_code(error.code) != 0;
  close(connection, closes ? error.code : ErrorCode::protocol_error, error.detail);
}

void Hub::Impl::on_frame(Connection& connection, const ClientFrame& frame) {
  const bool is_hello = std::holds_alternative<message::Hello>(frame.message);
  if (is_hello == connection.welcomed) {
    close(connection, ErrorCode::protocol_error,
          is_hello ? "A socket says hello once." : "The first frame of a socket must be a hello.");
    return;
  }
  if (const auto* signal = std::get_if<message::SignalTo>(&frame.message)) {
    on_signal(connection, *signal, frame.body);
    return;
  }
  std::visit(
      [&](const auto& message) {
        using Message = std::decay_t<decltype(message)>;
        if constexpr (!std::is_same_v<Message, message::SignalTo>) on_message(connection, message);
      },
      frame.message);
}

void Hub::Impl::on_message(Connection& connection, const message::Ping&) {
  outbox_.send(connection.socket, pong_);
}

void Hub::Impl::refuse(const Connection& connection, message::Refused refused) {
  outbox_.send(connection.socket, HubMessage(std::move(refused)));
}

std::optional<Error> Hub::Impl::check_hello(const Connection& connection,
                                            const message::Hello& hello) const {
  if (!hello.token.empty()) {
    return Error{
        ErrorCode::token_refused,
        "This endpoint takes no tokens. Use a publishable key instead of a tokenProvider."};
  }
  const KeyOptions* key = hub::find_key(keys_, hello.key);
  if (key == nullptr) {
    return Error{
        ErrorCode::key_unknown,
        "The endpoint does not know this key. Check it, or add it to the endpoint's keys."};
  }
  if (hub::allows_origin(*key, connection.origin, connection.address)) return std::nullopt;
  if (key->loopback_origins_only) {
    return Error{
        ErrorCode::origin_refused,
        "This key is for pages from localhost. Configure a key of your own for this origin."};
  }
  return Error{ErrorCode::origin_refused,
               "The key is not for pages from this origin. Add the origin to the key's origins."};
}

void Hub::Impl::on_message(Connection& connection, const message::Hello& hello) {
  if (const std::optional<Error> error = check_hello(connection, hello)) {
    close(connection, error->code, error->detail);
    return;
  }
  if (!connections_.add_peer(connection)) {
    // The host broke its promise of unique entropy. Another attempt gets another id.
    close(connection, ErrorCode::overloaded, "The endpoint found no free peer id. Try again.");
    return;
  }
  connection.welcomed = true;
  connection.key = hub::find_key(keys_, hello.key);
  outbox_.log(Level::kInfo, "peer_welcomed",
              {{"socket", std::to_string(connection.socket.value)},
               {"peer", connection.peer.value},
               {"address", connection.address},
               {"client", hello.client}});
  welcome(connection, hello.joins);
}

// The answers to the joins go with the welcome as long as they fit, and follow it otherwise.
void Hub::Impl::welcome(Connection& connection, const std::vector<message::Join>& joins) {
  message::Welcome welcome{
      connection.peer, options_.heartbeat_ms, options_.ice_servers, options_.software, {}};
  std::vector<message::Joined> following;
  std::vector<std::pair<const message::Join*, std::optional<Error>>> answers;
  std::size_t bytes = options_.ice_servers.text.size();
  for (const message::Join& join : joins) {
    std::optional<Error> error = check_join(connection, join);
    if (!error) {
      message::Joined joined = enter(connection, join);
      bytes += hub::roster_bytes(*rosters_.find(join.channel));
      auto& place = bytes <= hub::kRosterBytesMax ? welcome.joined : following;
      place.push_back(std::move(joined));
    }
    answers.emplace_back(&join, std::move(error));
  }
  outbox_.send(connection.socket, HubMessage(std::move(welcome)));
  for (message::Joined& joined : following) {
    outbox_.send(connection.socket, HubMessage(std::move(joined)));
  }
  for (const auto& [join, error] : answers) {
    if (error) {
      refuse_join(connection, *join, *error);
    } else {
      announce(connection, *join);
    }
  }
}

void Hub::Impl::on_signal(Connection& connection, const message::SignalTo& signal,
                          std::string_view body) {
  const Membership* sender = connection.membership(signal.channel);
  if (sender == nullptr) {
    refuse(connection, {ErrorCode::not_in_channel, "You are not in this channel. Join it first.",
                        signal.channel, signal.to, 0});
    return;
  }
  const Connection* to = connections_.find_peer(signal.to);
  const Membership* addressee = to == nullptr ? nullptr : to->membership(signal.channel);
  if (addressee == nullptr || addressee == sender) {
    // The same whether the peer is somewhere else or nowhere.
    refuse(connection, {ErrorCode::peer_not_found, "This peer is not in the channel.",
                        signal.channel, signal.to, 0});
    return;
  }
  if (addressee->incarnation != signal.incarnation) return;
  const message::SignalFrom header{signal.channel, connection.peer, sender->incarnation, {}};
  outbox_.send(to->socket, std::make_shared<const std::string>(write_signal_from(header, body)));
}

}  // namespace partyline
