// The list `keys` of a configuration: publishable keys, and applications that sign tokens.
#pragma once

#include <filesystem>

#include "config.h"
#include "config_reader.h"

namespace partyline::endpoint {

// Reads the secrets and public keys of tokens, too; the names of their files are relative to
// `folder`.
void read_keys(const ConfigNode& list, const std::filesystem::path& folder, Config& config,
               ConfigProblems& problems);

}  // namespace partyline::endpoint
