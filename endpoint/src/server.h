// The whole endpoint in one object: a listener, its connections, the hub, signals, the way out.
#pragma once

#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "endpoint_context.h"
#include "file_watch.h"
#include "hub_host.h"
#include "listener.h"

namespace partyline::endpoint {

class Server {
 public:
  // Throws where the static folder has gone or no random bits are to be had.
  // `sign` signs resume tickets.
  Server(const Config& config, TlsContext tls, Signer sign);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Returns what is wrong in words, or nothing.
  [[nodiscard]] std::string listen() { return listener_.listen(); }
  // The address as a URL: `http://127.0.0.1:7400`. Legal after listen() went well.
  [[nodiscard]] std::string url() const;
  // Whether others than this machine can reach it. Legal after listen() went well.
  [[nodiscard]] bool is_public() const;

  // Serves until a signal says to stop and all is wound up.
  void run();

 private:
  void wait_for_signal();
  void on_signal(int number);
  void reload_tls();
  // The keys of the configuration's file, if it is good; else all stays as it was.
  void reload_keys();
  void drain();
  void stop_when_empty();

  // In this order: handlers that are never run are destroyed with io_, and use what stands above
  // it; what stands below uses io_.
  EndpointContext context_;
  boost::asio::io_context io_{1};
  HubHost hub_;
  Listener listener_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer deadline_;
  std::optional<FileWatch> watch_;
};

}  // namespace partyline::endpoint
