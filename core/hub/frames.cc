// From a frame to who handles it; hello, ping and signals.
#include <algorithm>
#include <utility>
#include <variant>

#include "hub/impl.h"

namespace partyline {

using Level = hub_output::Log::Level;
using message::SessionKind;

void Hub::Impl::handle(const hub_input::FrameReceived& input) {
  Connection* connection = find_open(input.socket);
  if (connection == nullptr) return;
  connection->last_heard = now_;
  outbox_.count_for(input.socket);
  const Result<ClientFrame> frame = parse_client_frame(input.text);
  if (frame) {
    on_frame(*connection, frame.value());
  } else {
    on_parse_error(*connection, frame.error());
  }
  if (!connection->closing) charge(*connection, input.text.size(), outbox_.written());
}

void Hub::Impl::on_parse_error(Connection& connection, const Error& error) {
  const bool closes = close_code(error.code) != 0;
  close(connection, closes ? error.code : ErrorCode::protocol_error, error.detail);
}

void Hub::Impl::on_frame(Connection& connection, const ClientFrame& frame) {
  const bool is_hello = frame.message && std::holds_alternative<message::Hello>(*frame.message);
  if (is_hello == (connection.session != nullptr)) {
    close(connection, ErrorCode::protocol_error,
          is_hello ? "A socket says hello once." : "The first frame of a socket must be a hello.");
    return;
  }
  if (!is_hello) {
    if (!connection.confirmed) confirm_welcome(connection);
    if (!is_new(connection, frame)) return;
  }
  if (!frame.message) {
    const Error error = unknown_type();
    refuse(*connection.session, {error.code, error.detail, {}, {}, 0});
    return;
  }
  std::visit(
      [&](const auto& message) {
        using Message = std::decay_t<decltype(message)>;
        constexpr bool kOfSocket =
            std::is_same_v<Message, message::Hello> || std::is_same_v<Message, message::Token> ||
            std::is_same_v<Message, message::Ping> || std::is_same_v<Message, message::Pong> ||
            std::is_same_v<Message, message::Ack>;
        if constexpr (kOfSocket) {
          on_message(connection, message);
        } else if constexpr (std::is_same_v<Message, message::SignalTo>) {
          on_signal(*connection.session, message, frame.body);
        } else if constexpr (std::is_same_v<Message, message::MessageTo>) {
          on_send(*connection.session, message, frame.body);
        } else {
          on_message(*connection.session, message);
        }
      },
      *frame.message);
}

void Hub::Impl::confirm_welcome(Connection& connection) {
  Session& session = *connection.session;
  connection.confirmed = true;
  session.epoch_used = std::max(session.epoch_used, connection.welcome_epoch);
  session.restored = false;
  for (const auto& membership : session.memberships) membership->missed_told = false;
}

void Hub::Impl::on_message(Connection& connection, const message::Ping&) {
  const DurationMs spread = return_spread();
  if (pong_ == nullptr || spread != pong_spread_) {
    pong_spread_ = spread;
    pong_ = hub::make_frame(message::Pong{spread});
  }
  outbox_.send(connection.socket, pong_);
}

void Hub::Impl::on_message(Connection& connection, const message::Pong&) {
  if (connection.session->asked) connection.session->answered = true;
}

void Hub::Impl::refuse(Session& session, message::Refused refused) {
  outbox_.deliver(session, HubMessage(std::move(refused)));
}

void Hub::Impl::on_message(Connection& connection, const message::Hello& hello) {
  Result<hub::Grant> grant = let_in(connection, hello);
  if (!grant) return close(connection, grant.error().code, grant.error().detail);
  const Identity identity = identify(connection, hello, grant.value());
  if (std::optional<Error> error = check_order(connection, hello, identity)) {
    return close(connection, error->code, error->detail);
  }
  if (std::optional<Error> error = check_identity(identity, grant.value())) {
    return close(connection, error->code, error->detail);
  }
  const SessionKind kind = find_session(connection, hello, identity, grant.value());
  Session* session = connection.session;
  if (session == nullptr) {
    // The host broke its promise of unique entropy. Another attempt gets another id.
    close(connection, ErrorCode::overloaded, "The endpoint found no free peer id. Try again.");
    return;
  }
  connection.welcome_epoch = session->epoch;
  outbox_.log(Level::kInfo, "peer_welcomed",
              {{"socket", std::to_string(connection.socket.value)},
               {"peer", session->peer.value},
               {"session", std::string(message::session_kind_name(kind))},
               {"address", connection.address},
               {"client", hello.client}});
  const hub::Grant before = std::exchange(session->grant, std::move(grant.value()));
  if (kind == SessionKind::kResumed) {
    resume(*session, *hello.resume->received);
  } else {
    welcome(*session, kind, hello.joins);
  }
  apply_grant(*session, before);
  watch(connection);
}

namespace {

// The membership that a join goes on with.
hub::Membership* claimed(const hub::Session& session, const message::Join& join) {
  Membership* present = session.membership(join.channel);
  return present != nullptr && present->incarnation == join.incarnation ? present : nullptr;
}

}  // namespace

// What the client left while it had no socket to say so, or has joined anew since: its answer to
// that join may have been lost, and with it all that the others were told of its links.
void Hub::Impl::depart_unclaimed(Session& session, const std::vector<message::Join>& joins) {
  std::vector<Membership*> unclaimed;
  for (const auto& membership : session.memberships) unclaimed.push_back(membership.get());
  for (const message::Join& join : joins) std::erase(unclaimed, claimed(session, join));
  for (Membership* membership : unclaimed) depart(*membership, message::LeaveReason::kLeft);
}

// The answers to the joins go with the welcome as long as they fit, and follow it otherwise.
void Hub::Impl::welcome(Session& session, SessionKind kind,
                        const std::vector<message::Join>& joins) {
  struct Answer {
    const message::Join* join;
    std::optional<Error> error;
    bool is_new;
  };
  depart_unclaimed(session, joins);
  session.received = session.acknowledged = 0;
  session.sent.clear();
  session.counted_since = session.epoch;
  message::Welcome welcome = make_welcome(session, kind);
  std::vector<message::Joined> following;
  std::vector<Answer> answers;
  std::size_t bytes = welcome.ice_servers.text.size();
  for (const message::Join& join : joins) {
    Membership* present = claimed(session, join);
    std::optional<Error> error =
        present ? check_reentry(*present, join) : check_join(session, join);
    if (!error) {
      const std::uint64_t claim = kind == SessionKind::kRestored ? join.incarnation : 0;
      message::Joined joined = present ? reenter(*present, join) : enter(session, join, claim);
      bytes += hub::roster_bytes(*rosters_.find(join.channel));
      auto& place = bytes <= hub::kRosterBytesMax ? welcome.joined : following;
      place.push_back(std::move(joined));
    } else if (present != nullptr) {
      depart(*present, message::LeaveReason::kDisconnected);
    }
    answers.push_back({&join, std::move(error), present == nullptr});
  }

  outbox_.send(session.connection->socket, HubMessage(std::move(welcome)));
  for (message::Joined& joined : following) outbox_.deliver(session, HubMessage(std::move(joined)));
  deliver_again(session);
  for (const Answer& answer : answers) {
    if (answer.error) {
      refuse_join(session, *answer.join, *answer.error);
    } else if (answer.is_new) {
      announce(session, *answer.join);
    }
  }
  tell_back(session);
}

void Hub::Impl::on_signal(Session& session, const message::SignalTo& signal,
                          std::string_view body) {
  const Membership* sender = session.membership(signal.channel);
  if (sender == nullptr) {
    refuse(session, {ErrorCode::not_in_channel, "You are not in this channel. Join it first.",
                     signal.channel, signal.to, 0});
    return;
  }
  Session* to = sessions_.find(signal.to);
  const Membership* addressee = to == nullptr ? nullptr : to->membership(signal.channel);
  if (addressee == nullptr || addressee == sender) {
    // The same whether the peer is somewhere else or nowhere.
    refuse(session, {ErrorCode::peer_not_found, "This peer is not in the channel.", signal.channel,
                     signal.to, 0});
    return;
  }
  if (addressee->incarnation != signal.incarnation) return;
  const message::SignalFrom header{signal.channel, session.peer, sender->incarnation, {}};
  outbox_.deliver(*to, std::make_shared<const std::string>(write_signal_from(header, body)));
}

}  // namespace partyline
