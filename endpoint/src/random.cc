#include "random.h"

#include <array>
#include <bit>
#include <stdexcept>

#include <openssl/rand.h>

namespace partyline::endpoint {

std::uint64_t random_bits() {
  std::array<unsigned char, sizeof(std::uint64_t)> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("OpenSSL has no random bits to give");
  }
  return std::bit_cast<std::uint64_t>(bytes);
}

}  // namespace partyline::endpoint
