// What becomes of the path between the two ends: lost, looked for again, or there and of no use.
#include <utility>

#include "client/link.h"

namespace partyline {

void Link::on_connection_state(ConnectionState state) {
  switch (state) {
    case ConnectionState::kConnected:
      connected_ = true;
      if (!repaired_at_ || env_.now >= *repaired_at_ + env_.options.silence_max_ms) {
        failure_told_ = false;
        rebuild_.reset();
      }
      watch_.begin();
      watch_media();
      restart_wanted_ = false;
      restarted_ = false;
      timers_.stop(Timer::kConnect);
      timers_.stop(Timer::kRestart);
      return;
    case ConnectionState::kDisconnected:
      // By now nothing has come for five seconds: this is hardly a moment's trouble.
      connected_ = false;
      timers_.stop(Timer::kStatistics);
      env_.suspicious = true;
      if (restarted_) return;
      if (env_.now < restart_until_) {
        // The far end noticed first, and its restart is under way.
        await_path();
      } else {
        timers_.set(Timer::kRestart, env_.now + env_.options.restart_delay_ms);
      }
      return;
    case ConnectionState::kFailed:
      // After `failed` no browser recovers without help (measured: never in Chromium), and not all
      // do with a restart.
      fail("the path between the two peers failed");
      return;
    case ConnectionState::kNew:
    case ConnectionState::kConnecting:
    case ConnectionState::kClosed:
      return;
  }
}

void Link::restart() {
  restart_wanted_ = true;
  negotiation_needed_ = true;
  await_path();
  negotiate();
}

// One side's restart is both sides'.
void Link::await_path() {
  timers_.stop(Timer::kRestart);
  restart_until_ = env_.now + env_.options.restart_timeout_ms;
  watch_.begin();
  if (connected_) return;
  restarted_ = true;
  timers_.set(Timer::kConnect, env_.now + env_.options.restart_timeout_ms);
}

// ---- what goes over it ----

void Link::watch_media() {
  if (!connected_ || timers_.running(Timer::kStatistics)) return;
  if (remote_media_.empty() && lines_.bindings().empty()) return;
  // All links at once, so that a page wakes up once for them.
  const std::int64_t interval = env_.options.statistics_interval_ms.value;
  timers_.set(Timer::kStatistics, TimeMs{(env_.now.value / interval + 1) * interval});
}

void Link::on_statistics(const input::StatisticsRead& read, const std::vector<Mid>& expected) {
  if (!connected_) return;
  const bool was_silent = watch_.silent();
  Signal complaint;
  complaint.missing = watch_.observe(env_.now, env_.options, read.lines, expected, reachable());
  if (watch_.silent() && !was_silent) env_.suspicious = true;
  if (!complaint.missing.empty()) send(std::move(complaint));
}

// It may have been said before what was done since could help.
void Link::on_missing(const std::vector<Mid>& missing) {
  if (!connected_ || state_ != LinkState::kStable || !watch_.sends(missing)) return;
  const DurationMs interval = env_.options.repair_interval_ms;
  if (repaired_at_ && env_.now < *repaired_at_ + interval) return;
  // What helped for so long may help again.
  if (repaired_at_ && env_.now >= *repaired_at_ + env_.options.silence_max_ms) repairs_ = 0;
  // Another restart would throw the checks of this one away.
  if (env_.now + env_.options.restart_timeout_ms < restart_until_ + interval) return;
  repaired_at_ = env_.now;
  if (repairs_++ == 0) {
    restart();
  } else {
    fail("packets do not reach the other peer although the path works");
  }
}

// ---- who hears us ----

void Link::set_away(bool away) {
  if (std::exchange(away_, away) && !away) on_reachable();
}

void Link::on_reachable() {
  if (!reachable()) return;
  for (const Timer timer : {Timer::kNegotiation, Timer::kConnect}) {
    if (timers_.running(timer)) timers_.set(timer, env_.now + patience(timer));
  }
  const std::optional<TimeMs> restart = timers_.deadline(Timer::kRestart);
  if (restart && *restart > env_.now + env_.options.network_settle_ms) {
    timers_.set(Timer::kRestart, env_.now + env_.options.restart_delay_ms);
  }
  if (timers_.running(Timer::kRebuild)) {
    timers_.set(Timer::kRebuild, env_.now + env_.random.up_to(env_.options.rebuild_delay_ms));
  }
}

// The path may be gone without a word: nobody waits for `disconnected`, which takes seconds.
void Link::on_network_change() {
  const TimeMs settled = env_.now + env_.options.network_settle_ms;
  if (timers_.running(Timer::kRebuild)) timers_.set(Timer::kRebuild, settled);
  if (connection_ && !remote_ufrags_.empty()) timers_.set(Timer::kRestart, settled);
}

}  // namespace partyline
