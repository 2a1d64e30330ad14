// One accepted connection as a stream of bytes, plain or TLS. What is built on it (HTTP, WebSocket)
// is then written, and compiled, once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>
#include <variant>

#include <boost/asio/async_result.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/teardown.hpp>

#include "tls_context.h"

namespace partyline::endpoint {

// Models Asio's AsyncStream, and what Beast's WebSocket asks of a lowest layer.
class Transport {
 public:
  using Plain = boost::beast::tcp_stream;
  using Tls = boost::beast::ssl_stream<boost::beast::tcp_stream>;
  using executor_type = Plain::executor_type;

  explicit Transport(boost::asio::ip::tcp::socket socket)
      : stream_(std::in_place_type<Plain>, std::move(socket)) {}
  // The context lives as long as the stream does, also after another one was loaded.
  Transport(boost::asio::ip::tcp::socket socket, TlsContext context)
      : context_(std::move(context)),
        stream_(std::in_place_type<Tls>, std::move(socket), *context_) {}

  [[nodiscard]] bool is_tls() const { return std::holds_alternative<Tls>(stream_); }
  // Legal only when is_tls().
  Tls& tls() { return *std::get_if<Tls>(&stream_); }
  Plain& tcp() {
    Tls* const tls = std::get_if<Tls>(&stream_);
    return tls == nullptr ? *std::get_if<Plain>(&stream_) : tls->next_layer();
  }
  executor_type get_executor() { return tcp().get_executor(); }

  // So many bytes may still come until this is called again. Then reading fails with
  // `no_buffer_space`: what is built on this may take bytes for ever without showing any.
  void allow(std::size_t bytes) { allowed_ = bytes; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const Buffers& into) {
          auto counted = [this, handler = std::move(handler)](boost::system::error_code error,
                                                              std::size_t bytes) mutable {
            if (!error && bytes > allowed_) error = boost::asio::error::no_buffer_space;
            allowed_ -= std::min(allowed_, bytes);
            handler(error, bytes);
          };
          std::visit([&](auto& stream) { stream.async_read_some(into, std::move(counted)); },
                     stream_);
        },
        token, buffers);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const Buffers& from) {
          std::visit([&](auto& stream) { stream.async_write_some(from, std::move(handler)); },
                     stream_);
        },
        token, buffers);
  }

  // Drops the connection without a farewell; what is under way ends with an error.
  void drop() { tcp().close(); }

  // How Beast ends a WebSocket's connection: by its own way for either kind.
  template <class Handler>
  friend void async_teardown(boost::beast::role_type role, Transport& transport,
                             Handler&& handler) {
    using boost::beast::async_teardown;
    using boost::beast::websocket::async_teardown;
    if (transport.is_tls()) {
      async_teardown(role, transport.tls(), std::forward<Handler>(handler));
    } else {
      async_teardown(role, transport.tcp(), std::forward<Handler>(handler));
    }
  }

  // Beast's WebSocket calls this when its own timer has run out.
  friend void beast_close_socket(Transport& transport) { transport.drop(); }

 private:
  TlsContext context_;
  std::variant<Plain, Tls> stream_;
  std::size_t allowed_ = std::numeric_limits<std::size_t>::max();
};

}  // namespace partyline::endpoint
