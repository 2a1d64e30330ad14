// The checks of single values in a configuration: each returns what is wrong in words, or nothing.
#pragma once

#include <string>
#include <string_view>

namespace partyline::endpoint {

// An origin as browsers send it: scheme, host and, where it is not the scheme's own, port.
[[nodiscard]] std::string origin_problem(std::string_view origin);

// A pattern of channel names.
[[nodiscard]] std::string pattern_problem(std::string_view pattern);

// A publishable key's id.
[[nodiscard]] std::string key_id_problem(std::string_view id);

// The id of an application whose tokens are taken, and the name of a key that signs them.
[[nodiscard]] std::string application_id_problem(std::string_view id);
[[nodiscard]] std::string kid_problem(std::string_view kid);

// An IP address in numbers.
[[nodiscard]] std::string address_problem(std::string_view address);

}  // namespace partyline::endpoint
