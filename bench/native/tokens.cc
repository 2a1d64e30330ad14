// How many tokens and tickets one core can look at and make in a second. Prints JSON;
// bench/tokens.mjs runs it.
//
// Tokens are verified as the endpoint does it, claims and all, each of them another one. Beside
// each algorithm stands OpenSSL by itself: the same signatures, the keys parsed before, nothing
// else.
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base64url.h"
#include "hub/tickets.h"
#include "hub/token_claims.h"
#include "session_secret.h"
#include "token_verifier.h"

namespace {

using partyline::endpoint::TokenAlgorithm;
using partyline::endpoint::TokenKey;
using Clock = std::chrono::steady_clock;

constexpr int kTokens = 512;
constexpr std::chrono::milliseconds kSpan{700};

// How often in a second; the best of three spans, since others may use the core as well.
double rate(const std::function<void(int)>& act) {
  double best = 0;
  for (int span = 0; span < 3; ++span) {
    const auto begin = Clock::now();
    int count = 0;
    while (Clock::now() - begin < kSpan) {
      for (int i = 0; i < 16; ++i) act(count++ % kTokens);
    }
    best = std::max(best, count / std::chrono::duration<double>(Clock::now() - begin).count());
  }
  return best;
}

std::string claims(int number) {
  return R"({"sub":"user-)" + std::to_string(number) +
         R"(","aud":"calls","iat":1700000000,"exp":4000000000,"channels":["room-*","team/**"],)"
         R"("permissions":["join","publish","subscribe","send"],"metadata":{"name":"Somebody"}})";
}

using Key = std::shared_ptr<EVP_PKEY>;

Key make_key(TokenAlgorithm algorithm) {
  EVP_PKEY* key = algorithm == TokenAlgorithm::kEdDsa
                      ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")
                      : EVP_EC_gen("P-256");
  return {key, EVP_PKEY_free};
}

std::string raw_signature(EVP_PKEY* key, const EVP_MD* hash, const std::string& text) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  std::string signature(128, '\0');
  std::size_t size = signature.size();
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  EVP_DigestSignInit(context.get(), nullptr, hash, nullptr, key);
  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                 text.size());
  signature.resize(size);
  return signature;
}

std::string side_by_side(const std::string& der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> parts(
      d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size())), ECDSA_SIG_free);
  std::string text(64, '\0');
  auto* out = reinterpret_cast<unsigned char*>(text.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), out, 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), out + 32, 32);
  return text;
}

void die(const char* why) {
  std::fprintf(stderr, "bench tokens: %s\n", why);
  std::exit(1);
}

double verify_all(const std::vector<TokenKey>& keys, const std::vector<std::string>& tokens) {
  return rate([&](int i) {
    const auto good = partyline::endpoint::verify_token(keys, tokens[static_cast<std::size_t>(i)]);
    if (!good) die("a token was not accepted");
    const auto read =
        partyline::hub::read_token_claims(good->payload, {"calls", 1'800'000'000'000, 0});
    if (!read) die("claims were not accepted");
  });
}

struct Rates {
  double ours = 0;
  double openssl = 0;
};

Rates public_key(TokenAlgorithm algorithm) {
  const bool ecdsa = algorithm == TokenAlgorithm::kEs256;
  const EVP_MD* hash = ecdsa ? EVP_sha256() : nullptr;
  const Key key = make_key(algorithm);
  std::vector<std::string> tokens;
  std::vector<std::string> texts;
  std::vector<std::string> signatures;
  const std::string header = partyline::endpoint::to_base64url(
      ecdsa ? R"({"alg":"ES256","kid":"k"})" : R"({"alg":"EdDSA","kid":"k"})");
  for (int i = 0; i < kTokens; ++i) {
    texts.push_back(header + "." + partyline::endpoint::to_base64url(claims(i)));
    signatures.push_back(raw_signature(key.get(), hash, texts.back()));
    tokens.push_back(texts.back() + "." +
                     partyline::endpoint::to_base64url(ecdsa ? side_by_side(signatures.back())
                                                             : signatures.back()));
  }
  Rates rates;
  rates.ours = verify_all({{"app", "k", algorithm, "", key}}, tokens);
  rates.openssl = rate([&](int i) {
    const auto at = static_cast<std::size_t>(i);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key.get());
    if (EVP_DigestVerify(
            context.get(), reinterpret_cast<const unsigned char*>(signatures[at].data()),
            signatures[at].size(), reinterpret_cast<const unsigned char*>(texts[at].data()),
            texts[at].size()) != 1) {
      die("OpenSSL did not accept a signature");
    }
  });
  return rates;
}

double hs256() {
  const TokenKey key{"app", "k", TokenAlgorithm::kHs256, std::string(32, 's'), nullptr};
  std::vector<std::string> tokens;
  for (int i = 0; i < kTokens; ++i) {
    tokens.push_back(partyline::endpoint::sign_token(key, claims(i)));
  }
  return verify_all({key}, tokens);
}

double tickets() {
  partyline::HubRun run;
  run.sign = partyline::endpoint::passing_signer();
  const partyline::hub::Tickets all(run, partyline::DurationMs{3'600'000});
  return rate([&](int i) {
    const partyline::PeerId peer("user-" + std::to_string(i));
    const std::string ticket = all.issue(1'800'000'000'000, peer, "app", 5);
    if (!all.open(1'800'000'000'000, ticket)) die("a ticket was not accepted");
  });
}

}  // namespace

int main() {
  const Rates es256 = public_key(TokenAlgorithm::kEs256);
  const Rates eddsa = public_key(TokenAlgorithm::kEdDsa);
  std::printf(
      "{\"hs256\":%.0f,\"es256\":%.0f,\"es256_openssl\":%.0f,\"eddsa\":%.0f,\"eddsa_openssl\":%.0f,"
      "\"tickets\":%.0f}\n",
      hs256(), es256.ours, es256.openssl, eddsa.ours, eddsa.openssl, tickets());
}
