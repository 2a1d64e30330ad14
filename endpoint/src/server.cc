#include "server.h"

#include <chrono>
#include <csignal>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>

#include "log.h"

namespace partyline::endpoint {

namespace asio = boost::asio;
using boost::system::error_code;

Server::Server(const Config& config, TlsContext tls, Signer sign)
    : context_(config),
      hub_(io_, context_.config, std::move(sign)),
      listener_(io_, context_),
      signals_(io_, SIGINT, SIGTERM, SIGHUP),
      deadline_(io_) {
  context_.hub = &hub_;
  listener_.set_tls(std::move(tls));
  const std::string& file = context_.config.file;
  if (!file.empty()) watch_.emplace(io_, file, [this] { reload_keys(); });
}

// Connections that end from here on end because there is no server any more.
Server::~Server() { context_.on_http_empty = nullptr; }

std::string Server::url() const {
  const auto endpoint = listener_.endpoint();
  const std::string address = endpoint.address().to_string();
  return std::string(context_.config.tls.enabled() ? "https://" : "http://") +
         (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" +
         std::to_string(endpoint.port());
}

bool Server::is_public() const { return !listener_.endpoint().address().is_loopback(); }

void Server::run() {
  wait_for_signal();
  if (watch_) watch_->start();
  listener_.start();
  // Handlers catch what concerns one connection. What still gets here is logged, and the others go
  // on.
  while (!io_.stopped()) {
    try {
      io_.run();
    } catch (const std::exception& exception) {
      log_event(LogLevel::kError, "handler_failed", {{"what", exception.what()}});
    }
  }
}

void Server::wait_for_signal() {
  signals_.async_wait([this](const error_code& error, int number) {
    if (error) return;
    wait_for_signal();
    on_signal(number);
  });
}

void Server::on_signal(int number) {
  if (number == SIGHUP) {
    reload_tls();
    return reload_keys();
  }
  if (!context_.draining) return drain();
  log_event(LogLevel::kInfo, "stopped_at_once");
  io_.stop();
}

void Server::reload_tls() {
  if (!context_.config.tls.enabled()) return;
  auto loaded = load_tls(context_.config.tls);
  if (const auto* problem = std::get_if<std::string>(&loaded)) {
    log_event(LogLevel::kError, "certificate_not_reloaded",
              {{"why", *problem}, {"text", "the former certificate stays in use"}});
    return;
  }
  listener_.set_tls(std::get<TlsContext>(std::move(loaded)));
  log_event(LogLevel::kInfo, "certificate_reloaded");
}

void Server::reload_keys() {
  Config& config = context_.config;
  if (config.file.empty() || context_.draining) return;
  const ConfigResult read = read_config_file(config.file);
  for (const std::string& problem : read.problems) {
    log_event(LogLevel::kError, "configuration_refused",
              {{"why", problem}, {"text", "the former keys stay in use"}});
  }
  if (!read.problems.empty()) return;
  config.keys = read.config.keys;
  hub_.change_keys(read.config);
  log_event(LogLevel::kInfo, "keys_reloaded", {{"keys", std::to_string(config.keys.size())}});
  if (read.config.rest == config.rest) return;
  config.rest = read.config.rest;
  log_event(LogLevel::kWarning, "restart_needed",
            {{"text", "more than the keys has changed: that takes effect with the next start"}});
}

void Server::drain() {
  log_event(LogLevel::kInfo, "draining", {{"connections", std::to_string(hub_.sockets())}});
  context_.draining = true;
  if (watch_) watch_->stop();
  listener_.stop();
  const auto limit = std::chrono::milliseconds(context_.config.shutdown_ms.value);
  deadline_.expires_after(limit);
  deadline_.async_wait([this](const error_code& error) {
    if (error) return;
    log_event(LogLevel::kWarning, "drain_cut_short",
              {{"connections", std::to_string(hub_.sockets())}});
    io_.stop();
  });
  hub_.drain();
  const std::vector<HttpConnection*> connections(context_.http_connections.begin(),
                                                 context_.http_connections.end());
  for (HttpConnection* connection : connections) connection->finish_up();
  hub_.set_on_empty([this] { stop_when_empty(); });
  context_.on_http_empty = [this] { stop_when_empty(); };
  stop_when_empty();
}

// Posted, so that nothing is torn down under the feet of what noticed.
void Server::stop_when_empty() {
  asio::post(io_, [this] {
    if (hub_.sockets() > 0 || !context_.http_connections.empty()) return;
    log_event(LogLevel::kInfo, "drained");
    io_.stop();
  });
}

}  // namespace partyline::endpoint
