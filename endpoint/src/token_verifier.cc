#include "token_verifier.h"

#include <array>
#include <utility>

#include <nlohmann/json.hpp>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include "base64url.h"
#include "partyline/limits.h"

namespace partyline::endpoint {
namespace {

// r and s of P-256, and an Ed25519 signature.
constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kHeaderBytesMax = 1024;

struct Named {
  TokenAlgorithm algorithm;
  std::string_view name;
};
constexpr std::array<Named, 3> kAlgorithms = {{{TokenAlgorithm::kHs256, "HS256"},
                                               {TokenAlgorithm::kEs256, "ES256"},
                                               {TokenAlgorithm::kEdDsa, "EdDSA"}}};

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hmac(std::string_view secret, std::string_view text) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(text), text.size(),
       mac, &size);
  return {reinterpret_cast<const char*>(mac), size};
}

bool has_mac(const TokenKey& key, std::string_view text, std::string_view signature) {
  const std::string right = hmac(key.secret, text);
  return signature.size() == right.size() &&
         CRYPTO_memcmp(signature.data(), right.data(), right.size()) == 0;
}

// JWS has r and s side by side (RFC 7518 §3.4), OpenSSL takes them as DER.
std::string to_der(std::string_view signature) {
  using Signature = std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)>;
  const Signature parts(ECDSA_SIG_new(), ECDSA_SIG_free);
  const int half = static_cast<int>(kSignatureBytes / 2);
  BIGNUM* r = BN_bin2bn(bytes_of(signature), half, nullptr);
  BIGNUM* s = BN_bin2bn(bytes_of(signature) + half, half, nullptr);
  if (!parts || ECDSA_SIG_set0(parts.get(), r, s) != 1) return {};
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(parts.get(), &der);
  if (size <= 0) return {};
  std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

bool has_signature(const TokenKey& key, std::string_view text, std::string_view signature) {
  if (signature.size() != kSignatureBytes) return false;
  const bool ecdsa = key.algorithm == TokenAlgorithm::kEs256;
  const std::string form = ecdsa ? to_der(signature) : std::string(signature);
  using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  // Ed25519 hashes by itself (RFC 8032 §5.1.7).
  const EVP_MD* hash = ecdsa ? EVP_sha256() : nullptr;
  return context &&
         EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key.key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(form), form.size(), bytes_of(text),
                          text.size()) == 1;
}

struct Header {
  std::optional<TokenAlgorithm> algorithm;
  std::string kid;
};

std::optional<Header> read_header(std::string_view text) {
  if (text.size() > kHeaderBytesMax) return std::nullopt;
  const std::optional<std::string> bytes = from_base64url(text);
  if (!bytes) return std::nullopt;
  const auto json = nlohmann::json::parse(*bytes, nullptr, false);
  // "crit" names what a reader must understand (RFC 7515 §4.1.11), and we understand none.
  if (!json.is_object() || json.contains("crit")) return std::nullopt;
  const auto member = [&](const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  return Header{token_algorithm(member("alg")), member("kid")};
}

// The key that the header names. Without a name the one that has none, or else the only one with
// its algorithm.
const TokenKey* choose(const std::vector<TokenKey>& keys, const Header& header) {
  const TokenKey* only = nullptr;
  std::size_t found = 0;
  for (const TokenKey& key : keys) {
    if (key.algorithm != header.algorithm) continue;
    if (key.kid == header.kid) return &key;
    only = &key;
    ++found;
  }
  return header.kid.empty() && found == 1 ? only : nullptr;
}

bool is_signed(const TokenKey& key, std::string_view text, std::string_view signature) {
  return key.algorithm == TokenAlgorithm::kHs256 ? has_mac(key, text, signature)
                                                 : has_signature(key, text, signature);
}

// As long as a signature by one of them would take, so that nobody learns which keys there are.
void waste_time(const std::vector<TokenKey>& keys, std::optional<TokenAlgorithm> algorithm,
                std::string_view text, std::string_view signature) {
  if (keys.empty()) return;
  const TokenKey* chosen = &keys.front();
  for (const TokenKey& key : keys) {
    if (key.algorithm == algorithm) chosen = &key;
  }
  [[maybe_unused]] const volatile bool ignored = is_signed(*chosen, text, signature);
}

}  // namespace

std::optional<TokenAlgorithm> token_algorithm(std::string_view name) {
  for (const Named& known : kAlgorithms) {
    if (known.name == name) return known.algorithm;
  }
  return std::nullopt;
}

std::string_view token_algorithm_name(TokenAlgorithm algorithm) {
  return kAlgorithms[static_cast<std::size_t>(algorithm)].name;
}

std::variant<PublicKey, std::string> read_public_key(const std::string& pem,
                                                     TokenAlgorithm algorithm) {
  using Source = std::unique_ptr<BIO, decltype(&BIO_free)>;
  const Source source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  PublicKey key(PEM_read_bio_PUBKEY(source.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  if (!key) return std::string("has no public key in PEM (\"-----BEGIN PUBLIC KEY-----\")");
  if (algorithm == TokenAlgorithm::kEdDsa) {
    if (EVP_PKEY_is_a(key.get(), "ED25519") == 1) return key;
    return std::string("has another key than one for EdDSA over Ed25519");
  }
  char group[32] = {};
  const bool is_p256 = EVP_PKEY_is_a(key.get(), "EC") == 1 &&
                       EVP_PKEY_get_group_name(key.get(), group, sizeof group, nullptr) == 1 &&
                       std::string_view(group) == "prime256v1";
  if (algorithm == TokenAlgorithm::kEs256 && is_p256) return key;
  return std::string("has another key than one for ES256 (P-256)");
}

std::optional<SignedToken> verify_token(const std::vector<TokenKey>& keys, std::string_view token) {
  if (token.size() > limits::kCredentialBytesMax) return std::nullopt;
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string_view text = token.substr(0, second);
  const std::optional<std::string> signature = from_base64url(token.substr(second + 1));
  const std::optional<std::string> payload =
      from_base64url(token.substr(first + 1, second - first - 1));
  const std::optional<Header> header = read_header(token.substr(0, first));
  const TokenKey* key = header && payload && signature ? choose(keys, *header) : nullptr;
  if (key == nullptr) {
    waste_time(keys, header ? header->algorithm : std::nullopt, text, signature.value_or(""));
    return std::nullopt;
  }
  if (!is_signed(*key, text, *signature)) return std::nullopt;
  return SignedToken{key->owner, *payload, key->kid};
}

std::string sign_token(const TokenKey& key, std::string_view claims) {
  nlohmann::json header = {{"alg", token_algorithm_name(key.algorithm)}, {"typ", "JWT"}};
  if (!key.kid.empty()) header["kid"] = key.kid;
  const std::string text = to_base64url(header.dump()) + '.' + to_base64url(claims);
  return text + '.' + to_base64url(hmac(key.secret, text));
}

}  // namespace partyline::endpoint
