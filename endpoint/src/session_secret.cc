#include "session_secret.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/stat.h>
#include <unistd.h>

#include "random.h"

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

std::string read_whole(int descriptor) {
  std::string bytes(kBytesMax + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = ::read(descriptor, bytes.data() + size, bytes.size() - size);
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  return bytes;
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
  const Descriptor opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (opened.number < 0) return problem_with(file, errno);
  struct stat status {};
  if (::fstat(opened.number, &status) != 0 || !S_ISREG(status.st_mode)) {
    return "secret_file: " + file + ": is no file";
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO) & ~S_IRGRP) != 0) {
    return "secret_file: " + file + ": others may read or change it; chmod 600 it";
  }
  std::string secret = read_whole(opened.number);
  if (secret.size() < kBytesMin || secret.size() > kBytesMax) {
    return "secret_file: " + file + ": must have 32 to 4096 bytes";
  }
  return signer(std::move(secret));
}

}  // namespace partyline::endpoint
