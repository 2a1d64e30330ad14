// The signalling machine: one welcomed socket at a time, found again for as long as the line lives.
//
// Rules
//  - Nothing happens before the first wish to join: to make a line costs nothing.
//  - A credential comes first: the key at once, a token from the application.
//  - A socket that is not welcomed in time, or falls silent, is given up and replaced.
//  - Between attempts: full-jitter backoff. While the host is offline the wait has no end and uses
//    up nothing; `online` and retryNow() end any wait at once. A loopback endpoint needs no
//    network, so for it the host's word does not count.
//  - A list of endpoints is gone through quickly, and waited for as a whole.
//  - Close codes carry the policy (error_codes.h); an endpoint that says goodbye names the delay.
//
// Theory: every wait is for something that may never come, so each state but the end states has a
// deadline or an event from outside that ends it. See docs/ARCHITECTURE.md for the diagram.
//
// The session (session.h) outlives the sockets that this machine looks for: it is told of each
// welcome and each loss, and has the frames that are to be sent again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/backoff.h"
#include "client/environment.h"
#include "client/timers.h"
#include "client/token_refresh.h"
#include "client/transitions.h"

namespace partyline {

enum class SignallingState : std::uint8_t {
  kIdle,             // nobody wants a channel yet
  kAwaitingToken,    // the application's tokenProvider is at work
  kOpening,          // a socket was ordered
  kAwaitingWelcome,  // hello was sent
  kReady,            // welcomed
  kWaiting,          // for the next attempt
  kOffline,          // for the host to be online
  kClosed
};

inline constexpr TransitionTable<SignallingState, 25> kSignallingTransitions{{
    {SignallingState::kIdle, SignallingState::kAwaitingToken},
    {SignallingState::kIdle, SignallingState::kOpening},
    {SignallingState::kIdle, SignallingState::kClosed},
    {SignallingState::kAwaitingToken, SignallingState::kOpening},
    {SignallingState::kAwaitingToken, SignallingState::kWaiting},
    {SignallingState::kAwaitingToken, SignallingState::kOffline},
    {SignallingState::kAwaitingToken, SignallingState::kClosed},
    {SignallingState::kOpening, SignallingState::kAwaitingWelcome},
    {SignallingState::kOpening, SignallingState::kWaiting},
    {SignallingState::kOpening, SignallingState::kOffline},
    {SignallingState::kOpening, SignallingState::kClosed},
    {SignallingState::kAwaitingWelcome, SignallingState::kReady},
    {SignallingState::kAwaitingWelcome, SignallingState::kWaiting},
    {SignallingState::kAwaitingWelcome, SignallingState::kOffline},
    {SignallingState::kAwaitingWelcome, SignallingState::kClosed},
    {SignallingState::kReady, SignallingState::kWaiting},
    {SignallingState::kReady, SignallingState::kOffline},
    {SignallingState::kReady, SignallingState::kClosed},
    {SignallingState::kWaiting, SignallingState::kAwaitingToken},
    {SignallingState::kWaiting, SignallingState::kOpening},
    {SignallingState::kWaiting, SignallingState::kOffline},
    {SignallingState::kWaiting, SignallingState::kClosed},
    {SignallingState::kOffline, SignallingState::kAwaitingToken},
    {SignallingState::kOffline, SignallingState::kOpening},
    {SignallingState::kOffline, SignallingState::kClosed},
}};

class Signalling {
 public:
  explicit Signalling(Environment& env);

  // ---- facts and wishes ----
  void start();  // somebody wants to join; legal in any state, without effect but in kIdle
  void on_socket_opened(SocketId socket, std::vector<message::Join> joins);
  void on_frame(SocketId socket);  // any frame is a sign of life
  // Legal while a welcome is awaited. False where it was not to be believed; the socket is given
  // up.
  [[nodiscard]] bool on_welcome(const message::Welcome& welcome);
  void on_numbered_frame(std::size_t bytes);
  void on_ack(const message::Ack& ack);
  void on_goodbye(const message::Goodbye& goodbye);
  void on_socket_closed(SocketId socket, std::uint16_t code, std::string reason);
  void on_token_expiring();
  void on_token(OperationId operation, std::string token);
  void on_token_failed(OperationId operation, const std::string& text);
  void on_online();
  void on_offline();
  void on_resumed();
  // What lost its path may have taken the socket with it: ask, if nothing came for a while.
  void suspect();
  void on_spread(DurationMs spread);
  void retry_now();
  // The page is put aside, and the others are told that we left. on_resumed() brings us back.
  void step_out();
  // What the endpoint said cannot be understood: give the socket up and come back.
  void abandon(const std::string& detail);
  void close();
  void on_time();

  // ---- observed ----
  [[nodiscard]] SignallingState state() const { return state_; }
  [[nodiscard]] bool is_current(SocketId socket) const;
  // Set when the line has ended by itself: the error that every pending call gets.
  [[nodiscard]] const std::optional<Error>& fatal() const { return fatal_; }
  [[nodiscard]] std::optional<TimeMs> next_wakeup() const {
    return earlier(timers_.next(), refresh_.next_wakeup());
  }

 private:
  enum class Timer : std::uint8_t { kConnect, kRetry, kPing, kPong, kAck, kGiveUp, kCount };

  void set_state(SignallingState next, std::string_view code, const std::string& reason,
                 std::optional<DurationMs> retry_in = std::nullopt);
  void attempt();
  void open_socket();
  void lose(std::uint16_t code, const std::string& reason);
  void wait_for_retry(std::string_view code, const std::string& reason,
                      std::optional<DurationMs> at_least = std::nullopt);
  void end(Error error);
  void start_give_up_timer();
  void stop_socket_timers();
  void drop_socket(std::uint16_t code, const std::string& reason);
  void replace_socket(ErrorCode why, const std::string& detail);
  void judge_endpoint();
  void probe(DurationMs timeout);
  void hear();
  void acknowledge();
  [[nodiscard]] bool paused_by_host() const;
  [[nodiscard]] const std::string& endpoint() const;

  Environment& env_;
  Backoff backoff_;
  Timers<Timer> timers_;
  SignallingState state_ = SignallingState::kIdle;
  LineState told_ = LineState::kIdle;
  std::optional<Error> fatal_;

  SocketId socket_;
  std::optional<OperationId> token_request_;
  TokenReason token_reason_ = TokenReason::kFirst;
  TokenRefresh refresh_;
  std::string token_;
  std::string refused_token_;  // since the last welcome
  bool token_is_new_ = false;  // no attempt with it has failed
  std::size_t endpoint_index_ = 0;
  std::size_t failures_ = 0;  // to be welcomed, since the last time
  bool soon_ = false;         // the next wait is no longer than after a first failure
  bool online_ = true;
  bool was_ready_ = false;
  bool asked_again_ = false;  // the present silence was excused once
  TimeMs ready_since_;
  TimeMs heard_at_;
  DurationMs heartbeat_;
  std::optional<DurationMs> told_to_wait_;
  DurationMs spread_;
};

// Whether the URL leads to this very machine, for which being "offline" means nothing.
[[nodiscard]] bool is_loopback_url(std::string_view url);

}  // namespace partyline
