// Sessions outlive their sockets: a hello finds its own again, frame by frame where that is
// possible, and with the whole state where it is not.
#include <algorithm>
#include <utility>

#include "hub/impl.h"
#include "partyline/limits.h"
#include "session/numbering.h"

namespace partyline {

using hub::Session;
using hub::TicketClaims;
using message::SessionKind;
using Level = hub_output::Log::Level;

// ---- a hello ----

SessionKind Hub::Impl::find_session(Connection& connection, const message::Hello& hello,
                                    const KeyOptions& key) {
  std::optional<TicketClaims> claims = valid_claims(hello, key);
  Session* session = claims ? sessions_.find(claims->peer) : nullptr;
  if (session != nullptr && hello.resume->fresh && session->connection != nullptr &&
      key.same_identity == SameIdentity::kAllow) {
    claims.reset();
    session = nullptr;
  }
  if (session != nullptr) {
    take_over(*session, connection);
    session->epoch = std::max(session->epoch, claims->epoch) + 1;
    session->epoch_used = claims->epoch;
    const bool complete = claims->epoch >= session->counted_since && !hello.resume->fresh &&
                          hello.resume->received &&
                          session->sent.reaches_back_to(*hello.resume->received);
    if (complete) return SessionKind::kResumed;
    return session->restored ? SessionKind::kRestored : SessionKind::kResynced;
  }
  session = add_session(claims ? claims->peer : connection.peer, key);
  if (session == nullptr) return SessionKind::kNew;
  sessions_.attach(*session, connection);
  if (!claims) return SessionKind::kNew;
  // Tickets of the session that has ended may be newer than this one, and none of them is to resume
  // what is counted from now on: its epochs begin above all of them.
  session->epoch = std::max(claims->epoch, static_cast<std::uint64_t>(now_.value)) + 1;
  session->epoch_used = claims->epoch;
  // A ticket of this very process whose session is gone: the others were told that it left.
  session->restored = claims->run != tickets_.run();
  return session->restored ? SessionKind::kRestored : SessionKind::kNew;
}

std::optional<TicketClaims> Hub::Impl::valid_claims(const message::Hello& hello,
                                                    const KeyOptions& key) {
  if (!hello.resume) return std::nullopt;
  std::optional<TicketClaims> claims = tickets_.open(now_, hello.resume->ticket);
  std::string_view problem;
  if (!claims) {
    problem = "not signed here, or expired";
  } else if (claims->key != key.id) {
    problem = "of another key";
  } else if (const Session* session = sessions_.find(claims->peer);
             session != nullptr && claims->epoch < session->epoch_used) {
    problem = "used up";
  } else {
    return claims;
  }
  outbox_.log(Level::kInfo, "ticket_refused", {{"reason", std::string(problem)}});
  return std::nullopt;
}

// Only an answer shows that the other page is there: a socket may be open and dead, and often is
// when a page is loaded anew, and what a page sent before it ended may come late. The newcomer
// comes back meanwhile.
std::optional<Error> Hub::Impl::check_identity(const message::Hello& hello, const KeyOptions& key) {
  if (key.same_identity != SameIdentity::kReject || !hello.resume || !hello.resume->fresh) {
    return std::nullopt;
  }
  const std::optional<TicketClaims> claims = valid_claims(hello, key);
  Session* session = claims ? sessions_.find(claims->peer) : nullptr;
  if (session == nullptr || session->connection == nullptr) return std::nullopt;
  const DurationMs patience = options_.identity_answer_ms;
  if (session->answered && now_ <= *session->asked + patience + patience) {
    return Error{ErrorCode::identity_in_use,
                 "Another page has this identity and is in use. Close it, or go on there."};
  }
  if (!session->asked || session->answered) {
    session->asked = now_;
    session->answered = false;
    outbox_.send(session->connection->socket, HubMessage(message::Ping{}));
  } else if (now_ >= *session->asked + patience) {
    return std::nullopt;
  }
  return Error{ErrorCode::identity_contested,
               "Another page has this identity. The endpoint asks it whether it is still there."};
}

// A client gives a socket up before it opens another one, so nobody waits any more for the answer
// to a hello on an older socket than the session's latest: it was under way for long. Its ticket
// may be as good as that of the newer hello, while that one's welcome is not known to have come.
// (Another page that was handed the ticket comes back, with a newer socket.)
std::optional<Error> Hub::Impl::check_order(const Connection& connection,
                                            const message::Hello& hello) const {
  if (!hello.resume) return std::nullopt;
  const std::optional<TicketClaims> claims = tickets_.open(now_, hello.resume->ticket);
  const Session* session = claims ? sessions_.find(claims->peer) : nullptr;
  if (session == nullptr || session->order <= connection.order) return std::nullopt;
  return Error{ErrorCode::hello_timeout, "A newer socket has said hello for this session."};
}

Session* Hub::Impl::add_session(const PeerId& peer, const KeyOptions& key) {
  auto session = std::make_unique<Session>(
      Session{peer, &key, {options_.replay_frames_max, options_.replay_bytes_max}, nullptr, {}});
  return sessions_.add(std::move(session));
}

// Its present socket, if it still has one, is dead or of a page that has handed over.
void Hub::Impl::take_over(Session& session, Connection& connection) {
  if (Connection* before = session.connection) {
    before->closing = true;
    deadlines_.forget(before->socket);
    sessions_.detach(session);
    outbox_.close(before->socket, ErrorCode::session_taken,
                  "This session goes on over another socket.");
  }
  session_deadlines_.forget(session.peer);
  session.asked.reset();
  session.answered = false;
  sessions_.attach(session, connection);
}

message::Welcome Hub::Impl::make_welcome(Session& session, SessionKind kind) {
  message::Welcome welcome{
      session.peer, options_.heartbeat_ms, ice_servers(session), options_.software, {}};
  welcome.session = kind;
  welcome.ticket = new_ticket(session);
  if (!welcome.ticket.empty()) welcome.hold_ms = options_.hold_ms;
  welcome.spread_ms = return_spread();
  return welcome;
}

// Over how long those who are here would have to come back. In steps, so that few know another.
DurationMs Hub::Impl::return_spread() const {
  constexpr std::int64_t kStepMs = 100;
  const std::size_t rate = std::max<std::size_t>(1, options_.returns_per_second);
  return DurationMs{static_cast<std::int64_t>(sessions_.size() * 1000 / rate) / kStepMs * kStepMs};
}

std::string Hub::Impl::new_ticket(Session& session) {
  session.ticket_renewal = now_ + DurationMs{options_.ticket_lifetime_ms.value / 2};
  return tickets_.issue(now_, session.peer, session.key->id, session.epoch);
}

void Hub::Impl::renew_ticket(Session& session) {
  if (!tickets_.enabled() || now_ < session.ticket_renewal) return;
  ++session.epoch;
  outbox_.send(session.connection->socket, HubMessage(message::Ticket{new_ticket(session)}));
}

JsonText Hub::Impl::ice_servers(Session& session) {
  session.relay_renewal.reset();
  if (!relays_.enabled() || !session.key->may_relay) return options_.ice_servers;
  session.relay_renewal = now_ + relays_.renewal();
  return relays_.servers_for(now_, session.peer);
}

void Hub::Impl::renew_relays(Session& session) {
  if (!session.relay_renewal || now_ < *session.relay_renewal) return;
  outbox_.send(session.connection->socket, HubMessage(message::IceServers{ice_servers(session)}));
}

// ---- frame by frame ----

void Hub::Impl::resume(Session& session, std::uint64_t client_has) {
  const SocketId socket = session.connection->socket;
  message::Welcome welcome = make_welcome(session, SessionKind::kResumed);
  welcome.received = session.acknowledged = session.received;
  outbox_.send(socket, HubMessage(std::move(welcome)));
  // reaches_back_to() was asked before.
  static_cast<void>(session.sent.acknowledge(client_has));
  on_received(session, client_has);
  session.sent.for_each([&](std::uint64_t seq, const hub::FrameText& text) {
    outbox_.send(socket, hub::number(seq, *text));
  });
  tell_back(session);
}

bool Hub::Impl::is_new(Connection& connection, const ClientFrame& frame) {
  switch (judge_arrival(frame.seq, connection.session->received)) {
    case Arrival::kUnnumbered:
      return true;
    case Arrival::kNext:
      count(connection, frame.body.size());
      return true;
    case Arrival::kAgain:
      return false;
    case Arrival::kGap:
      close(connection, ErrorCode::out_of_step, "Frames of the client are missing.");
      return false;
  }
  return false;
}

void Hub::Impl::count(Connection& connection, std::size_t bytes) {
  Session& session = *connection.session;
  ++session.received;
  if (session.received - session.acknowledged >= limits::kAckFrames || bytes >= kAckAtOnceBytes) {
    acknowledge(connection);
  } else if (!connection.ack_due) {
    connection.ack_due = now_ + options_.ack_delay_ms;
    deadlines_.at_latest(connection.socket, *connection.ack_due);
  }
}

void Hub::Impl::acknowledge(Connection& connection) {
  Session& session = *connection.session;
  connection.ack_due.reset();
  if (session.acknowledged == session.received) return;
  session.acknowledged = session.received;
  outbox_.send(connection.socket, HubMessage(message::Ack{session.received}));
}

void Hub::Impl::on_message(Connection& connection, const message::Ack& ack) {
  if (connection.session->sent.acknowledge(ack.received)) {
    on_received(*connection.session, ack.received);
    return;
  }
  // It comes back with this count, and is told the state.
  close(connection, ErrorCode::out_of_step, "More frames are acknowledged than were sent.");
}

// ---- without a socket ----

void Hub::Impl::hold_or_end(Session& session) {
  sessions_.detach(session);
  const bool has_room = sessions_.held() <= options_.connections_max &&
                        sessions_.held_at(session.address) <= options_.connections_per_address_max;
  if (!has_room || !tickets_.enabled() || options_.hold_ms.value == 0 ||
      session.memberships.empty()) {
    end_session(session, message::LeaveReason::kDisconnected);
    return;
  }
  session.lost = now_;
  watch_session(session);
}

void Hub::Impl::end_session(Session& session, message::LeaveReason reason) {
  while (!session.memberships.empty()) depart(*session.memberships.front(), reason);
  session_deadlines_.forget(session.peer);
  sessions_.remove(session);
}

void Hub::Impl::watch_session(const Session& session) {
  const TimeMs end = session.lost + options_.hold_ms;
  const TimeMs away = session.lost + options_.away_after_ms;
  session_deadlines_.at_latest(session.peer, session.told_away ? end : std::min(away, end));
}

void Hub::Impl::look_at_session(Session& session) {
  if (now_ >= session.lost + options_.hold_ms) {
    outbox_.log(Level::kInfo, "session_ended", {{"peer", session.peer.value}});
    end_session(session, message::LeaveReason::kDisconnected);
    return;
  }
  if (!session.told_away && now_ >= session.lost + options_.away_after_ms) {
    session.told_away = true;
    for (const auto& membership : session.memberships) {
      outbox_.send_to_others(*membership,
                             message::PeerPresence{membership->channel->name, session.peer, true});
    }
  }
  watch_session(session);
}

void Hub::Impl::tell_back(Session& session) {
  if (!std::exchange(session.told_away, false)) return;
  for (const auto& membership : session.memberships) {
    outbox_.send_to_others(*membership,
                           message::PeerPresence{membership->channel->name, session.peer, false});
  }
}

}  // namespace partyline
