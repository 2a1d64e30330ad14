// Which tokens are taken for signed: the examples of the RFCs, and what somebody may try instead.
#include "token_verifier.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "base64url.h"

namespace partyline::endpoint_test {
namespace {

using endpoint::TokenAlgorithm;
using endpoint::TokenKey;
using endpoint::verify_token;

// RFC 7515 appendix A.3 and RFC 8037 appendix A.1.
const std::string kEs256Pem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n"
    "6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
    "-----END PUBLIC KEY-----\n";
const std::string kEd25519Pem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    "-----END PUBLIC KEY-----\n";

// RFC 7515 appendices A.1 and A.3, RFC 8037 appendix A.4.
const std::string kPayload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q";
const std::string kHs256 = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + kPayload +
                           ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const std::string kEs256 =
    "eyJhbGciOiJFUzI1NiJ9." + kPayload +
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const std::string kEdDsa =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

std::string bytes_of(std::string_view base64url) {
  const auto bytes = endpoint::from_base64url(base64url);
  REQUIRE(bytes);
  return *bytes;
}

TokenKey hs256() {
  return {"app", "", TokenAlgorithm::kHs256,
          bytes_of("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-"
                   "1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"),
          nullptr};
}

TokenKey of_public_key(TokenAlgorithm algorithm, const std::string& pem) {
  auto key = endpoint::read_public_key(pem, algorithm);
  REQUIRE(std::holds_alternative<endpoint::PublicKey>(key));
  return {"app", "", algorithm, "", std::get<endpoint::PublicKey>(std::move(key))};
}

std::vector<TokenKey> all_keys() {
  return {hs256(), of_public_key(TokenAlgorithm::kEs256, kEs256Pem),
          of_public_key(TokenAlgorithm::kEdDsa, kEd25519Pem)};
}

// A token with any header, signed with an HMAC.
std::string forge(std::string_view header, std::string_view payload, const std::string& secret) {
  const std::string signed_token =
      endpoint::sign_token({"", "", TokenAlgorithm::kHs256, secret, nullptr}, payload);
  // The signature is over the header as well, so it is made for this one.
  if (header.empty()) return signed_token;
  return endpoint::to_base64url(header) + signed_token.substr(signed_token.find('.'));
}

}  // namespace

TEST_CASE("the examples of the RFCs are good", "[endpoint][token]") {
  const auto keys = all_keys();
  for (const std::string& token : {kHs256, kEs256, kEdDsa}) {
    const auto good = verify_token(keys, token);
    REQUIRE(good);
    CHECK(good->key == "app");
  }
  CHECK(verify_token(keys, kEdDsa)->payload == "Example of Ed25519 signing");
}

TEST_CASE("one letter changed anywhere makes them no good", "[endpoint][token]") {
  const auto keys = all_keys();
  for (const std::string& token : {kHs256, kEs256, kEdDsa}) {
    for (std::size_t at = 0; at < token.size(); ++at) {
      for (const char other : {'A', 'z', '.', '=', ' '}) {
        std::string changed = token;
        if (changed[at] == other) continue;
        changed[at] = other;
        INFO(changed);
        CHECK_FALSE(verify_token(keys, changed));
      }
    }
    CHECK_FALSE(verify_token(keys, token.substr(0, token.size() - 1)));
    CHECK_FALSE(verify_token(keys, token + "A"));
    CHECK_FALSE(verify_token(keys, token + "."));
    CHECK_FALSE(verify_token(keys, "." + token));
  }
}

TEST_CASE("a key takes its own algorithm and no other", "[endpoint][token]") {
  const std::string claims = R"({"exp":9999999999})";
  const TokenKey ec = of_public_key(TokenAlgorithm::kEs256, kEs256Pem);
  // The public key as the secret of a MAC: what libraries fell for that trusted the header.
  for (const std::string& secret : {kEs256Pem, kEs256Pem.substr(0, kEs256Pem.size() - 1)}) {
    CHECK_FALSE(verify_token({ec}, forge("", claims, secret)));
    CHECK_FALSE(verify_token({ec, hs256()}, forge("", claims, secret)));
    CHECK_FALSE(verify_token({ec}, forge(R"({"alg":"ES256"})", claims, secret)));
  }
  CHECK_FALSE(verify_token({ec}, kEdDsa));
  CHECK_FALSE(verify_token({of_public_key(TokenAlgorithm::kEdDsa, kEd25519Pem)}, kEs256));
}

TEST_CASE("no signature is none", "[endpoint][token]") {
  const auto keys = all_keys();
  const std::string payload = endpoint::to_base64url(R"({"exp":9999999999})");
  for (const char* header :
       {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":""})", R"({})", R"({"alg":null})",
        R"({"alg":["HS256"]})", R"([])", R"("HS256")", "", "{"}) {
    INFO(header);
    const std::string text = endpoint::to_base64url(header) + "." + payload;
    CHECK_FALSE(verify_token(keys, text + "."));
    CHECK_FALSE(verify_token(keys, text));
  }
  CHECK_FALSE(verify_token({}, kHs256));
  CHECK_FALSE(verify_token(keys, ""));
  CHECK_FALSE(verify_token(keys, ".."));
  CHECK_FALSE(verify_token(keys, std::string(100'000, 'a')));
  // An extension that must be understood.
  CHECK_FALSE(verify_token(
      {hs256()}, forge(R"({"alg":"HS256","crit":["b64"],"b64":false})", "{}", hs256().secret)));
}

TEST_CASE("several keys are told apart by their name", "[endpoint][token]") {
  TokenKey older = hs256();
  older.kid = "2025";
  TokenKey newer{"app", "2026", TokenAlgorithm::kHs256, std::string(32, 'n'), nullptr};
  const std::vector<TokenKey> keys = {older, newer};
  CHECK(verify_token(keys, endpoint::sign_token(older, "{}")));
  CHECK(verify_token(keys, endpoint::sign_token(newer, "{}")));
  TokenKey liar = newer;
  liar.kid = "2025";
  CHECK_FALSE(verify_token(keys, endpoint::sign_token(liar, "{}")));
  liar.kid = "2027";
  CHECK_FALSE(verify_token(keys, endpoint::sign_token(liar, "{}")));
  // Without a name it could be either, but for one that has none.
  CHECK_FALSE(verify_token(keys, kHs256));
  CHECK(verify_token({hs256(), newer}, kHs256));
  CHECK(verify_token({hs256(), newer}, endpoint::sign_token(newer, "{}")));
  CHECK(verify_token({older}, kHs256));
}

TEST_CASE("public keys of another kind are refused in words", "[endpoint][token]") {
  const auto problem = [](const std::string& pem, TokenAlgorithm algorithm) {
    const auto read = endpoint::read_public_key(pem, algorithm);
    const auto* words = std::get_if<std::string>(&read);
    return words == nullptr ? std::string() : *words;
  };
  CHECK(problem(kEd25519Pem, TokenAlgorithm::kEs256).find("ES256") != std::string::npos);
  CHECK(problem(kEs256Pem, TokenAlgorithm::kEdDsa).find("EdDSA") != std::string::npos);
  CHECK(problem("nonsense", TokenAlgorithm::kEdDsa).find("PEM") != std::string::npos);
}

TEST_CASE("base64url has one text for some bytes", "[endpoint][token]") {
  for (const std::string_view bytes : {"", "f", "fo", "foo", "foob", "\xff\xfe\xfd"}) {
    CHECK(bytes_of(endpoint::to_base64url(bytes)) == bytes);
  }
  for (const char* text : {"A", "Zh", "Zm9=", "Zg==", "Z g", "Zm+v", "Zm/v", "Zm9vY"}) {
    INFO(text);
    CHECK_FALSE(endpoint::from_base64url(text));
  }
}

}  // namespace partyline::endpoint_test
