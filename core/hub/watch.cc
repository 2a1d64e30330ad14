// What a socket may cost: how long it may be silent, and how fast it may talk.
//
// Each socket has one deadline, the earliest of
//   opened + hello_timeout      until it is welcomed       then: close, hello_timeout
//   last_heard + silence_timeout  unless reading is paused   then: close, heartbeat_timeout
//   when its buckets recover    while reading is paused    then: resume
//   ack_due                     while frames are to be acknowledged
//   ticket_renewal              of its session             then: another ticket
//   token_deadline               of its session             then: asked for another, or closed
//   relay_renewal               of its session             then: other credentials for relays
#include <algorithm>
#include <limits>

#include "hub/impl.h"

namespace partyline {
namespace {

// Options may say "never" with the largest value.
TimeMs later(TimeMs time, DurationMs span) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  if (time.value > 0 && span.value > kMax - time.value) return {kMax};
  return time + span;
}

}  // namespace

DurationMs Hub::Impl::until_ready(Connection& connection) const {
  return std::max({connection.frames.until_ready(now_), connection.bytes.until_ready(now_),
                   connection.fanout.until_ready(now_)});
}

void Hub::Impl::charge(Connection& connection, std::size_t bytes, std::size_t written) {
  connection.frames.take(now_, 1);
  connection.bytes.take(now_, bytes);
  const auto most = static_cast<std::uint64_t>(options_.fanout_pause_max_ms.value) *
                    options_.fanout_bytes_per_second / 1000;
  connection.fanout.take(now_, std::min(written, static_cast<std::size_t>(most)));
  if (connection.paused) return;  // it was on its way already
  if (!connection.frames.overdrawn() && !connection.bytes.overdrawn() &&
      !connection.fanout.overdrawn()) {
    return;
  }
  connection.paused = true;
  outbox_.push(hub_output::PauseReading{connection.socket});
  outbox_.log(hub_output::Log::Level::kDebug, "reading_paused",
              {{"socket", std::to_string(connection.socket.value)}});
  watch(connection);
}

void Hub::Impl::watch(Connection& connection) {
  TimeMs time{std::numeric_limits<std::int64_t>::max()};
  if (connection.paused) {
    time = now_ + until_ready(connection);
  } else {
    time = later(connection.last_heard, options_.silence_timeout_ms);
  }
  if (connection.session == nullptr) {
    time = std::min(time, later(connection.opened, options_.hello_timeout_ms));
  }
  if (connection.ack_due) time = std::min(time, *connection.ack_due);
  if (connection.session != nullptr && tickets_.enabled()) {
    time = std::min(time, connection.session->ticket_renewal);
  }
  if (connection.session != nullptr) {
    time = std::min(time, token_deadline(*connection.session).value_or(time));
  }
  if (connection.session != nullptr && connection.session->relay_renewal) {
    time = std::min(time, *connection.session->relay_renewal);
  }
  deadlines_.at_latest(connection.socket, time);
}

void Hub::Impl::look_at(Connection& connection) {
  if (connection.session == nullptr &&
      now_ >= later(connection.opened, options_.hello_timeout_ms)) {
    close(connection, ErrorCode::hello_timeout, "The client said no hello in time.");
    return;
  }
  if (connection.paused && until_ready(connection).value == 0) {
    connection.paused = false;
    // It could not be heard meanwhile.
    connection.last_heard = now_;
    outbox_.push(hub_output::ResumeReading{connection.socket});
  }
  if (!connection.paused && now_ >= later(connection.last_heard, options_.silence_timeout_ms)) {
    close(connection, ErrorCode::heartbeat_timeout,
          "Nothing was heard of the client for too long.");
    return;
  }
  if (connection.ack_due && now_ >= *connection.ack_due) acknowledge(connection);
  if (connection.session != nullptr) {
    if (!look_at_token(connection)) return;
    renew_ticket(*connection.session);
    renew_relays(*connection.session);
  }
  watch(connection);
}

void Hub::Impl::handle(const hub_input::Wakeup&) {
  for (const SocketId socket : deadlines_.take_due(now_)) {
    if (Connection* connection = find_open(socket)) look_at(*connection);
  }
  for (const PeerId& peer : session_deadlines_.take_due(now_)) {
    if (Session* session = sessions_.find(peer)) look_at_session(*session);
  }
}

}  // namespace partyline
