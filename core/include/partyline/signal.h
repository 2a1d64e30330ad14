// What two peers say to each other to set up and change their connection: the body of `signal`
// messages. The hub never parses it.
//
// The body is a line of JSON and, when there is a description, a newline and the SDP as it is, so
// that the largest part of all signalling is escaped nowhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "partyline/protocol.h"

namespace partyline {

enum class DescriptionType : std::uint8_t { kOffer, kAnswer };
[[nodiscard]] std::string_view description_type_name(DescriptionType type);

// Which publication an m-line carries from the sender of the signal.
struct MediaBinding {
  Mid mid;
  PublicationName publication;
  MediaKind kind = MediaKind::kAudio;
  friend bool operator==(const MediaBinding&, const MediaBinding&) = default;
};

struct Description {
  DescriptionType type = DescriptionType::kOffer;
  // Numbers the offers of their sender; an answer repeats the number of the offer it answers.
  std::uint64_t negotiation = 0;
  std::string sdp;
  // All that the sender sends from now on; what is not listed has ended.
  std::vector<MediaBinding> media;
  friend bool operator==(const Description&, const Description&) = default;
};

// RTCIceCandidateInit (W3C webrtc-pc §4.8.1), of the m-line `mid`. An empty `candidate` says that
// there are no more for this ufrag (RFC 8838 §8.2).
struct IceCandidate {
  std::string candidate;
  Mid mid;
  std::string ufrag;
  friend bool operator==(const IceCandidate&, const IceCandidate&) = default;
};

struct Signal {
  // Of the connection that this belongs to. A higher one than known replaces the connection, a
  // lower one is stale and dropped.
  std::uint64_t generation = 0;
  // The other side is to offer: the sender began this generation and is not the one who offers in
  // it first, or grants what `wants_to_offer` asked for.
  bool please_offer = false;
  std::optional<Description> description;
  std::vector<IceCandidate> candidates;
  // The sender would make an offer and waits for `please_offer`, so that offers do not meet.
  bool wants_to_offer = false;
  // m-lines on which the sender receives no packets although the path says that it works.
  std::vector<Mid> missing = {};
  friend bool operator==(const Signal&, const Signal&) = default;
};

// Parses a body. Hostile until parsed: sizes, depth, types and counts are checked; the error is
// protocol_error with the reason in words.
[[nodiscard]] Result<Signal> parse_signal(std::string_view body);
[[nodiscard]] std::string write_signal(const Signal& signal);

// The ICE username fragments that a description announces (RFC 8839 §5.4), without duplicates.
[[nodiscard]] std::vector<std::string> ice_ufrags(std::string_view sdp);

}  // namespace partyline
