// The secret with which resume tickets are signed. In a file it outlives the process, and several
// processes can share it: then a client that comes back to any of them is the same peer again.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>

namespace partyline::endpoint {

// Holds the secret and shows it to nobody.
using Signer = std::function<std::string(std::string_view text)>;

// Signs with what is in the file, 32 to 4096 bytes; a file that is not there is made, with a new
// secret that only its owner may read. Or what is wrong, in words.
[[nodiscard]] std::variant<Signer, std::string> load_signer(const std::string& file);

// Signs with a secret that ends with the process.
[[nodiscard]] Signer passing_signer();

}  // namespace partyline::endpoint
