// What a socket may cost: how long it may be silent, and how fast it may talk.
//
// Each socket has one deadline, the earliest of
//   opened + hello_timeout      until it is welcomed       then: close, hello_timeout
//   last_heard + silence_timeout  unless reading is paused   then: close, heartbeat_timeout
//   when its buckets recover    while reading is paused    then: resume
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

DurationMs Hub::Impl::until_ready(TimeMs now, Connection& connection) {
  return std::max(connection.frames.until_ready(now), connection.bytes.until_ready(now));
}

void Hub::Impl::charge(TimeMs now, Connection& connection, std::size_t bytes) {
  connection.frames.take(now, 1);
  connection.bytes.take(now, bytes);
  if (connection.paused) return;  // it was on its way already
  if (!connection.frames.overdrawn() && !connection.bytes.overdrawn()) return;
  connection.paused = true;
  outbox_.push(hub_output::PauseReading{connection.socket});
  outbox_.log(hub_output::Log::Level::kDebug, "reading_paused",
              {{"socket", std::to_string(connection.socket.value)}});
  watch(now, connection);
}

void Hub::Impl::watch(TimeMs now, Connection& connection) {
  TimeMs time{std::numeric_limits<std::int64_t>::max()};
  if (connection.paused) {
    time = now + until_ready(now, connection);
  } else {
    time = later(connection.last_heard, options_.silence_timeout_ms);
  }
  if (!connection.welcomed) {
    time = std::min(time, later(connection.opened, options_.hello_timeout_ms));
  }
  deadlines_.at_latest(connection.socket, time);
}

void Hub::Impl::look_at(TimeMs now, Connection& connection) {
  if (!connection.welcomed && now >= later(connection.opened, options_.hello_timeout_ms)) {
    close(connection, ErrorCode::hello_timeout, "The client said no hello in time.");
    return;
  }
  if (connection.paused && until_ready(now, connection).value == 0) {
    connection.paused = false;
    // It could not be heard meanwhile.
    connection.last_heard = now;
    outbox_.push(hub_output::ResumeReading{connection.socket});
  }
  if (!connection.paused && now >= later(connection.last_heard, options_.silence_timeout_ms)) {
    close(connection, ErrorCode::heartbeat_timeout,
          "Nothing was heard of the client for too long.");
    return;
  }
  watch(now, connection);
}

void Hub::Impl::handle(TimeMs now, const hub_input::Wakeup&) {
  for (const SocketId socket : deadlines_.take_due(now)) {
    if (Connection* connection = find_open(socket)) look_at(now, *connection);
  }
}

}  // namespace partyline
