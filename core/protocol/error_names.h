// The way back from an error's name on the wire.
#pragma once

#include <optional>
#include <string_view>

#include "partyline/error_codes.h"

namespace partyline {

// The code of that name, or nothing: a newer end may know more of them.
[[nodiscard]] std::optional<ErrorCode> error_from_name(std::string_view name);

}  // namespace partyline
