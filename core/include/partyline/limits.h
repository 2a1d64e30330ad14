// Limits of the protocol: both ends enforce them, docs/PROTOCOL.md lists them. What an operator or
// an application may tune is in options.h instead.
#pragma once

#include <cstddef>
#include <cstdint>

namespace partyline::limits {

inline constexpr int kProtocolVersion = 1;
inline constexpr const char* kSubprotocol = "partyline.v1";

// One WebSocket message. An SDP with thirty m-lines is about 60 kB; twice that is plenty.
inline constexpr std::size_t kFrameBytesMax = 128 * 1024;
// One message from the hub. A roster of the largest channel, everybody's metadata at its limit, is
// about 2 MB; the hub splits or refuses what would be more.
inline constexpr std::size_t kHubFrameBytesMax = 4 * 1024 * 1024;
// Nesting of a frame's JSON, metadata included. Parsers recurse; wasm stacks are small.
inline constexpr int kJsonDepthMax = 16;
// UTF-8 bytes of a channel's name. Long enough for "tenant/project/room", short enough to log.
inline constexpr std::size_t kChannelNameBytesMax = 128;
inline constexpr std::size_t kPeerIdBytesMax = 64;
inline constexpr std::size_t kPublicationNameBytesMax = 64;
// Serialized metadata of one peer or one publication: names and roles, not documents.
inline constexpr std::size_t kMetadataBytesMax = 4 * 1024;
// Nesting of one metadata value: with the levels of the largest frame around it, within
// kJsonDepthMax.
inline constexpr int kMetadataDepthMax = 8;
// Camera, screen and a handful of extras. More would not fit a mesh's uplink.
inline constexpr std::size_t kPublicationsMax = 16;
// Keys and tokens in a hello. A JWT with many claims stays well below.
inline constexpr std::size_t kCredentialBytesMax = 8 * 1024;
// A resume ticket: a peer id, a key's id, a few numbers and their signature.
inline constexpr std::size_t kTicketBytesMax = 1024;
// An end acknowledges after this many numbered frames at the latest.
inline constexpr std::uint64_t kAckFrames = 32;
// Name and version of a software; error codes by name.
inline constexpr std::size_t kSoftwareBytesMax = 128;
// Words for people in a refusal or a goodbye.
inline constexpr std::size_t kWordsBytesMax = 1024;
// Channels that one hello may ask for at once; more are joined by frames of their own.
inline constexpr std::size_t kHelloJoinsMax = 32;
// Candidates in one signal; gathering rarely yields more than twenty.
inline constexpr std::size_t kCandidatesPerSignalMax = 64;
inline constexpr std::size_t kCandidateBytesMax = 1024;
inline constexpr std::size_t kSdpBytesMax = 96 * 1024;
// RFC 8839 §5.4: 4 to 256 characters.
inline constexpr std::size_t kUfragBytesMax = 256;
// Browsers number the m-lines; RFC 5888 sets no limit.
inline constexpr std::size_t kMidBytesMax = 64;
// Two kinds for each publication.
inline constexpr std::size_t kMediaPerSignalMax = 2 * kPublicationsMax;
// m-lines of one connection that either side may use.
inline constexpr std::size_t kLinesMax = 2 * kMediaPerSignalMax;
// What an application sends as one message: JSON text, or bytes before they become base64. More
// would keep signals waiting behind it for too long.
inline constexpr std::size_t kMessageBytesMax = 64 * 1024;
inline constexpr std::size_t kMessageBase64BytesMax = (kMessageBytesMax + 2) / 3 * 4;
// "chat", "cursor": a word or two to choose a listener by.
inline constexpr std::size_t kTopicBytesMax = 128;
inline constexpr std::size_t kFormatBytesMax = 16;
// Peers that one message names. The largest channels have fewer members.
inline constexpr std::size_t kAddresseesMax = 256;
// Candidates kept for a description that has not arrived yet.
inline constexpr std::size_t kCandidatesBufferedMax = 128;

}  // namespace partyline::limits
