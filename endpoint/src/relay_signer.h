// Credentials for a relay that shares a secret with the endpoint.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace partyline::endpoint {

// Holds the secret and shows it to nobody. Gives base64 of the HMAC-SHA-1 of the username
// (draft-uberti-behave-turn-rest-00 §2.2), which is what coturn's `use-auth-secret` expects.
using RelaySigner = std::function<std::string(std::string_view username)>;

[[nodiscard]] RelaySigner relay_signer(std::string secret);

}  // namespace partyline::endpoint
