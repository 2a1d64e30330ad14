// Accepts connections on one port, and knows when to let a while pass instead.
#pragma once

#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "endpoint_context.h"
#include "tls_context.h"

namespace partyline::endpoint {

class Listener {
 public:
  Listener(boost::asio::io_context& io, EndpointContext& context);

  // Binds and listens. Returns what is wrong in words, or nothing.
  [[nodiscard]] std::string listen();
  // Accepts until stop().
  void start();
  void stop();

  // For connections from now on.
  void set_tls(TlsContext tls) { tls_ = std::move(tls); }

  // Legal after listen() went well.
  [[nodiscard]] boost::asio::ip::tcp::endpoint endpoint() const {
    return acceptor_.local_endpoint();
  }

 private:
  using ErrorCode = boost::system::error_code;

  [[nodiscard]] std::string bind_to(const boost::asio::ip::tcp::endpoint& endpoint);
  void accept_next();
  void on_accept(const ErrorCode& error, boost::asio::ip::tcp::socket socket);
  void take(boost::asio::ip::tcp::socket socket);
  void wait_for_descriptors(const ErrorCode& error);
  void count_refused(const boost::asio::ip::address& address);

  boost::asio::io_context& io_;
  EndpointContext& context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer retry_timer_;
  TlsContext tls_;
  boost::asio::steady_timer::time_point last_refusal_logged_{};
  boost::asio::steady_timer::time_point last_shortage_logged_{};
  std::size_t refused_ = 0;
};

}  // namespace partyline::endpoint
