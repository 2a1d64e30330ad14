// partyline-endpoint: reads its configuration, says where it listens, serves until it is told to
// stop. Exit codes: 0 clean, 2 bad configuration or flags, 3 cannot listen, 1 a bug.
#include <csignal>
#include <cstdio>
#include <exception>
#include <utility>
#include <variant>

#include <sys/resource.h>

#include "flags.h"
#include "log.h"
#include "server.h"
#include "session_secret.h"

namespace partyline::endpoint {
namespace {

constexpr int kBadConfiguration = 2;
constexpr int kCannotListen = 3;

// Every connection takes a descriptor; the system's default of 1024 is for interactive programs.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void warn_about_development_key(const Server& server, const Config& config) {
  if (!server.is_public() || config.has_own_keys) return;
  log_event(LogLevel::kWarning, "development_key_only",
            {{"text", "others can reach this address, but the only key is the built-in " +
                          std::string(kDevelopmentKey) +
                          ", which works for pages on localhost only: add \"keys\" to the "
                          "configuration"}});
}

// Once, when it can still be mended. On loopback everybody reaches everybody.
void say_without_relay(const Server& server, const Config& config) {
  if (config.has_relay) return;
  log_event(server.is_public() ? LogLevel::kWarning : LogLevel::kInfo, "no_relay",
            {{"text",
              "no relay is configured: people behind firewalls that block UDP, or behind "
              "some routers, will not see and hear each other; add \"relays\" to the "
              "configuration (docs/RELAY.md)"}});
}

void say_where(const Server& server) {
  std::printf("listening on %s\n", server.url().c_str());
  std::fflush(stdout);
  log_event(LogLevel::kInfo, "listening", {{"url", server.url()}});
}

// From here to the exit nobody listens to signals any more; another one must not turn a clean end
// into a killed one.
void block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

// A socket that is lost in a restart is found again as the same peer only with a secret that stays.
std::variant<Signer, std::string> choose_signer(const Config& config) {
  if (!config.secret_file.empty()) return load_signer(config.secret_file);
  return passing_signer();
}

int serve(const Config& config, const TlsContext& tls) {
  auto sign = choose_signer(config);
  if (const auto* problem = std::get_if<std::string>(&sign)) {
    std::fprintf(stderr, "%s\n", problem->c_str());
    return kBadConfiguration;
  }
  Server server(config, tls, std::get<Signer>(std::move(sign)));
  const std::string problem = server.listen();
  if (!problem.empty()) {
    std::fprintf(stderr, "%s\n", problem.c_str());
    return kCannotListen;
  }
  say_where(server);
  if (config.secret_file.empty()) {
    log_event(LogLevel::kInfo, "sessions_end_with_process",
              {{"text", "without a secret_file, peers are strangers after a restart"}});
  }
  warn_about_development_key(server, config);
  say_without_relay(server, config);
  server.run();
  block_stop_signals();
  log_event(LogLevel::kInfo, "stopped");
  return 0;
}

int run(int argc, const char* const* argv) {
  const Startup startup = start_up(argc, argv);
  if (startup.exit_code) return *startup.exit_code;
  TlsContext tls;
  if (startup.config.tls.enabled()) {
    auto loaded = load_tls(startup.config.tls);
    if (const auto* problem = std::get_if<std::string>(&loaded)) {
      std::fprintf(stderr, "%s\n", problem->c_str());
      return kBadConfiguration;
    }
    tls = std::get<TlsContext>(std::move(loaded));
  }
  if (startup.check_only) {
    std::printf("the configuration is good\n");
    return 0;
  }
  set_log_level(startup.config.log_level);
  raise_descriptor_limit();
  return serve(startup.config, tls);
}

}  // namespace
}  // namespace partyline::endpoint

int main(int argc, char** argv) {
  // A reader of our output that goes away is no reason to end every call.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return partyline::endpoint::run(argc, argv);
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "partyline-endpoint cannot go on: %s\n", exception.what());
    return 1;
  }
}
