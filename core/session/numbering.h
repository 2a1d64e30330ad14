// What the number of a frame that came says.
#pragma once

#include <cstddef>
#include <cstdint>

namespace partyline {

enum class Arrival : std::uint8_t {
  kUnnumbered,  // about its socket
  kNext,
  kAgain,  // it has come before: nothing to be done
  kGap     // frames are missing: the state has to be told anew
};

// `received`: how many have come, of which the last has that number.
[[nodiscard]] constexpr Arrival judge_arrival(std::uint64_t seq, std::uint64_t received) {
  if (seq == 0) return Arrival::kUnnumbered;
  if (seq <= received) return Arrival::kAgain;
  return seq == received + 1 ? Arrival::kNext : Arrival::kGap;
}

// A frame of so many bytes is acknowledged at once: a few of them would fill the other end's
// buffer.
inline constexpr std::size_t kAckAtOnceBytes = 16 * 1024;

}  // namespace partyline
