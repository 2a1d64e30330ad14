// The hub: the endpoint's end of the protocol. It authenticates sockets, keeps the roster of every
// channel, routes signals, and limits what one socket can do to others. No I/O, no clock.
//
//   hub.handle(now, input); while (auto output = hub.poll()) …; schedule(hub.next_wakeup());
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "partyline/error_codes.h"
#include "partyline/ids.h"
#include "partyline/options.h"
#include "partyline/time.h"

namespace partyline {

namespace hub_input {

// A client's WebSocket was accepted. The host never uses an id twice.
struct SocketOpened {
  SocketId socket;
  std::string address;            // what counts as one client: an address, or a network
  std::string origin;             // the Origin header, or empty (then it is not a browser)
  std::uint64_t entropy[2] = {};  // random bits for the peer id; unique and unpredictable
  friend bool operator==(const SocketOpened&, const SocketOpened&) = default;
};

// A whole text message of at most limits::kFrameBytesMax bytes (the host closes on longer ones).
struct FrameReceived {
  SocketId socket;
  std::string text;
  friend bool operator==(const FrameReceived&, const FrameReceived&) = default;
};

// A binary message: none is defined, so the socket is closed with protocol_error.
struct BinaryReceived {
  SocketId socket;
  friend bool operator==(const BinaryReceived&, const BinaryReceived&) = default;
};

// More than the host's limit waits to be written: the client reads too slowly.
struct SendQueueFull {
  SocketId socket;
  friend bool operator==(const SendQueueFull&, const SendQueueFull&) = default;
};

// The socket is gone, whoever closed it. Sent once, also after output::CloseSocket.
struct SocketClosed {
  SocketId socket;
  // With which the client closed it (RFC 6455 §7.4.1), or 1006: 1000 says that it does not come
  // back, anything else that it may.
  std::uint16_t code = 1006;
  friend bool operator==(const SocketClosed&, const SocketClosed&) = default;
};

// Shut down: every client is told when to come back, every socket closed, new ones refused.
struct Drain {
  friend bool operator==(const Drain&, const Drain&) = default;
};

// The system's clock was set: tokens, tickets and relays go by it.
struct ClockSet {
  std::int64_t unix_offset_ms = 0;  // as HubRun::unix_offset_ms
  friend bool operator==(const ClockSet&, const ClockSet&) = default;
};

// From now on these are the keys. Who came by one that has gone is sent away; for all others what
// they may do changes at once.
struct KeysChanged {
  std::vector<KeyOptions> keys;
  friend bool operator==(const KeysChanged&, const KeysChanged&) = default;
};

// The time of next_wakeup() has come.
struct Wakeup {
  friend bool operator==(const Wakeup&, const Wakeup&) = default;
};

}  // namespace hub_input

using HubInput =
    std::variant<hub_input::SocketOpened, hub_input::FrameReceived, hub_input::BinaryReceived,
                 hub_input::SendQueueFull, hub_input::SocketClosed, hub_input::Drain,
                 hub_input::ClockSet, hub_input::KeysChanged, hub_input::Wakeup>;

namespace hub_output {

// Send one text message. One text goes to many sockets without a copy.
struct SendFrame {
  SocketId socket;
  std::shared_ptr<const std::string> text;
  friend bool operator==(const SendFrame& a, const SendFrame& b) {
    return a.socket == b.socket && *a.text == *b.text;
  }
};

// Send what is queued, then close with this code. No more frames of this socket are handled.
struct CloseSocket {
  SocketId socket;
  std::uint16_t code = 0;
  std::string reason;  // at most 123 bytes (RFC 6455 §5.5)
  friend bool operator==(const CloseSocket&, const CloseSocket&) = default;
};

// Read nothing more from the socket until it is resumed: the client is over its rate.
struct PauseReading {
  SocketId socket;
  friend bool operator==(const PauseReading&, const PauseReading&) = default;
};
struct ResumeReading {
  SocketId socket;
  friend bool operator==(const ResumeReading&, const ResumeReading&) = default;
};

// Something an operator may want to know. Never contains a credential or message content.
struct Log {
  enum class Level : std::uint8_t { kDebug, kInfo, kWarning };
  Level level = Level::kInfo;
  std::string event;  // stable, in snake_case: "peer_welcomed", "join_refused"
  std::vector<std::pair<std::string, std::string>> fields;
  friend bool operator==(const Log&, const Log&) = default;
};

}  // namespace hub_output

using HubOutput =
    std::variant<hub_output::SendFrame, hub_output::CloseSocket, hub_output::PauseReading,
                 hub_output::ResumeReading, hub_output::Log>;

// Numbers for /healthz and metrics.
struct HubCounts {
  std::size_t connections = 0;
  std::size_t peers = 0;  // sessions, those that are held included
  std::size_t away = 0;   // sessions that are held
  std::size_t channels = 0;
  std::size_t memberships = 0;
};

// A token whose signature is good.
struct SignedToken {
  std::string key;      // KeyOptions::id of whose it is
  std::string payload;  // its claims: the JSON text of RFC 7519 §3
  std::string kid{};    // which of KeyOptions::kids has signed it
};

// What a process brings to its hub.
struct HubRun {
  // Random, new with each process: incarnations of different runs must differ.
  std::uint32_t epoch = 0;
  // To be added to `now` for the milliseconds since 1970: tickets outlive processes.
  std::int64_t unix_offset_ms = 0;
  // A text that nobody without the secret can make for `text`, the same in all processes that share
  // the secret: hexadecimal HMAC-SHA-256, say. Without it there are no resume tickets.
  std::function<std::string(std::string_view text)> sign{};
  // The credential for `username` at HubOptions::relays[relay]: base64 of the HMAC-SHA-1 with the
  // secret of that relay. Without it no relays are given.
  std::function<std::string(std::size_t relay, std::string_view username)> relay_credential{};
  // The token (JWS compact serialization, RFC 7515 §7.1) where it is signed by a key that is known,
  // with the algorithm that belongs to that key. Without it no tokens are taken.
  std::function<std::optional<SignedToken>(std::string_view token)> verify_token{};
};

class Hub {
 public:
  Hub(HubOptions options, std::vector<KeyOptions> keys, HubRun run);
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  // Legal at any time. Inputs about unknown or closed sockets are ignored.
  void handle(TimeMs now, const HubInput& input);

  // The next order, in order; nothing when all are drained.
  [[nodiscard]] std::optional<HubOutput> poll();

  // When handle(Wakeup) is due at the latest; nothing when no timer runs.
  [[nodiscard]] std::optional<TimeMs> next_wakeup() const;

  [[nodiscard]] HubCounts counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Whether `name` fits `pattern` (`*` within a segment, `**` across).
[[nodiscard]] bool matches_channel_pattern(std::string_view pattern, std::string_view name);

}  // namespace partyline
