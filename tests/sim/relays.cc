#include "relays.h"

#include <algorithm>
#include <charconv>

namespace partyline::sim {

std::vector<RelayOptions> relays_of(DurationMs lifetime) {
  return {{JsonText{R"(["turn:relay.example"])"}, lifetime * 2},
          {JsonText{R"("turns:relay.example:443?transport=tcp")"}, lifetime}};
}

std::string relay_credential(std::size_t relay, std::string_view username) {
  return "secret " + std::to_string(relay) + " of " + std::string(username);
}

std::optional<TimeMs> good_until(std::string_view json) {
  constexpr std::string_view kUsername = "\"username\":\"";
  std::optional<TimeMs> until;
  for (auto at = json.find(kUsername); at != std::string_view::npos; at = json.find(kUsername)) {
    json.remove_prefix(at + kUsername.size());
    std::int64_t seconds = 0;
    std::from_chars(json.data(), json.data() + json.size(), seconds);
    const TimeMs end{seconds * 1'000};
    until = until ? std::min(*until, end) : end;
  }
  return until;
}

}  // namespace partyline::sim
