// What the simulation needs of an SDP, as text that looks like SDP: the core reads the ufrags out
// of it, and the model of the other browser all the rest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "partyline/ids.h"
#include "partyline/protocol.h"

namespace partyline::sim {

// RTCRtpTransceiverDirection as two bits, so that directions can be intersected.
enum Direction : std::uint8_t { kInactive = 0, kSendOnly = 1, kReceiveOnly = 2, kSendReceive = 3 };
// The same m-line as the other end sees it.
[[nodiscard]] constexpr Direction reversed(Direction direction) {
  return static_cast<Direction>(((direction & 1) << 1) | ((direction & 2) >> 1));
}
[[nodiscard]] constexpr Direction both(Direction a, Direction b) {
  return static_cast<Direction>(a & b);
}

enum class SectionKind : std::uint8_t { kAudio, kVideo, kApplication };

// An m-line.
struct Section {
  Mid mid;
  SectionKind kind = SectionKind::kAudio;
  Direction direction = kInactive;
  std::string stream;  // of msid; empty where nothing is sent
};

struct SessionDescription {
  // The connection that wrote it, unique in the world: the session id of the o= line.
  std::uint64_t origin = 0;
  std::uint64_t version = 0;
  std::string ufrag;
  // Only in answers: origin and version of the offer. Real SDP does not say it; checkers need it.
  std::optional<std::pair<std::uint64_t, std::uint64_t>> answers;
  std::vector<Section> sections;
};

[[nodiscard]] std::string write_description(const SessionDescription& description);
// Nothing where it is not one.
[[nodiscard]] std::optional<SessionDescription> parse_description(std::string_view text);

}  // namespace partyline::sim
