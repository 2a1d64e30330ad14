#include "config_secret.h"

#include <cstdlib>
#include <utility>

#include "secret_file.h"

namespace partyline::endpoint {
namespace {

// What ends a text file is no part of the secret.
void cut_line_end(std::string& secret) {
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
}

}  // namespace

std::string read_configured_secret(ObjectReader& reader, const std::filesystem::path& folder,
                                   std::size_t bytes_min, std::string_view whose) {
  std::string file;
  std::string variable;
  reader.text("secret_file", file);
  reader.text("secret_env", variable);
  if (file.empty() == variable.empty()) {
    reader.problem("secret_file",
                   file.empty() ? "is missing: the file with the secret " + std::string(whose) +
                                      " (or \"secret_env\", the name of a variable with it)"
                                : "and \"secret_env\" are two places for one secret");
    return {};
  }
  const std::string_view name = file.empty() ? "secret_env" : "secret_file";
  std::string secret;
  if (file.empty()) {
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr) reader.problem(name, "names a variable that is not set: " + variable);
    if (value == nullptr) return {};
    secret = value;
  } else {
    SecretFile read = read_secret_file((folder / file).lexically_normal().string());
    if (!read.problem.empty()) reader.problem(name, read.problem);
    if (!read.problem.empty()) return {};
    secret = std::move(read.secret);
  }
  cut_line_end(secret);
  if (secret.size() >= bytes_min && secret.size() <= kConfiguredSecretBytesMax) return secret;
  reader.problem(name, "has a secret that is not of " + std::to_string(bytes_min) + " to " +
                           std::to_string(kConfiguredSecretBytesMax) + " bytes");
  return {};
}

}  // namespace partyline::endpoint
