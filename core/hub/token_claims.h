// What a token says of its bearer: the registered claims of RFC 7519 §4.1, and ours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "partyline/ids.h"
#include "partyline/json_text.h"
#include "partyline/options.h"
#include "partyline/result.h"

namespace partyline::hub {

struct TokenClaims {
  PeerId peer;  // "sub"; empty: a random one
  // Milliseconds since 1970.
  std::int64_t issued = 0;  // "iat"; 0 where it does not say
  std::int64_t expires = 0;
  std::string kid;  // of what signed it
  // An object whose members nobody but the signer sets, or nothing.
  JsonText metadata;
  std::optional<std::vector<std::string>> channels;  // patterns; absent: all of the key's
  Permissions may;
  AccessLimits limits;
  bool may_relay = true;
  JsonText ice_servers{"[]"};
};

struct TokenRules {
  std::string_view audience;  // empty: any
  std::int64_t now = 0;       // milliseconds since 1970
  std::int64_t skew = 0;      // milliseconds
};

// Reads and judges the claims of a token whose signature is good. Errors: token_expired, and
// token_refused with what is wrong, in words for the one who signs.
[[nodiscard]] Result<TokenClaims> read_token_claims(std::string_view payload,
                                                    const TokenRules& rules);

}  // namespace partyline::hub
