#include "endpoint_process.h"

#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace partyline::endpoint_test {
namespace {

using Clock = std::chrono::steady_clock;

// What there is to wait for has no file descriptor (a log's content, a child's end): looked for at
// this pace.
constexpr std::chrono::milliseconds kLookAgain{2};

struct Launch {
  std::vector<std::string> arguments;
  std::string err_file;
  int out = -1;
  unsigned descriptors_max = 0;
};

pid_t launch(const Launch& what) {
  std::vector<char*> argv;
  static std::string program = PARTYLINE_ENDPOINT_PROGRAM;
  argv.push_back(program.data());
  for (const std::string& argument : what.arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  const int err = ::open(what.err_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid > 0) {
    ::close(err);
    return pid;
  }
  ::dup2(what.out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  if (what.descriptors_max > 0) {
    const rlimit limit{what.descriptors_max, what.descriptors_max};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

std::string content_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

// Reads what there is, waiting for it; false at the end.
bool read_more(int descriptor, std::string& into, Clock::time_point until) {
  pollfd poller{descriptor, POLLIN, 0};
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
  if (left.count() <= 0 || ::poll(&poller, 1, static_cast<int>(left.count())) <= 0) {
    throw std::runtime_error("the endpoint printed too little in time: \"" + into + "\"");
  }
  char buffer[4096];
  const ssize_t bytes = ::read(descriptor, buffer, sizeof buffer);
  if (bytes > 0) into.append(buffer, static_cast<std::size_t>(bytes));
  return bytes > 0;
}

int wait_for(pid_t pid) {
  const Clock::time_point until = Clock::now() + kPatience;
  int status = 0;
  while (::waitpid(pid, &status, WNOHANG) == 0) {
    if (Clock::now() > until) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, &status, 0);
      throw std::runtime_error("the endpoint did not end in time");
    }
    std::this_thread::sleep_for(kLookAgain);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

Ended run_endpoint(const std::vector<std::string>& arguments) {
  const TemporaryFolder folder;
  const std::string err_file = (folder.path() / "err").string();
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
  const pid_t pid = launch({arguments, err_file, pipe_ends[1]});
  ::close(pipe_ends[1]);
  Ended ended;
  try {
    while (read_more(pipe_ends[0], ended.out, Clock::now() + kPatience)) {
    }
  } catch (const std::runtime_error&) {
    ::kill(pid, SIGKILL);
  }
  ::close(pipe_ends[0]);
  ended.exit_code = wait_for(pid);
  ended.err = content_of(err_file);
  return ended;
}

EndpointProcess::EndpointProcess(std::string_view config, std::vector<std::string> more_arguments,
                                 unsigned descriptors_max) {
  std::vector<std::string> arguments = {"--config", folder_.write("endpoint.json", config),
                                        "--port", "0"};
  for (std::string& argument : more_arguments) arguments.push_back(std::move(argument));
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
  pid_ = launch({arguments, (folder_.path() / "err").string(), pipe_ends[1], descriptors_max});
  ::close(pipe_ends[1]);
  await_port(pipe_ends[0]);
  ::close(pipe_ends[0]);
}

void EndpointProcess::await_port(int out) {
  std::string printed;
  const Clock::time_point until = Clock::now() + kPatience;
  while (printed.find('\n') == std::string::npos) {
    if (!read_more(out, printed, until)) {
      throw std::runtime_error("the endpoint ended at once: " + log());
    }
  }
  constexpr std::string_view kSays = "listening on ";
  if (!printed.starts_with(kSays)) throw std::runtime_error("it printed: " + printed);
  url_ = printed.substr(kSays.size(), printed.find('\n') - kSays.size());
  port_ = static_cast<unsigned short>(std::stoul(url_.substr(url_.rfind(':') + 1)));
}

EndpointProcess::~EndpointProcess() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::string EndpointProcess::log() const { return content_of((folder_.path() / "err").string()); }

void EndpointProcess::wait_for_log(std::string_view text) const {
  const Clock::time_point until = Clock::now() + kPatience;
  while (log().find(text) == std::string::npos) {
    if (Clock::now() > until) {
      throw std::runtime_error("never logged: " + std::string(text) + "\n" + log());
    }
    std::this_thread::sleep_for(kLookAgain);
  }
}

void EndpointProcess::signal(int number) const { ::kill(pid_, number); }

int EndpointProcess::wait() {
  const pid_t pid = pid_;
  pid_ = -1;
  return wait_for(pid);
}

int EndpointProcess::stop() {
  signal(SIGTERM);
  // Signals that are pending together are one.
  wait_for_log("\"draining\"");
  signal(SIGTERM);
  return wait();
}

}  // namespace partyline::endpoint_test
