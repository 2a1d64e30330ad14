// The real program as a child: what it prints, how it ends.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "temporary_folder.h"

namespace partyline::endpoint_test {

// How long anything may take before a test gives up. Generous: machines are slow and shared, and
// only a failure waits this long.
inline constexpr std::chrono::seconds kPatience{30};

// A program that has ended.
struct Ended {
  int exit_code = -1;  // negative: by that signal
  std::string out;
  std::string err;
};

// Runs the program with these arguments until it ends by itself.
[[nodiscard]] Ended run_endpoint(const std::vector<std::string>& arguments);

// A running endpoint on a free port. Throws std::runtime_error when anything takes too long.
class EndpointProcess {
 public:
  // `config` is the file's text. The port is chosen by the system.
  explicit EndpointProcess(std::string_view config = "{}",
                           std::vector<std::string> more_arguments = {},
                           unsigned descriptors_max = 0);
  // Kills what a failed test left running.
  ~EndpointProcess();
  EndpointProcess(const EndpointProcess&) = delete;
  EndpointProcess& operator=(const EndpointProcess&) = delete;

  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] unsigned short port() const { return port_; }
  // What it has logged so far.
  [[nodiscard]] std::string log() const;
  // Waits until the log contains the text.
  void wait_for_log(std::string_view text) const;
  [[nodiscard]] pid_t pid() const { return pid_; }

  // Replaces the file of its configuration.
  void write_config(std::string_view config) const { folder_.write("endpoint.json", config); }

  void signal(int number) const;
  // Waits for the end. Every test ends its endpoints so, or by stop(): a sanitizer's finding is an
  // exit code, too.
  int wait();
  // Ends it without waiting for clients that do not read: two signals, then wait().
  int stop();

 private:
  void await_port(int out);

  TemporaryFolder folder_;
  pid_t pid_ = -1;
  std::string url_;
  unsigned short port_ = 0;
};

}  // namespace partyline::endpoint_test
