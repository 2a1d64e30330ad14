#include "listener.h"

#include <chrono>

#include <boost/asio/error.hpp>

#include "http_session.h"
#include "log.h"

namespace partyline::endpoint {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

// Descriptors come back when connections end; asking more often than this helps nobody.
constexpr std::chrono::milliseconds kShortagePause{200};
// What happens at the rate of an attack is logged at the rate of a reader.
constexpr std::chrono::seconds kLogPause{10};

std::string place(const Config& config) {
  return "port " + std::to_string(config.port) + " on " + config.host;
}

bool is_due(Clock::time_point& last) {
  const Clock::time_point now = Clock::now();
  if (last != Clock::time_point{} && now - last < kLogPause) return false;
  last = now;
  return true;
}

}  // namespace

Listener::Listener(asio::io_context& io, EndpointContext& context)
    : io_(io), context_(context), acceptor_(io), retry_timer_(io) {}

std::string Listener::listen() {
  const Config& config = context_.config;
  ErrorCode error;
  tcp::resolver resolver(io_);
  const auto found =
      resolver.resolve(config.host, std::to_string(config.port),
                       tcp::resolver::passive | tcp::resolver::address_configured, error);
  if (error || found.empty()) {
    // `address_configured` leaves out ::1 on a machine that has no other IPv6 address.
    const asio::ip::address address = asio::ip::make_address(config.host, error);
    if (error) return "the host " + config.host + " is not known; choose another with --host";
    return bind_to({address, config.port});
  }
  // A name such as localhost has two addresses; the one that people type in numbers wins.
  auto chosen = found.begin();
  for (auto entry = found.begin(); entry != found.end(); ++entry) {
    if (entry->endpoint().address().is_v4()) {
      chosen = entry;
      break;
    }
  }
  return bind_to(chosen->endpoint());
}

std::string Listener::bind_to(const tcp::endpoint& endpoint) {
  const Config& config = context_.config;
  ErrorCode error;
  acceptor_.open(endpoint.protocol(), error);
  // A restart must not wait for the connections of its predecessor to be forgotten.
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error == asio::error::address_in_use) {
    return place(config) + " is in use by another program; choose another with --port or PORT";
  }
  if (error == asio::error::access_denied) {
    return place(config) + " is not allowed to this user; choose one above 1023 with --port";
  }
  if (error) return place(config) + " cannot be listened on: " + error.message();
  return {};
}

void Listener::start() { accept_next(); }

void Listener::stop() {
  ErrorCode ignored;
  acceptor_.close(ignored);
  retry_timer_.cancel();
}

void Listener::accept_next() {
  acceptor_.async_accept(io_, [this](const ErrorCode& error, tcp::socket socket) {
    on_accept(error, std::move(socket));
  });
}

void Listener::on_accept(const ErrorCode& error, tcp::socket socket) {
  if (!acceptor_.is_open()) return;
  // Out of descriptors or memory, the next attempt would fail as this one did, at once. Only a
  // connection that ended before it was accepted says nothing about the next.
  if (error && error != asio::error::connection_aborted) return wait_for_descriptors(error);
  if (!error) take(std::move(socket));
  accept_next();
}

void Listener::take(tcp::socket socket) {
  ErrorCode error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) return;
  const bool from_proxy = context_.proxies.contains(peer.address());
  ConnectionSlot slot =
      context_.limits.take(from_proxy ? std::string() : address_group(peer.address()));
  if (!slot.taken()) return count_refused(peer.address());
  // Signalling is small frames; none of them is to wait for another.
  socket.set_option(tcp::no_delay(true), error);
  try {
    serve_connection(std::move(socket), tls_, context_, std::move(slot));
  } catch (const std::exception& exception) {
    log_event(LogLevel::kError, "connection_failed", {{"what", exception.what()}});
  }
}

void Listener::wait_for_descriptors(const ErrorCode& error) {
  if (is_due(last_shortage_logged_)) {
    log_event(LogLevel::kWarning, "accept_failed",
              {{"why", error.message()},
               {"text",
                "new clients wait a moment; if descriptors ran out, raise the limit of open files "
                "(ulimit -n)"}});
  }
  retry_timer_.expires_after(kShortagePause);
  retry_timer_.async_wait([this](const ErrorCode& cancelled) {
    if (!cancelled && acceptor_.is_open()) accept_next();
  });
}

void Listener::count_refused(const asio::ip::address& address) {
  ++refused_;
  if (!is_due(last_refusal_logged_)) return;
  log_event(LogLevel::kWarning, "connections_refused",
            {{"address", plain_address(address).to_string()},
             {"refused_so_far", std::to_string(refused_)},
             {"text",
              "too many connections at once that are no WebSocket (http.connections_max, "
              "http.connections_per_address_max)"}});
}

}  // namespace partyline::endpoint
