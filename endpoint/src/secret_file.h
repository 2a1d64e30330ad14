// Reads a secret from a file that only those may read whom it concerns.
#pragma once

#include <string>

namespace partyline::endpoint {

struct SecretFile {
  std::string secret;   // at most 4097 bytes: one more than any may have
  std::string problem;  // in words, without the secret; empty where all is well
};

[[nodiscard]] SecretFile read_secret_file(const std::string& file);

}  // namespace partyline::endpoint
