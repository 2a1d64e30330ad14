// Asks the application for a newer token while the present one still works, as often as it takes,
// with waits that grow. A call notices nothing of it.
#pragma once

#include <optional>
#include <string_view>

#include "client/backoff.h"
#include "client/environment.h"

namespace partyline {

class TokenRefresh {
 public:
  explicit TokenRefresh(Environment& env)
      : env_(env),
        backoff_(env.options.reconnect.min_delay_ms, env.options.reconnect.max_delay_ms) {}

  // The present token ends soon.
  void begin() {
    if (!request_ && !due_) ask();
  }
  // The application has answered, or the socket is gone.
  void end() {
    request_.reset();
    due_.reset();
    backoff_.reset();
  }
  // Whether it is an answer to what was asked here.
  [[nodiscard]] bool awaits(OperationId operation) const { return request_ == operation; }
  void fail(std::string_view why) {
    request_.reset();
    due_ = env_.now + backoff_.next(env_.random) + env_.options.reconnect.min_delay_ms;
    env_.log(output::Log::Level::kWarning, std::string(why));
  }
  void on_time() {
    if (!due_ || env_.now < *due_) return;
    if (request_) {
      fail("tokenProvider did not answer in time");
    } else {
      ask();
    }
  }
  [[nodiscard]] std::optional<TimeMs> next_wakeup() const { return due_; }

 private:
  void ask() {
    request_ = env_.new_operation();
    due_ = env_.now + env_.options.connect_timeout_ms;
    env_.emit(output::RequestToken{*request_, TokenReason::kExpiring});
  }

  Environment& env_;
  Backoff backoff_;
  std::optional<OperationId> request_;
  // When the answer must be there, or when to ask again.
  std::optional<TimeMs> due_;
};

}  // namespace partyline
