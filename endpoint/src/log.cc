#include "log.h"

#include <chrono>
#include <ctime>
#include <memory>

#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "log_throttle.h"

namespace partyline::endpoint {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      break;
  }
  return spdlog::level::off;
}

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    default:
      return "error";
  }
}

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made = std::make_shared<spdlog::logger>("partyline",
                                                 std::make_shared<spdlog::sinks::stderr_sink_st>());
    // The line is complete JSON already.
    made->set_pattern("%v");
    made->set_level(spdlog::level::info);
    return made;
  }();
  return *instance;
}

// RFC 3339 in UTC, with milliseconds.
std::string timestamp() {
  const auto now = std::chrono::system_clock::now();
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     since.count() % 1000);
}

void write_line(LogLevel level, std::string_view event, const LogFields& fields) {
  nlohmann::ordered_json line;
  line["time"] = timestamp();
  line["level"] = level_name(level);
  line["event"] = event;
  for (const auto& [name, value] : fields) line[name] = value;
  // Bytes of a stranger may be no UTF-8; they are replaced rather than refused.
  logger().log(spdlog_level(level),
               line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

// Whoever wants to see everything gets it.
bool is_throttled() { return !logs(LogLevel::kDebug); }

bool passes_throttle(std::string_view event) {
  static LogThrottle throttle;
  const auto verdict = throttle.judge(event, LogThrottle::Clock::now());
  const std::string name(event);
  if (verdict.left_out > 0) {
    write_line(LogLevel::kInfo, "lines_left_out",
               {{"of", name}, {"lines", std::to_string(verdict.left_out)}});
  }
  if (verdict.begins) {
    write_line(
        LogLevel::kWarning, "lines_left_out",
        {{"of", name}, {"text", "there are too many at once; from now on they are counted"}});
  }
  return verdict.write;
}

}  // namespace

void set_log_level(LogLevel level) { logger().set_level(spdlog_level(level)); }

bool logs(LogLevel level) { return logger().should_log(spdlog_level(level)); }

void log_event(LogLevel level, std::string_view event, const LogFields& fields) noexcept {
  try {
    if (!logs(level)) return;
    if (is_throttled() && !passes_throttle(event)) return;
    write_line(level, event, fields);
  } catch (...) {
    // A line that cannot be written (out of memory) must not stop what it tells about.
    return;
  }
}

void log_hub(const hub_output::Log& entry) noexcept {
  LogLevel level = LogLevel::kInfo;
  if (entry.level == hub_output::Log::Level::kDebug) level = LogLevel::kDebug;
  if (entry.level == hub_output::Log::Level::kWarning) level = LogLevel::kWarning;
  log_event(level, entry.event, entry.fields);
}

}  // namespace partyline::endpoint
