// Tokens of the configuration, shown to the real program.
#include <ctime>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "config.h"
#include "endpoint_process.h"
#include "temporary_folder.h"
#include "test_client.h"
#include "token_verifier.h"

namespace partyline::endpoint_test {
namespace {

using nlohmann::json;

const std::string kSecret = "a-secret-of-tokens-not-to-be-told-to-anybody";

struct Application {
  TemporaryFolder folder;
  std::string file = folder.write("token.secret", kSecret + "\n");
  Application() { REQUIRE(::chmod(file.c_str(), 0600) == 0); }

  [[nodiscard]] json key() const {
    return {{"id", "app"},
            {"channels", {"room*"}},
            {"tokens",
             {{"audience", "calls"},
              {"keys", {{{"kid", "k1"}, {"alg", "HS256"}, {"secret_file", file}}}}}}};
  }
  [[nodiscard]] std::vector<std::string> problems_of(const json& key) const {
    return endpoint::read_config("e.json", json{{"keys", {key}}}.dump()).problems;
  }
};

std::string token(const json& claims, const std::string& kid = "k1") {
  json all = {{"aud", "calls"}, {"exp", std::time(nullptr) + 3600}};
  all.update(claims);
  return endpoint::sign_token({"app", kid, endpoint::TokenAlgorithm::kHs256, kSecret, nullptr},
                              all.dump());
}

message::Hello hello(const std::string& token) {
  return {1, "", token, "", {{ChannelName("room"), 1, {}, {}}}};
}

}  // namespace

TEST_CASE("a token lets its bearer in", "[endpoint][token]") {
  const Application app;
  EndpointProcess endpoint(json{{"keys", {app.key()}}}.dump());
  TestClient ann(endpoint.port());
  ann.send(hello(token({{"sub", "ann"}, {"metadata", {{"name", "Ann"}}}})));
  CHECK(ann.expect<message::Welcome>().peer == PeerId("ann"));
  TestClient ben(endpoint.port());
  ben.send(hello(token({{"sub", "ben"}})));
  const auto welcome = ben.expect<message::Welcome>();
  REQUIRE(welcome.joined.size() == 1);
  CHECK(welcome.joined[0].members.at(0).metadata == JsonText(R"({"name":"Ann"})"));
  // A newer one in the middle of it.
  ann.expect<message::PeerJoined>();
  ann.send(message::Token{token({{"sub", "ann"}, {"permissions", {"send"}}})});
  CHECK(ann.expect<message::Removed>().code == ErrorCode::join_not_allowed);
  CHECK(ben.expect<message::PeerLeft>().reason == message::LeaveReason::kRemoved);
  ben.ping();
  CHECK(endpoint.log().find(kSecret) == std::string::npos);
  CHECK(endpoint.log().find("eyJ") == std::string::npos);
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("tokens that are no good are refused without a word about them", "[endpoint][token]") {
  const Application app;
  EndpointProcess endpoint(json{{"keys", {app.key()}}}.dump());
  const auto refusal = [&](const std::string& text) {
    TestClient client(endpoint.port());
    client.send(hello(text));
    return client.read_close();
  };
  const Closed forged = refusal(token(json::object()).substr(0, 40) + ".AAAA");
  CHECK(forged.code == close_code(ErrorCode::token_refused));
  std::string altered = token({{"sub", "ann"}});
  altered[altered.find('.') + 3] = altered[altered.find('.') + 3] == 'a' ? 'b' : 'a';
  for (const std::string& text : {altered, token(json::object(), "k2"), std::string("a.b.c")}) {
    CHECK(refusal(text).code == forged.code);
    CHECK(refusal(text).reason == forged.reason);
  }
  CHECK(refusal(token({{"exp", std::time(nullptr) - 60}})).code ==
        close_code(ErrorCode::token_expired));
  CHECK(refusal(token({{"aud", "others"}})).code == close_code(ErrorCode::token_refused));
  CHECK(refusal(token({{"nbf", std::time(nullptr) + 600}})).code ==
        close_code(ErrorCode::token_refused));
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("mistakes with tokens in a configuration are told with their place",
          "[endpoint][token][config]") {
  const Application app;
  CHECK(app.problems_of(app.key()).empty());
  const auto problem = [&](const char* pointer, const json& value) {
    json key = app.key();
    key[json::json_pointer(pointer)] = value;
    const auto problems = app.problems_of(key);
    REQUIRE_FALSE(problems.empty());
    for (const std::string& text : problems) CHECK(text.find(kSecret) == std::string::npos);
    return problems.front();
  };
  CHECK(problem("/id", "pk_app").find("keys[0].id") != std::string::npos);
  CHECK(problem("/tokens/keys", json::array()).find("keys[0].tokens.keys") != std::string::npos);
  CHECK(problem("/tokens/keys/0/alg", "none").find("alg") != std::string::npos);
  CHECK(problem("/tokens/keys/0/alg", "ES256").find("public_key_file") != std::string::npos);
  CHECK(problem("/tokens/keys/0/kid", "a b").find("kid") != std::string::npos);
  CHECK(problem("/tokens/keys/1", app.key()["tokens"]["keys"][0]).find("kid") != std::string::npos);
  const std::string weak = app.folder.write("weak.secret", "short\n");
  REQUIRE(::chmod(weak.c_str(), 0600) == 0);
  CHECK(problem("/tokens/keys/0/secret_file", weak).find("32") != std::string::npos);
  REQUIRE(::chmod(app.file.c_str(), 0644) == 0);
  CHECK(app.problems_of(app.key()).at(0).find("chmod 600") != std::string::npos);
}

}  // namespace partyline::endpoint_test
