#include "client/signalling.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "client/check.h"
#include "partyline/limits.h"

namespace partyline {

namespace {

// An endpoint that asks for more patience is asked again all the same.
constexpr DurationMs kToldDelayMax{60'000};

constexpr const char* kNoToken = "tokenProvider returned no token";
constexpr const char* kSameToken =
    "tokenProvider returned the same token again: it must make another one";

// Of a JWT there are no other characters. What a backend answers when it is down often has some,
// and an endpoint would have to take it for an attack.
bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= limits::kCredentialBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

// Meanwhile the endpoint asks the other page that has this identity: it has two seconds.
constexpr DurationMs kContestedDelay{1'000};

LineState public_state(SignallingState state, bool was_ready, bool waiting_before) {
  switch (state) {
    case SignallingState::kIdle:
      return LineState::kIdle;
    case SignallingState::kAwaitingToken:
    case SignallingState::kOpening:
    case SignallingState::kAwaitingWelcome:
      return was_ready || waiting_before ? LineState::kReconnecting : LineState::kConnecting;
    case SignallingState::kReady:
      return LineState::kConnected;
    case SignallingState::kWaiting:
    case SignallingState::kOffline:
      return LineState::kReconnecting;
    case SignallingState::kClosed:
      return LineState::kClosed;
  }
  return LineState::kClosed;
}

// What a close code says: where it is none of ours, that the connection was lost.
ErrorCode close_error(std::uint16_t code) {
#define PARTYLINE_CASE(name, number, retryable) \
  if (number != 0 && code == number) return ErrorCode::name;
  PARTYLINE_ERROR_CODES(PARTYLINE_CASE)
#undef PARTYLINE_CASE
  return ErrorCode::endpoint_unreachable;
}

}  // namespace

bool is_loopback_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return false;
  std::string_view host = url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  if (host.starts_with('[')) return host.starts_with("[::1]");
  host = host.substr(0, host.rfind(':'));
  return host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.");
}

Signalling::Signalling(Environment& env)
    : env_(env),
      backoff_(env.options.reconnect.min_delay_ms, env.options.reconnect.max_delay_ms),
      refresh_(env) {}

bool Signalling::is_current(SocketId socket) const {
  return socket_ == socket &&
         (state_ == SignallingState::kOpening || state_ == SignallingState::kAwaitingWelcome ||
          state_ == SignallingState::kReady);
}

const std::string& Signalling::endpoint() const {
  return env_.options.endpoints[endpoint_index_ % env_.options.endpoints.size()];
}

bool Signalling::paused_by_host() const { return !online_ && !is_loopback_url(endpoint()); }

// The one writer of the state. The application is told when what it sees has changed, and on each
// new wait, since that has a new delay.
void Signalling::set_state(SignallingState next, std::string_view code, const std::string& reason,
                           std::optional<DurationMs> retry_in) {
  PARTYLINE_CHECK(allows(kSignallingTransitions, state_, next));
  state_ = next;
  const bool waited = told_ == LineState::kReconnecting;
  const LineState now_told = public_state(next, was_ready_, waited);
  if (now_told == told_ && !retry_in) return;
  env_.emit(output::LineStateChanged{told_, now_told, std::string(code), reason, retry_in});
  told_ = now_told;
}

void Signalling::start() {
  if (state_ == SignallingState::kIdle) attempt();
}

void Signalling::attempt() {
  timers_.stop(Timer::kRetry);
  start_give_up_timer();
  if (env_.options.key.empty() && token_.empty()) {
    token_request_ = env_.new_operation();
    set_state(SignallingState::kAwaitingToken, "", "");
    timers_.set(Timer::kConnect, env_.now + env_.options.connect_timeout_ms);
    env_.emit(output::RequestToken{*token_request_, token_reason_});
    return;
  }
  open_socket();
}

void Signalling::start_give_up_timer() {
  const DurationMs patience = env_.options.reconnect.give_up_after_ms;
  const bool endless = patience == DurationMs{std::numeric_limits<std::int64_t>::max()};
  if (!endless && !timers_.running(Timer::kGiveUp)) {
    timers_.set(Timer::kGiveUp, env_.now + patience);
  }
}

void Signalling::open_socket() {
  socket_ = env_.new_socket();
  set_state(SignallingState::kOpening, "", "");
  timers_.set(Timer::kConnect, env_.now + env_.options.connect_timeout_ms);
  env_.emit(output::OpenSocket{socket_, endpoint()});
}

void Signalling::on_token_expiring() {
  if (env_.options.key.empty()) refresh_.begin();
}

void Signalling::on_token(OperationId operation, std::string token) {
  if (refresh_.awaits(operation)) {
    if (!is_token(token)) return refresh_.fail(kNoToken);
    if (token == token_) return refresh_.fail(kSameToken);
    refresh_.end();
    token_ = std::move(token);
    env_.send_unnumbered(message::Token{token_});
    return;
  }
  if (state_ != SignallingState::kAwaitingToken || token_request_ != operation) return;
  token_request_.reset();
  if (!is_token(token)) {
    wait_for_retry(error_name(ErrorCode::token_refused), kNoToken);
    return;
  }
  if (token == refused_token_) {
    wait_for_retry(error_name(ErrorCode::token_refused), kSameToken);
    return;
  }
  token_ = std::move(token);
  token_is_new_ = true;
  open_socket();
}

void Signalling::on_token_failed(OperationId operation, const std::string& text) {
  if (refresh_.awaits(operation)) return refresh_.fail("tokenProvider failed: " + text);
  if (state_ != SignallingState::kAwaitingToken || token_request_ != operation) return;
  token_request_.reset();
  wait_for_retry(error_name(ErrorCode::token_refused), "tokenProvider failed: " + text);
}

void Signalling::on_socket_opened(SocketId socket, std::vector<message::Join> joins) {
  if (state_ != SignallingState::kOpening || socket_ != socket) return;
  message::Hello hello;
  hello.version = limits::kProtocolVersion;
  hello.key = env_.options.key;
  if (hello.key.empty()) hello.token = token_;
  hello.client = env_.options.client;
  hello.resume = env_.session.resume();
  hello.joins = std::move(joins);
  set_state(SignallingState::kAwaitingWelcome, "", "");
  env_.emit(output::SendFrame{socket_, write_message(hello)});
}

bool Signalling::on_welcome(const message::Welcome& welcome) {
  if (!env_.session.welcome(welcome)) {
    env_.session.lose_count();
    abandon("the endpoint counts frames that are not there");
    return false;
  }
  timers_.stop(Timer::kConnect);
  timers_.stop(Timer::kGiveUp);
  env_.ready = true;
  env_.socket = socket_;
  env_.me = welcome.peer;
  heartbeat_ = welcome.heartbeat_ms;
  ready_since_ = env_.now;
  told_to_wait_.reset();
  failures_ = 0;
  was_ready_ = true;
  token_reason_ = TokenReason::kExpiring;
  refused_token_.clear();
  hear();
  on_spread(welcome.spread_ms);
  env_.emit(output::Identified{welcome.peer});
  set_state(SignallingState::kReady, "", "");
  env_.session.unacknowledged().for_each([this](std::uint64_t seq, const std::string& text) {
    env_.emit(output::SendFrame{socket_, write_numbered(seq, text)});
  });
  return true;
}

void Signalling::on_spread(DurationMs spread) { spread_ = std::min(spread, kToldDelayMax); }

void Signalling::on_numbered_frame(std::size_t bytes) {
  if (env_.session.untold() >= limits::kAckFrames || bytes >= kAckAtOnceBytes) {
    acknowledge();
  } else if (!timers_.running(Timer::kAck)) {
    timers_.set(Timer::kAck, env_.now + env_.options.ack_delay_ms);
  }
}

void Signalling::acknowledge() {
  timers_.stop(Timer::kAck);
  if (env_.session.untold() != 0) env_.send_unnumbered(env_.session.tell());
}

void Signalling::on_ack(const message::Ack& ack) {
  if (env_.session.acknowledge(ack.received)) return;
  env_.session.lose_count();
  abandon("the endpoint counts frames that are not there");
}

void Signalling::on_goodbye(const message::Goodbye& goodbye) {
  told_to_wait_ = std::min(goodbye.retry_in_ms, kToldDelayMax);
}

void Signalling::on_frame(SocketId socket) {
  if (is_current(socket) && state_ == SignallingState::kReady) hear();
}

void Signalling::hear() {
  asked_again_ = false;
  heard_at_ = env_.now;
  timers_.stop(Timer::kPong);
  timers_.set(Timer::kPing, env_.now + heartbeat_);
}

void Signalling::probe(DurationMs timeout) {
  const TimeMs deadline = env_.now + timeout;
  const std::optional<TimeMs> present = timers_.deadline(Timer::kPong);
  timers_.stop(Timer::kPing);
  timers_.set(Timer::kPong, present && *present < deadline ? *present : deadline);
  env_.send_unnumbered(message::Ping{});
}

void Signalling::on_socket_closed(SocketId socket, std::uint16_t code, std::string reason) {
  if (is_current(socket)) lose(code, reason);
}

void Signalling::abandon(const std::string& detail) {
  if (!is_current(socket_)) return;
  env_.log(output::Log::Level::kWarning, "giving the socket up: " + detail);
  replace_socket(ErrorCode::protocol_error, detail);
}

// What the end of a socket says about the endpoint: one that held is asked again soon, one that
// never welcomed us not before the others, which have their turn at once: only a round among all of
// them is worth a longer wait.
void Signalling::judge_endpoint() {
  if (state_ != SignallingState::kReady) {
    ++endpoint_index_;
    soon_ = ++failures_ % env_.options.endpoints.size() != 0;
  } else if (env_.now - ready_since_ >= env_.options.stable_after_ms) {
    backoff_.reset();
  }
}

// The socket is of no use any more. Browsers close with 1000, which would say that we do not come
// back, or codes from 3000 on, and refuse all others.
void Signalling::replace_socket(ErrorCode why, const std::string& detail) {
  judge_endpoint();
  const std::uint16_t code = close_code(why);
  drop_socket(code != 0 ? code : close_code(ErrorCode::heartbeat_timeout), "");
  wait_for_retry(error_name(why), detail);
}

// The socket is gone: what next is in the code.
void Signalling::lose(std::uint16_t code, const std::string& reason) {
  const bool ready = state_ == SignallingState::kReady;
  const RetryPolicy policy = retry_policy(code);
  stop_socket_timers();
  // An endpoint that looks at tokens is there, and gets another one before the others have a turn;
  // but not for ever, if it refuses those that are just made.
  const bool wants_another = policy == RetryPolicy::kNewToken &&
                             (token_reason_ != TokenReason::kRefused || !token_is_new_);
  const bool contested = code == close_code(ErrorCode::identity_contested);
  if (ready || !(wants_another || contested)) judge_endpoint();
  std::string text = reason;
  if (text.empty()) {
    text = ready ? "the connection to the endpoint was lost" : "the endpoint could not be reached";
  }

  switch (policy) {
    case RetryPolicy::kNever:
      end(Error{close_error(code), text});
      return;
    case RetryPolicy::kNewToken:
      if (!env_.options.key.empty()) {
        end(Error{close_error(code), text});
        return;
      }
      refused_token_ = std::exchange(token_, {});
      soon_ = wants_another;
      token_reason_ = TokenReason::kRefused;
      wait_for_retry(error_name(close_error(code)), text);
      return;
    case RetryPolicy::kRetryNow:
    case RetryPolicy::kRetryWithBackoff:
      if (contested) {
        soon_ = true;
        told_to_wait_ = kContestedDelay;
      }
      wait_for_retry(error_name(close_error(code)), text, told_to_wait_);
      return;
  }
}

void Signalling::wait_for_retry(std::string_view code, const std::string& reason,
                                std::optional<DurationMs> at_least) {
  timers_.stop(Timer::kConnect);
  told_to_wait_.reset();
  start_give_up_timer();
  token_is_new_ = false;
  const bool soon = std::exchange(soon_, false);
  // After a wait all endpoints are asked again.
  if (!soon) failures_ = 0;
  if (paused_by_host()) {
    set_state(SignallingState::kOffline, code, reason);
    return;
  }
  DurationMs delay =
      soon ? env_.random.up_to(env_.options.reconnect.min_delay_ms) : backoff_.next(env_.random);
  // All who lost a large endpoint together come back over the time that it asked for.
  if (was_ready_ && delay < spread_) delay = env_.random.up_to(spread_);
  // A restarting endpoint told everybody the same delay: spread over as long again.
  if (at_least) delay = *at_least + env_.random.up_to(*at_least) + delay;
  timers_.set(Timer::kRetry, env_.now + delay);
  set_state(SignallingState::kWaiting, code, reason, delay);
}

void Signalling::on_online() {
  const bool was_online = std::exchange(online_, true);
  if (state_ == SignallingState::kOffline || state_ == SignallingState::kWaiting) {
    attempt();
  } else if (state_ != SignallingState::kReady) {
    return;
  } else if (was_online || is_loopback_url(endpoint())) {
    probe(env_.options.probe_timeout_ms);
  } else {
    // What was opened on the network that went is dead as a rule, and does not say so.
    replace_socket(ErrorCode::heartbeat_timeout, "the network is another one");
    attempt();
  }
}

void Signalling::on_offline() {
  online_ = false;
  if (state_ == SignallingState::kWaiting && paused_by_host()) {
    timers_.stop(Timer::kRetry);
    set_state(SignallingState::kOffline, "", "the browser is offline");
  } else if (state_ == SignallingState::kReady) {
    probe(env_.options.pong_timeout_ms);
  }
}

// A socket may have died meanwhile, and what is waited for may have passed: look now, but do not
// wait less than after a first failure. Pages become visible as often as somebody looks at them.
void Signalling::on_resumed() {
  if (state_ == SignallingState::kReady) {
    probe(env_.options.probe_timeout_ms);
  } else if (state_ == SignallingState::kWaiting) {
    const TimeMs soon = env_.now + env_.random.up_to(env_.options.reconnect.min_delay_ms);
    if (soon < timers_.deadline(Timer::kRetry).value_or(soon)) timers_.set(Timer::kRetry, soon);
  }
}

void Signalling::suspect() {
  if (state_ != SignallingState::kReady) return;
  if (env_.now < heard_at_ + env_.options.statistics_interval_ms) return;
  probe(env_.options.suspicion_timeout_ms);
}

void Signalling::retry_now() {
  if (state_ == SignallingState::kOffline || state_ == SignallingState::kWaiting) attempt();
}

void Signalling::step_out() {
  if (!is_current(socket_)) return;
  drop_socket(1000, "");
  env_.session.left();
  wait_for_retry("", "the page was left");
}

// All but kGiveUp, which runs from the loss of the connection through every attempt.
void Signalling::stop_socket_timers() {
  if (env_.ready) env_.session.socket_lost(env_.now);
  env_.ready = false;
  refresh_.end();
  timers_.stop(Timer::kConnect);
  timers_.stop(Timer::kRetry);
  timers_.stop(Timer::kPing);
  timers_.stop(Timer::kPong);
  timers_.stop(Timer::kAck);
}

void Signalling::drop_socket(std::uint16_t code, const std::string& reason) {
  stop_socket_timers();
  env_.emit(output::CloseSocket{socket_, code, reason});
}

void Signalling::end(Error error) {
  timers_.stop_all();
  set_state(SignallingState::kClosed, error_name(error.code), error.detail);
  env_.emit(output::LineError{error});
  fatal_ = std::move(error);
}

void Signalling::close() {
  if (state_ == SignallingState::kClosed) return;
  if (is_current(socket_)) drop_socket(1000, "");
  timers_.stop_all();
  set_state(SignallingState::kClosed, "", "closed by the application");
}

void Signalling::on_time() {
  refresh_.on_time();
  if (timers_.take(Timer::kGiveUp, env_.now)) {
    if (is_current(socket_)) drop_socket(1000, "");
    end(Error{ErrorCode::gave_up, "the endpoint was not reached within reconnect.giveUpAfterMs"});
    return;
  }
  if (timers_.take(Timer::kRetry, env_.now)) attempt();
  if (timers_.take(Timer::kConnect, env_.now)) {
    if (state_ == SignallingState::kAwaitingToken) {
      token_request_.reset();
      wait_for_retry(error_name(ErrorCode::token_refused), "tokenProvider did not answer in time");
    } else {
      replace_socket(ErrorCode::endpoint_unreachable,
                     state_ == SignallingState::kAwaitingWelcome
                         ? "the endpoint did not answer in time"
                         : "the endpoint could not be reached in time");
    }
  }
  if (timers_.take(Timer::kAck, env_.now)) acknowledge();
  if (timers_.take(Timer::kPing, env_.now)) probe(env_.options.pong_timeout_ms);
  const std::optional<TimeMs> pong = timers_.deadline(Timer::kPong);
  if (timers_.take(Timer::kPong, env_.now)) {
    // A timer that comes far too late tells of a page that slept, not of a silent endpoint: ask
    // again before giving up, since the answer may be waiting behind this very timer. But only
    // once: in a page that is hidden for long every timer is that late.
    if (!asked_again_ && env_.now - *pong >= env_.options.probe_timeout_ms) {
      asked_again_ = true;
      probe(env_.options.probe_timeout_ms);
      return;
    }
    replace_socket(ErrorCode::heartbeat_timeout, "the endpoint fell silent");
  }
}

}  // namespace partyline
