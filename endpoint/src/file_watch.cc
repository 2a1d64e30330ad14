#include "file_watch.h"

#include <chrono>

#include <sys/stat.h>

namespace partyline::endpoint {

FileWatch::FileWatch(boost::asio::io_context& io, std::string file, std::function<void()> changed)
    : timer_(io),
      file_(std::move(file)),
      changed_(std::move(changed)),
      known_(look()),
      latest_(known_) {}

void FileWatch::start() { wait(); }

// A file that is not there, as between the two steps of a replacement, is waited for.
FileWatch::Look FileWatch::look() const {
  struct stat status {};
  if (::stat(file_.c_str(), &status) != 0) return {};
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
          static_cast<std::int64_t>(status.st_mtim.tv_sec),
          static_cast<std::int64_t>(status.st_mtim.tv_nsec),
          static_cast<std::int64_t>(status.st_size)};
}

void FileWatch::wait() {
  timer_.expires_after(std::chrono::seconds(1));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    const Look before = std::exchange(latest_, look());
    const bool stays = latest_ == before && latest_.size >= 0;
    wait();
    if (!stays || latest_ == known_) return;
    known_ = latest_;
    changed_();
  });
}

}  // namespace partyline::endpoint
