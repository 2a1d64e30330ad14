// Which tokens are signed by whom: JWS in compact serialization (RFC 7515) with HS256, ES256
// (RFC 7518 §3) or EdDSA over Ed25519 (RFC 8037), each key with the one algorithm that it is for.
//
// The cryptography is OpenSSL's. What is around it is read here, since no JWT library that our
// platforms package knows EdDSA: docs/ACCESS.md says more.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <openssl/evp.h>

#include "partyline/hub.h"

namespace partyline::endpoint {

enum class TokenAlgorithm : std::uint8_t { kHs256, kEs256, kEdDsa };

// "HS256", "ES256" or "EdDSA".
[[nodiscard]] std::optional<TokenAlgorithm> token_algorithm(std::string_view name);
[[nodiscard]] std::string_view token_algorithm_name(TokenAlgorithm algorithm);

using PublicKey = std::shared_ptr<EVP_PKEY>;

struct TokenKey {
  std::string owner;  // KeyOptions::id of whose tokens it signs
  std::string kid;    // RFC 7515 §4.1.4; empty where its owner has one key only
  TokenAlgorithm algorithm = TokenAlgorithm::kHs256;
  std::string secret;  // of HS256
  PublicKey key;       // of the others
};

// From PEM (SubjectPublicKeyInfo); else what is wrong, in words.
[[nodiscard]] std::variant<PublicKey, std::string> read_public_key(const std::string& pem,
                                                                   TokenAlgorithm algorithm);

// Nothing where the token is not signed by one of the keys, and that is all that is said: a header
// that names another algorithm than the key's, or none, is no better than a wrong signature.
[[nodiscard]] std::optional<SignedToken> verify_token(const std::vector<TokenKey>& keys,
                                                      std::string_view token);

// A token with these claims (JSON text). Legal for HS256 keys.
[[nodiscard]] std::string sign_token(const TokenKey& key, std::string_view claims);

}  // namespace partyline::endpoint
