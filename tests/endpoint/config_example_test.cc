// The example loads, has every field, says the defaults, and the manual names every field.
#include <fstream>
#include <sstream>

#include <catch2/catch_test_macros.hpp>

#include "config.h"
#include "endpoint_process.h"

namespace partyline::endpoint_test {
namespace {

const std::string kFolder = PARTYLINE_SOURCE_FOLDER;
const std::string kExample = kFolder + "/endpoint/config.example.json";

std::string content_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the example is accepted", "[endpoint][config]") {
  const Ended ended = run_endpoint({"--config", kExample, "--check"});
  CHECK(ended.err.empty());
  CHECK(ended.exit_code == 0);
}

TEST_CASE("the example shows the defaults", "[endpoint][config]") {
  const endpoint::ConfigResult example = endpoint::read_config_file(kExample);
  REQUIRE(example.problems.empty());
  const endpoint::Config defaults;
  const HubOptions& hub = example.config.hub;
  CHECK(example.config.port == defaults.port);
  CHECK(example.config.host == defaults.host);
  CHECK(example.config.content_security_policy == defaults.content_security_policy);
  CHECK(example.config.send_queue_bytes_max == defaults.send_queue_bytes_max);
  CHECK(example.config.transport_timeout_ms == defaults.transport_timeout_ms);
  CHECK(example.config.shutdown_ms == defaults.shutdown_ms);
  CHECK(example.config.http.connections_max == defaults.http.connections_max);
  CHECK(example.config.http.connections_per_address_max ==
        defaults.http.connections_per_address_max);
  CHECK(example.config.http.timeout_ms == defaults.http.timeout_ms);
  CHECK(hub.heartbeat_ms == defaults.hub.heartbeat_ms);
  CHECK(hub.hello_timeout_ms == defaults.hub.hello_timeout_ms);
  CHECK(hub.silence_timeout_ms == defaults.hub.silence_timeout_ms);
  CHECK(hub.drain_retry_ms == defaults.hub.drain_retry_ms);
  CHECK(hub.connections_max == defaults.hub.connections_max);
  CHECK(hub.connections_per_address_max == defaults.hub.connections_per_address_max);
  CHECK(hub.channels_max == defaults.hub.channels_max);
  CHECK(hub.channels_per_connection_max == defaults.hub.channels_per_connection_max);
  CHECK(hub.members_per_channel_max == defaults.hub.members_per_channel_max);
  CHECK(hub.frames_per_second == defaults.hub.frames_per_second);
  CHECK(hub.frames_burst == defaults.hub.frames_burst);
  CHECK(hub.bytes_per_second == defaults.hub.bytes_per_second);
  CHECK(hub.bytes_burst == defaults.hub.bytes_burst);
  CHECK(hub.fanout_bytes_per_second == defaults.hub.fanout_bytes_per_second);
  CHECK(hub.fanout_bytes_burst == defaults.hub.fanout_bytes_burst);
}

TEST_CASE("the configurations of the manuals are good, but for files that are not here",
          "[endpoint][config]") {
  constexpr std::string_view kBegin = "```json\n";
  int found = 0;
  for (const char* name : {"PRODUCTION.md", "ACCESS.md", "RELAY.md"}) {
    const std::string manual = content_of(kFolder + "/docs/" + name);
    for (std::size_t at = 0; (at = manual.find(kBegin, at)) != std::string::npos; ++found) {
      at += kBegin.size();
      const std::string text = manual.substr(at, manual.find("```", at) - at);
      for (const std::string& problem : endpoint::read_config(name, text).problems) {
        INFO(problem);
        const bool is_missing = problem.find("is no file") != std::string::npos ||
                                problem.find("No such file") != std::string::npos;
        CHECK(is_missing);
      }
    }
  }
  CHECK(found >= 4);
}

TEST_CASE("the manual names every field, the example all that need no files",
          "[endpoint][config]") {
  const std::string manual = content_of(kFolder + "/docs/OPERATIONS.md");
  const std::string example = content_of(kExample);
  auto fields = endpoint::read_config(kExample, example).fields;
  const std::size_t shown = fields.size();
  REQUIRE(shown > 40);
  const char* more = R"({"tls": {}, "relays": [{}],
    "keys": [{"tokens": {"keys": [{"alg": "HS256"}, {"alg": "ES256"}]}}]})";
  for (const auto& field : endpoint::read_config("e", more).fields) {
    fields.insert(field);
  }
  for (const std::string& field : fields) {
    INFO(field);
    CHECK(manual.find("| `" + field + "` |") != std::string::npos);
    if (field.starts_with("tls") || field == "static_dir" || field == "secret_file") continue;
    if (field.starts_with("relays") || field.starts_with("keys[].tokens")) continue;
    const std::string name = field.substr(field.rfind('.') + 1);
    CHECK(example.find("\"" + name + "\"") != std::string::npos);
  }
}

}  // namespace partyline::endpoint_test
