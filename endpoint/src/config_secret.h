// A secret that a configuration names: by the file or the environment variable that has it, never
// by itself.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "config_reader.h"

namespace partyline::endpoint {

inline constexpr std::size_t kConfiguredSecretBytesMax = 4096;

// The secret of `secret_file` (relative to `folder`) or `secret_env`, without the line end after
// it. Where there is none, or one of fewer bytes, the problem is told and it is empty. `whose` ends
// the sentence "is missing: the file with the secret …".
[[nodiscard]] std::string read_configured_secret(ObjectReader& reader,
                                                 const std::filesystem::path& folder,
                                                 std::size_t bytes_min, std::string_view whose);

}  // namespace partyline::endpoint
