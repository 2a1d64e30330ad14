// Structured logs: one JSON object a line on stderr, for machines first and legible to people.
//
// Nothing that grants access is ever handed in here: no key, no token, no query string.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "partyline/hub.h"

namespace partyline::endpoint {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

using LogFields = std::vector<std::pair<std::string, std::string>>;

// Sets from which level on lines are written. Everything before the first call is at `info`.
void set_log_level(LogLevel level);

// Whether a line of this level would be written, for fields that cost something to make.
[[nodiscard]] bool logs(LogLevel level);

// Writes one line: time, level, event, then the fields. Never throws. `event` is stable and in
// snake_case.
void log_event(LogLevel level, std::string_view event, const LogFields& fields = {}) noexcept;

// What the hub wants to have said.
void log_hub(const hub_output::Log& entry) noexcept;

}  // namespace partyline::endpoint
