// base64url without padding (RFC 7515 §2), by OpenSSL's base64.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace partyline::endpoint {

// Nothing where it is not the one text for some bytes.
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);
[[nodiscard]] std::string to_base64url(std::string_view bytes);

}  // namespace partyline::endpoint
