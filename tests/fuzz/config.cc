// The configuration's reader: whatever a file says, it is taken, or every problem names its place;
// and what is taken is within the bounds that the hub relies on.
#include "config.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "config_document.h"
#include "fuzz_check.h"

namespace partyline::endpoint {
namespace {

void check_problems(const ConfigResult& result, std::string_view text) {
  for (const std::string& problem : result.problems) {
    FUZZ_CHECK(problem.starts_with("endpoint.json:"), "a problem without its place", text);
    FUZZ_CHECK(problem.find('\n') == std::string::npos, "a problem of several lines", problem);
  }
}

void check_taken(const Config& config, std::string_view text) {
  const HubOptions& hub = config.hub;
  FUZZ_CHECK(!config.keys.empty(), "nobody may join", text);
  for (const KeyOptions& key : config.keys) FUZZ_CHECK(!key.id.empty(), "a key without id", text);
  FUZZ_CHECK(hub.connections_max > 0 && hub.members_per_channel_max > 1, "no room", text);
  FUZZ_CHECK(hub.frames_per_second > 0 && hub.bytes_per_second > 0, "no rate", text);
  FUZZ_CHECK(hub.silence_timeout_ms > hub.heartbeat_ms, "every client is cut off", text);
  FUZZ_CHECK(hub.hold_ms.value >= 0 && hub.ticket_lifetime_ms.value > 0, "time runs back", text);
  FUZZ_CHECK(config.relay_signers.size() == hub.relays.size(), "a relay without secret", text);
}

// A tree is written as JSON that is the same tree.
void check_document(std::string_view text) {
  const auto parsed = parse_config_document(text);
  const auto* root = std::get_if<ConfigNode>(&parsed);
  if (root == nullptr) return;
  FUZZ_CHECK(!describe(*root).empty(), "a value without words", text);
  const std::string json = to_json(*root);
  const auto again = parse_config_document(json);
  FUZZ_CHECK(std::holds_alternative<ConfigNode>(again), "what was written is no JSON", json);
  FUZZ_CHECK(to_json(std::get<ConfigNode>(again)) == json, "it is written differently again", json);
}

void check(std::string_view text) {
  const ConfigResult result = read_config("endpoint.json", text);
  check_problems(result, text);
  if (result.problems.empty()) check_taken(result.config, text);
  check_document(text);
}

}  // namespace
}  // namespace partyline::endpoint

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  partyline::endpoint::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
