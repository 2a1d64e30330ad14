// The client: a browser's end of the protocol and of every peer connection. It keeps what the
// application wants, and brings the world there. No I/O, no clock.
//
//   client.handle(now, input); while (auto output = client.poll()) …;
//   schedule(client.next_wakeup());
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "partyline/client_input.h"
#include "partyline/client_output.h"
#include "partyline/options.h"
#include "partyline/time.h"

namespace partyline {

class Client {
 public:
  // `seed` feeds the jitter of reconnection; nothing secret depends on it.
  Client(ClientOptions options, std::uint64_t seed);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Legal at any time. Inputs about ids that are not (or no longer) known are ignored.
  void handle(TimeMs now, const ClientInput& input);

  // The next order, in order; nothing when all are drained.
  [[nodiscard]] std::optional<ClientOutput> poll();

  // When handle(input::Wakeup) is due at the latest; nothing when no timer runs.
  [[nodiscard]] std::optional<TimeMs> next_wakeup() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace partyline
