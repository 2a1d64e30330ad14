// Unpredictable bits for peer ids and the process's epoch.
#pragma once

#include <cstdint>

namespace partyline::endpoint {

// From OpenSSL's generator. Throws std::runtime_error when it cannot give any: nothing may go on
// with guessable ids.
[[nodiscard]] std::uint64_t random_bits();

}  // namespace partyline::endpoint
