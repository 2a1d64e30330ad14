#include "secret_file.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace partyline::endpoint {
namespace {

constexpr std::size_t kBytesMax = 4096;
// All but that the owner's group may read it.
constexpr mode_t kForbidden = S_IWGRP | S_IXGRP | S_IRWXO;

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

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

SecretFile read_secret_file(const std::string& file) {
  // Of a pipe it would wait for who writes into it.
  const Descriptor opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (opened.number < 0) return {{}, file + ": " + std::generic_category().message(errno)};
  struct stat status {};
  if (::fstat(opened.number, &status) != 0 || !S_ISREG(status.st_mode)) {
    return {{}, file + ": is no file"};
  }
  if ((status.st_mode & kForbidden) != 0) {
    return {{}, file + ": others may read or change it; chmod 600 it"};
  }
  return {read_whole(opened.number), {}};
}

}  // namespace partyline::endpoint
