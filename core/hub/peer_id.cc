#include "hub/peer_id.h"

#include <string_view>

namespace partyline::hub {

PeerId make_peer_id(const std::uint64_t (&entropy)[2]) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string id = "p_";
  // Eleven characters hold 66 bits, so each half has its own.
  for (std::uint64_t half : entropy) {
    for (int character = 0; character < 11; ++character) {
      id.push_back(kAlphabet[half & 63U]);
      half >>= 6U;
    }
  }
  return PeerId(std::move(id));
}

}  // namespace partyline::hub
