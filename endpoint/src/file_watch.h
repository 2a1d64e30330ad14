// Tells when a file has changed and stays as it is: it is looked at once a second, and whoever is
// still writing has until the next look. Works on every file system, and through the links by which
// orchestrators replace files.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace partyline::endpoint {

class FileWatch {
 public:
  FileWatch(boost::asio::io_context& io, std::string file, std::function<void()> changed);

  void start();
  void stop() { timer_.cancel(); }

 private:
  // Which file it is, when it was written, and how long it is.
  struct Look {
    std::uint64_t device = 0;
    std::uint64_t number = 0;
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    std::int64_t size = -1;
    friend bool operator==(const Look&, const Look&) = default;
  };

  [[nodiscard]] Look look() const;
  void wait();

  boost::asio::steady_timer timer_;
  std::string file_;
  std::function<void()> changed_;
  Look known_;
  Look latest_;
};

}  // namespace partyline::endpoint
