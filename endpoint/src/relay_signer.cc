#include "relay_signer.h"

#include <utility>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace partyline::endpoint {

RelaySigner relay_signer(std::string secret) {
  return [secret = std::move(secret)](std::string_view username) {
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(username.data()), username.size(), mac, &size);
    // Four characters for three bytes, and a zero.
    unsigned char text[(EVP_MAX_MD_SIZE + 2) / 3 * 4 + 1];
    const int length = EVP_EncodeBlock(text, mac, static_cast<int>(size));
    return std::string(reinterpret_cast<const char*>(text), static_cast<std::size_t>(length));
  };
}

}  // namespace partyline::endpoint
