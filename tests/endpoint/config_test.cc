// Every mistake in a configuration is named with its exact place.
#include "config.h"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace partyline::endpoint_test {
namespace {

using endpoint::read_config;

struct Mistake {
  std::string text;
  std::vector<std::string> problems;
};

const std::vector<Mistake>& mistakes() {
  static const std::vector<Mistake> all = {
      {"{\n  \"limits\": {\n    \"frames_per_second\": \"many\"\n  }\n}",
       {R"(e.json:3: field "limits.frames_per_second": must be a whole number between 1 and 100000, is "many")"}},
      {"{\n  \"limits\": {\n    \"frames_per_second\": 0\n  }\n}",
       {R"(e.json:3: field "limits.frames_per_second": must be a whole number between 1 and 100000, is 0)"}},
      {"{\"limits\": {\"frames_per_second\": 1.5}}",
       {R"(e.json:1: field "limits.frames_per_second": must be a whole number between 1 and 100000, is 1.5)"}},
      {"{\"listen\": {\"port\": 99999999999999999999}}",
       {R"(e.json:1: field "listen.port": must be a whole number between 0 and 65535, is 1e+20)"}},
      {"{\"listen\": {\"port\": 18446744073709551615}}",
       {R"(e.json:1: field "listen.port": must be a whole number between 0 and 65535, is 9223372036854775807)"}},
      {"{\"listen\": {\"port\": -1}}",
       {R"(e.json:1: field "listen.port": must be a whole number between 0 and 65535, is -1)"}},
      // The number's line, not that of the bracket after it.
      {"{\"listen\": {\n\"port\": 70000\n\n\n}}",
       {R"(e.json:2: field "listen.port": must be a whole number between 0 and 65535, is 70000)"}},
      {"{\n\n  \"limit\": {}\n}",
       {R"(e.json:3: field "limit": is not known; did you mean "limits"?)"}},
      {"{\"limits\": {\n\"framesPerSecond\": 1}}",
       {R"(e.json:2: field "limits.framesPerSecond": is not known; did you mean "frames_per_second"?)"}},
      {"{\"colour\": 1}", {R"(e.json:1: field "colour": is not known)"}},
      // One line, whatever is in a name.
      {"{\"a\\nb\\u007f\": 1}", {R"(e.json:1: field "a?b?": is not known)"}},
      {"{\"listen\": {\"port\": 1,\n\"port\": 2}}",
       {R"(e.json:2: field "listen.port": is given twice)"}},
      {"{\"listen\": 7400}", {R"(e.json:1: field "listen": must be an object, is 7400)"}},
      {"{\"listen\": {\"host\": \"\"}}", {R"(e.json:1: field "listen.host": must not be empty)"}},
      {"{\"listen\": {\"host\": null}}",
       {R"(e.json:1: field "listen.host": must be a text, is null)"}},
      {"{\"log_level\": \"loud\"}",
       {R"(e.json:1: field "log_level": must be "debug", "info", "warning", "error" or "off")"}},
      {"{\"static_dir\": \"/nowhere/at/all\"}",
       {R"(e.json:1: field "static_dir": is no folder: /nowhere/at/all)"}},
      {"{\n\"tls\": {\n\"key_file\": \"/nowhere.pem\"}}",
       {R"(e.json:3: field "tls.key_file": is no file: /nowhere.pem)",
        R"(e.json:2: field "tls.certificate_file": is missing)"}},
      {"{\"timing\": {\n\"heartbeat_ms\": 5000,\n\"silence_timeout_ms\": 5000}}",
       {R"(e.json:3: field "timing.silence_timeout_ms": must be more than heartbeat_ms (5000), or every client would be cut off)"}},
      {"{\"limits\": {\"bytes_per_second\": 8192},\n\"timing\": {\"transport_timeout_ms\": 9000}}",
       {R"(e.json:2: field "timing": has a transport_timeout_ms too short for limits.bytes_per_second: must be at least 32500)"}},
      {"{\"proxy\": {\"trust_forwarded_for\": true}}",
       {R"(e.json:1: field "proxy.addresses": must list the proxies whose word about addresses is believed)"}},
      {"{\"proxy\": {\"addresses\": [\"10.0.0.1\",\n\"10.0.0.0/8\"]}}",
       {R"(e.json:2: field "proxy.addresses[1]": must be an IP address in numbers, is "10.0.0.0/8")"}},
      {"{\"content_security_policy\": \"a\\r\\nb\"}",
       {R"(e.json:1: field "content_security_policy": must be a single line)"}},
      {"{\"keys\": [\n{\"id\": \"pk_a\"},\n{\"id\": \"pk_b\"},\n{\"id\": \"pk_a\"}]}",
       {R"(e.json:4: field "keys[2].id": is the same as that of keys[0])"}},
      {"{\"keys\": [{}]}",
       {R"(e.json:1: field "keys[0].id": is missing: a text such as "pk_main")"}},
      {"{\"keys\": [{\"id\": \"sk_a\"}]}",
       {R"(e.json:1: field "keys[0].id": must be "pk_" and then letters, digits, _ or -, at most 128 in all)"}},
      {"{\"keys\": [{\"id\": \"pk_demo\"}]}",
       {R"(e.json:1: field "keys[0].id": is the built-in development key; choose another id, or set "development_key")"}},
      {R"({"keys": [{"id": "pk_a", "relay": "yes", "permissions": ["fly"]}]})",
       {R"(e.json:1: field "keys[0].permissions[0]": must be "join", "publish", "subscribe" or "send", is "fly")",
        R"(e.json:1: field "keys[0].relay": must be true or false, is "yes")"}},
      {"{\"keys\": [{\"id\": \"pk_a\", \"origin\": []}]}",
       {R"(e.json:1: field "keys[0].origin": is not known; did you mean "origins"?)"}},
      {"{\"keys\": [{\"id\": \"pk_a\",\n\"channels\": [\"ok\", \"a***\"]}]}",
       {R"(e.json:2: field "keys[0].channels[1]": must not contain ***: * is anything within a segment, ** is anything, is "a***")"}},
      {"{\"keys\": [{\"id\": \"pk_a\", \"channels\": [\"\"]}]}",
       {R"(e.json:1: field "keys[0].channels[0]": must be 1 to 128 bytes without control characters or spaces at its ends, is "")"}},
      {"{\"keys\": [{\"id\": \"pk_a\", \"channels\": \"x\"}]}",
       {R"(e.json:1: field "keys[0].channels": must be a list, is "x")"}},
      {"{\"keys\": [7]}", {R"(e.json:1: field "keys[0]": must be an object, is 7)"}},
      {"{\"keys\": [],\n\"development_key\": false}",
       {R"(e.json:2: field "development_key": is false and there are no keys: nobody could join)"}},
      {"{\"ice_servers\": [\n{\"urls\": \"stun:a\"},\n{\"urls\": [\"http://a\"]}]}",
       {R"(e.json:3: field "ice_servers[1].urls[0]": must begin with stun:, stuns:, turn: or turns:, is "http://a")"}},
      {"{\"ice_servers\": [{\"urls\": \"turn:a\"}]}",
       {R"(e.json:1: field "ice_servers[0].username": is missing: a relay needs one)",
        R"(e.json:1: field "ice_servers[0].credential": is missing: a relay needs one)"}},
      {"{\"ice_servers\": [{\"urls\": \"turn:a\", \"username\": \"u\", \"credential\": 12345}]}",
       {R"(e.json:1: field "ice_servers[0].credential": must be a text)"}},
      {"{\"ice_servers\": [{}]}", {R"(e.json:1: field "ice_servers[0].urls": is missing)"}},
      {"[]", {"e.json:1: must be an object, is a list"}},
      // All of them at once.
      {"{\n\"limits\": {\"channels_max\": true},\n\"port\": 1\n}",
       {R"(e.json:2: field "limits.channels_max": must be a whole number between 1 and 1000000, is true)",
        R"(e.json:3: field "port": is not known)"}},
  };
  return all;
}

}  // namespace

TEST_CASE("each mistake is named with its place", "[endpoint][config]") {
  for (const Mistake& mistake : mistakes()) {
    INFO(mistake.text);
    CHECK(read_config("e.json", mistake.text).problems == mistake.problems);
  }
}

TEST_CASE("what is no JSON is named with its line", "[endpoint][config]") {
  struct Broken {
    std::string text;
    std::string start;
  };
  for (const Broken& broken : std::vector<Broken>{
           {"", "e.json:1: is not JSON: "},
           {"{\n\"listen\": {\n\"port\": 7400,\n}\n}", "e.json:4: is not JSON: "},
           {"{\n\"a\" 1}", "e.json:2: is not JSON: "},
           {"{\n// comment\n}", "e.json:2: is not JSON: "},
           {"{}\n\nx", "e.json:3: is not JSON: "},
           {"{\"a\": \"\xff\"}", "e.json:1: is not JSON: "},
           {std::string(100, '['), "e.json:1: is nested more than 16 levels deep"},
       }) {
    INFO(broken.text);
    const auto problems = read_config("e.json", broken.text).problems;
    REQUIRE(problems.size() == 1);
    INFO(problems[0]);
    CHECK(problems[0].starts_with(broken.start));
    CHECK(problems[0].size() > broken.start.size() - 1);
  }
}

TEST_CASE("origins are what browsers send", "[endpoint][config]") {
  const auto problems_of = [](const std::string& origin) {
    return read_config("e", R"({"keys": [{"id": "pk_a", "origins": [")" + origin + "\"]}]}")
        .problems.size();
  };
  for (const char* good :
       {"https://example.com", "http://localhost:5173", "http://[::1]:8080",
        "https://example.com:8443", "capacitor://localhost", "http://10.0.0.1"}) {
    INFO(good);
    CHECK(problems_of(good) == 0);
  }
  for (const char* bad : {"", "*", "null", "example.com", "https://", "https://example.com/",
                          "https://example.com/a", "https://Example.com", "HTTPS://example.com",
                          "https://example.com:443", "http://example.com:80",
                          "https://example.com:0", "https://example.com:x", "https://*.example.com",
                          "https://user@example.com", "https://a b", "http://[::1", "http://[x]"}) {
    INFO(bad);
    CHECK(problems_of(bad) == 1);
  }
}

TEST_CASE("what is absent has its default", "[endpoint][config]") {
  const auto read = read_config("e", "{}");
  REQUIRE(read.problems.empty());
  CHECK(read.config.host == "127.0.0.1");
  CHECK(read.config.port == 7400);
  REQUIRE(read.config.keys.size() == 1);
  CHECK(read.config.keys[0].id == "pk_demo");
  CHECK(read.config.keys[0].loopback_origins_only);
}

TEST_CASE("the development key gives way to keys of one's own", "[endpoint][config]") {
  const auto own = read_config("e", R"({"keys": [{"id": "pk_a"}]})");
  REQUIRE(own.config.keys.size() == 1);
  CHECK(own.config.keys[0].id == "pk_a");
  const auto both = read_config("e", R"({"keys": [{"id": "pk_a"}], "development_key": true})");
  REQUIRE(both.config.keys.size() == 2);
  CHECK(both.config.keys[1].id == "pk_demo");
}

TEST_CASE("values arrive where they are used", "[endpoint][config]") {
  const auto read = read_config("e", R"({
    "listen": {"host": "::1", "port": 0},
    "log_level": "off",
    "limits": {"frames_burst": 7, "members_per_channel_max": 5, "send_queue_bytes_max": 200000},
    "timing": {"heartbeat_ms": 1000, "shutdown_ms": 0},
    "http": {"timeout_ms": 500},
    "proxy": {"trust_forwarded_for": true, "addresses": ["::1"]},
    "keys": [{"id": "pk_a", "channels": ["a/*"], "origins": ["https://a.b"], "permissions": ["join", "subscribe"], "limits": {"channels_max": 3, "peers_max": 9}, "same_identity": "reject"}],
    "ice_servers": [{"urls": ["turn:t.example"], "username": "u", "credential": "c"}]
  })");
  REQUIRE(read.problems.empty());
  const endpoint::Config& config = read.config;
  CHECK(config.host == "::1");
  CHECK(config.port == 0);
  CHECK(config.log_level == endpoint::LogLevel::kOff);
  CHECK(config.hub.frames_burst == 7);
  CHECK(config.hub.members_per_channel_max == 5);
  CHECK(config.send_queue_bytes_max == 200000);
  CHECK(config.hub.heartbeat_ms.value == 1000);
  CHECK(config.shutdown_ms.value == 0);
  CHECK(config.http.timeout_ms.value == 500);
  CHECK(config.proxy.addresses == std::vector<std::string>{"::1"});
  CHECK(config.keys == std::vector<KeyOptions>{{"pk_a",
                                                {"a/*"},
                                                {"https://a.b"},
                                                false,
                                                {true, false, true, false},
                                                {0, 3, 0, 9},
                                                true,
                                                SameIdentity::kReject,
                                                false,
                                                "",
                                                {}}});
  CHECK(config.hub.ice_servers.text ==
        R"([{"urls":["turn:t.example"],"username":"u","credential":"c"}])");
}

}  // namespace partyline::endpoint_test
