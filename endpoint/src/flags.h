// The command line. Flags win over the configuration file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config.h"

namespace partyline::endpoint {

struct Startup {
  Config config;
  bool check_only = false;
  // Set when the program is to end at once: after --help, or because of a mistake.
  std::optional<int> exit_code;
};

// Reads flags and the file they name. Prints help to stdout, mistakes to stderr.
[[nodiscard]] Startup start_up(int argc, const char* const* argv);

}  // namespace partyline::endpoint
