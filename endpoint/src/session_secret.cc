#include "session_secret.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unistd.h>

#include "random.h"
#include "secret_file.h"

namespace partyline::endpoint {
namespace {

constexpr std::size_t kBytesMin = 32;
constexpr std::size_t kBytesMax = 4096;

std::string hexadecimal(const unsigned char* bytes, std::size_t size) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text.push_back(kDigits[bytes[i] >> 4U]);
    text.push_back(kDigits[bytes[i] & 15U]);
  }
  return text;
}

std::string new_secret() {
  std::string secret;
  for (int part = 0; part < 4; ++part) {
    const std::uint64_t bits = random_bits();
    secret += hexadecimal(reinterpret_cast<const unsigned char*>(&bits), sizeof bits);
  }
  return secret;
}

// RFC 2104 with SHA-256.
Signer signer(std::string secret) {
  return [secret = std::move(secret)](std::string_view text) {
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
    return hexadecimal(mac, size);
  };
}

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

std::string problem_with(const std::string& file, int error) {
  return "secret_file: " + file + ": " + std::generic_category().message(error);
}

}  // namespace

Signer passing_signer() { return signer(new_secret()); }

std::variant<Signer, std::string> load_signer(const std::string& file) {
  // Made whole under another name first: two processes that start together share one secret.
  if (::access(file.c_str(), F_OK) != 0) {
    std::string draft = file + ".XXXXXX";
    const Descriptor made{::mkostemp(draft.data(), O_CLOEXEC)};
    if (made.number < 0) return problem_with(file, errno);
    const std::string secret = new_secret();
    const bool written =
        ::write(made.number, secret.data(), secret.size()) == static_cast<ssize_t>(secret.size()) &&
        ::fsync(made.number) == 0;
    const bool placed = written && (::link(draft.c_str(), file.c_str()) == 0 || errno == EEXIST);
    const int error = errno;
    ::unlink(draft.c_str());
    if (!placed) return problem_with(file, error);
  }
  SecretFile read = read_secret_file(file);
  if (!read.problem.empty()) return "secret_file: " + read.problem;
  std::string& secret = read.secret;
  if (secret.size() < kBytesMin || secret.size() > kBytesMax) {
    return "secret_file: " + file + ": must have 32 to 4096 bytes";
  }
  return signer(std::move(secret));
}

}  // namespace partyline::endpoint
