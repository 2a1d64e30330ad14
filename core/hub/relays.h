// What a peer is given to find its paths with: the operator's ICE servers, and the relays with
// credentials that only that peer has, for a while.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "partyline/hub.h"
#include "partyline/ids.h"
#include "partyline/json_text.h"
#include "partyline/time.h"

namespace partyline::hub {

class Relays {
 public:
  Relays(const HubOptions& options, const HubRun& run);

  [[nodiscard]] bool enabled() const { return credential_ && !relays_.empty(); }

  // RTCIceServer[] for this peer. `unix_now` is in milliseconds.
  [[nodiscard]] JsonText servers_for(std::int64_t unix_now, const PeerId& peer) const;
  // After this long another set is due: half of the shortest lifetime.
  [[nodiscard]] DurationMs renewal() const;

 private:
  [[nodiscard]] std::string server(std::int64_t unix_now, std::size_t relay,
                                   const PeerId& peer) const;

  JsonText own_;
  std::vector<RelayOptions> relays_;
  std::function<std::string(std::size_t, std::string_view)> credential_;
};

}  // namespace partyline::hub
