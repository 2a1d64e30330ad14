#include "hub/relays.h"

#include <algorithm>

#include "protocol/fields.h"

namespace partyline::hub {

Relays::Relays(const HubOptions& options, const HubRun& run)
    : own_(options.ice_servers), relays_(options.relays), credential_(run.relay_credential) {}

JsonText Relays::servers_for(std::int64_t unix_now, const PeerId& peer) const {
  // An array already: without its bracket the others follow.
  std::string text = own_.text.substr(0, own_.text.size() - 1);
  for (std::size_t i = 0; i < relays_.size(); ++i) {
    if (text.size() > 1) text += ',';
    text += server(unix_now, i, peer);
  }
  return JsonText(text + ']');
}

DurationMs Relays::renewal() const {
  const auto shortest = std::min_element(
      relays_.begin(), relays_.end(),
      [](const RelayOptions& a, const RelayOptions& b) { return a.lifetime_ms < b.lifetime_ms; });
  return {shortest->lifetime_ms.value / 2};
}

std::string Relays::server(std::int64_t unix_now, std::size_t relay, const PeerId& peer) const {
  const RelayOptions& options = relays_[relay];
  const std::int64_t until = (unix_now + options.lifetime_ms.value) / 1000;
  const std::string username = std::to_string(until) + ':' + peer.value;
  return dump_json({{"urls", from_json_text(options.urls)},
                    {"username", username},
                    {"credential", credential_(relay, username)}});
}

}  // namespace partyline::hub
