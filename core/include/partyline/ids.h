// Strong types for everything that is named by a string or a number, so that one kind of id cannot
// be handed in where another is meant.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace partyline {

template <class Tag>
struct StringId {
  std::string value;
  StringId() = default;
  explicit StringId(std::string text) : value(std::move(text)) {}
  [[nodiscard]] bool empty() const { return value.empty(); }
  friend auto operator<=>(const StringId&, const StringId&) = default;
};

template <class Tag>
struct NumberId {
  std::uint64_t value = 0;
  constexpr NumberId() = default;
  constexpr explicit NumberId(std::uint64_t number) : value(number) {}
  friend constexpr auto operator<=>(NumberId, NumberId) = default;
};

// A participant as others know it: stable for as long as its session lives.
using PeerId = StringId<struct PeerIdTag>;
// The name of a channel, as the application gives it.
using ChannelName = StringId<struct ChannelNameTag>;
// The name of a publication, unique per peer and channel ("camera", "screen").
using PublicationName = StringId<struct PublicationNameTag>;
// An m-line's identification tag in SDP (RFC 5888).
using Mid = StringId<struct MidTag>;

// One signalling socket. The client numbers the sockets it orders; the endpoint those it accepts.
using SocketId = NumberId<struct SocketIdTag>;
// One RTCPeerConnection, numbered by the client core. Never used again after it was closed.
using ConnectionId = NumberId<struct ConnectionIdTag>;
// One piece of asynchronous work: the order carries it out, its end carries it back.
using OperationId = NumberId<struct OperationIdTag>;
// One membership of the client's in a channel, numbered by the shim: joining the same name again is
// another one.
using ChannelId = NumberId<struct ChannelIdTag>;
// One call of the application that waits for an answer, numbered by the shim.
using CallId = NumberId<struct CallIdTag>;
// One local MediaStreamTrack, numbered by the shim.
using TrackId = NumberId<struct TrackIdTag>;
// What one published track is to one connection: its place among the senders.
using SlotId = NumberId<struct SlotIdTag>;
// One application data channel, numbered by the shim.
using DataChannelId = NumberId<struct DataChannelIdTag>;

}  // namespace partyline

template <class Tag>
struct std::hash<partyline::StringId<Tag>> {
  std::size_t operator()(const partyline::StringId<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.value);
  }
};

template <class Tag>
struct std::hash<partyline::NumberId<Tag>> {
  std::size_t operator()(partyline::NumberId<Tag> id) const noexcept {
    return std::hash<std::uint64_t>{}(id.value);
  }
};
