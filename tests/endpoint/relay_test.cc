// Relays of the configuration: their secrets are read and kept, their credentials given.
#include <cstdlib>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "config.h"
#include "endpoint_process.h"
#include "relay_signer.h"
#include "temporary_folder.h"
#include "test_client.h"

namespace partyline::endpoint_test {
namespace {

using nlohmann::json;

const std::string kSecret = "relay-secret-not-to-be-told";

// A configuration with a relay whose secret is in a file, and that file.
struct Relayed {
  TemporaryFolder folder;
  std::string file = folder.write("relay.secret", kSecret + "\n");
  Relayed() { REQUIRE(::chmod(file.c_str(), 0600) == 0); }

  [[nodiscard]] json relay() const {
    return {{"urls", {"turn:relay.example:3478", "turns:relay.example:443?transport=tcp"}},
            {"secret_file", file}};
  }
  [[nodiscard]] std::vector<std::string> problems_of(const json& relay) const {
    const json config = {{"relays", {relay}}};
    return endpoint::read_config("e.json", config.dump()).problems;
  }
};

}  // namespace

TEST_CASE("a credential is base64 of HMAC-SHA-1 of the username", "[endpoint][relay]") {
  CHECK(endpoint::relay_signer("key")("The quick brown fox jumps over the lazy dog") ==
        "3nybhbi3iqa8ino29wqQcBydtNk=");
}

TEST_CASE("a client is given the relays, and others before they end", "[endpoint][relay]") {
  const Relayed given;
  json relay = given.relay();
  relay["lifetime_s"] = 10;
  EndpointProcess endpoint(json{{"relays", {relay}}}.dump());
  TestClient anna(endpoint.port());
  const message::Welcome welcome = anna.hello("room");
  const json first = json::parse(welcome.ice_servers.text).at(0);
  CHECK(first["urls"] == relay["urls"]);
  const std::string username = first["username"];
  CHECK(username.ends_with(":" + welcome.peer.value));
  CHECK(first["credential"] == endpoint::relay_signer(kSecret)(username));
  const json next = json::parse(anna.expect<message::IceServers>().ice_servers.text).at(0);
  CHECK(next["username"].get<std::string>() > username);
  CHECK(next["credential"] == endpoint::relay_signer(kSecret)(next["username"].get<std::string>()));
  CHECK(endpoint.log().find(kSecret) == std::string::npos);
  CHECK(endpoint.log().find(first["credential"].get<std::string>()) == std::string::npos);
  CHECK(endpoint.log().find("no_relay") == std::string::npos);
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a relay's secret may be in the environment", "[endpoint][relay]") {
  const Relayed given;
  REQUIRE(::setenv("PARTYLINE_TEST_RELAY", kSecret.c_str(), 1) == 0);
  json relay = given.relay();
  relay.erase("secret_file");
  relay["secret_env"] = "PARTYLINE_TEST_RELAY";
  const json config = {{"relays", {relay}}};
  const auto read = endpoint::read_config("e.json", config.dump());
  ::unsetenv("PARTYLINE_TEST_RELAY");
  CHECK(read.problems.empty());
  REQUIRE(read.config.relay_signers.size() == 1);
  CHECK(read.config.relay_signers[0]("u") == endpoint::relay_signer(kSecret)("u"));
  CHECK(read.config.hub.relays.at(0).lifetime_ms == DurationMs{3'600'000});
}

TEST_CASE("what is wrong with a relay is told with its place, and without its secret",
          "[endpoint][relay]") {
  const Relayed given;
  const auto check = [&](const json& relay, const std::string& problem) {
    CAPTURE(problem);
    const auto problems = given.problems_of(relay);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0] == "e.json:1: field \"relays[0]" + problem);
    CHECK(problems[0].find(kSecret) == std::string::npos);
  };
  const auto with = [&](const char* name, const json& value) {
    json relay = given.relay();
    relay[name] = value;
    return relay;
  };
  const auto without = [&](const char* name) {
    json relay = given.relay();
    relay.erase(name);
    return relay;
  };
  CHECK(given.problems_of(given.relay()).empty());
  check(7, "\": must be an object, is 7");
  check(without("urls"), ".urls\": is missing");
  check(with("urls", json::array()), ".urls\": must not be empty");
  check(with("urls", "stun:relay.example"),
        ".urls\": must begin with turn: or turns:, is \"stun:relay.example\"");
  check(with("urls", {"turn:a", 1}), ".urls[1]\": must be a text, is 1");
  check(with("lifetime_s", 9), ".lifetime_s\": must be a whole number between 10 and 604800, is 9");
  check(without("secret_file"),
        ".secret_file\": is missing: the file with the secret that the relay has, too (or "
        "\"secret_env\", the name of a variable with it)");
  check(with("secret_env", "HOME"),
        ".secret_file\": and \"secret_env\" are two places for one secret");
  json relay = without("secret_file");
  relay["secret_env"] = "PARTYLINE_TEST_UNSET";
  check(relay, ".secret_env\": names a variable that is not set: PARTYLINE_TEST_UNSET");
  check(with("secret_file", "/nowhere/at/all"),
        ".secret_file\": /nowhere/at/all: No such file or directory");
  const std::string brief = given.folder.write("brief", "short\n");
  REQUIRE(::chmod(brief.c_str(), 0600) == 0);
  check(with("secret_file", brief), ".secret_file\": has a secret that is not of 8 to 4096 bytes");
  // Nobody writes into it, so whoever reads it would wait for ever.
  const std::string pipe = (given.folder.path() / "pipe").string();
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  check(with("secret_file", pipe), ".secret_file\": " + pipe + ": is no file");
  REQUIRE(::chmod(given.file.c_str(), 0644) == 0);
  check(given.relay(),
        ".secret_file\": " + given.file + ": others may read or change it; chmod 600 it");
}

TEST_CASE("an endpoint without a relay says so once, in words", "[endpoint][relay]") {
  EndpointProcess without;
  without.wait_for_log("no_relay");
  const std::string log = without.log();
  CHECK(log.find("add \\\"relays\\\"") != std::string::npos);
  CHECK(log.find("no_relay", log.find("no_relay") + 1) == std::string::npos);
  CHECK(without.stop() == 0);

  EndpointProcess with_own(
      R"({"ice_servers": [{"urls": "turn:t.example", "username": "u", "credential": "c"}]})");
  with_own.wait_for_log("sessions_end_with_process");
  CHECK(with_own.stop() == 0);
  CHECK(with_own.log().find("no_relay") == std::string::npos);
}

}  // namespace partyline::endpoint_test
