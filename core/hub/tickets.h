// Resume tickets: what a client shows to be the same peer again, on this process or on another one
// that shares the secret. A ticket is a signature and, after a dot, what it signs: JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "partyline/hub.h"
#include "partyline/ids.h"
#include "partyline/time.h"

namespace partyline::hub {

struct TicketClaims {
  PeerId peer;
  std::string key;          // for which it was given
  std::uint64_t epoch = 0;  // which of the session's tickets it is
  std::uint32_t run = 0;    // the process that gave it
  std::int64_t until = 0;   // milliseconds since 1970
};

class Tickets {
 public:
  Tickets(HubRun run, DurationMs lifetime);

  [[nodiscard]] bool enabled() const { return static_cast<bool>(run_.sign); }
  [[nodiscard]] std::uint32_t run() const { return run_.epoch; }

  // `unix_now` is in milliseconds. Empty where there is no secret to sign with.
  [[nodiscard]] std::string issue(std::int64_t unix_now, const PeerId& peer, const std::string& key,
                                  std::uint64_t epoch) const;

  // What it says; nothing where it is forged, expired, or of another make.
  [[nodiscard]] std::optional<TicketClaims> open(std::int64_t unix_now,
                                                 std::string_view ticket) const;

 private:
  HubRun run_;
  DurationMs lifetime_;
};

}  // namespace partyline::hub
