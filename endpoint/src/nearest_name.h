// "Did you mean …?" for names that nobody knows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace partyline::endpoint {

// The known name that `name` most likely meant, or empty when none is near.
[[nodiscard]] std::string nearest_name(std::string_view name,
                                       const std::vector<std::string>& known);

}  // namespace partyline::endpoint
