#include "test_client.h"

#include <optional>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "endpoint_process.h"
#include "partyline/limits.h"
#include "transport.h"

namespace partyline::endpoint_test {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;

class TestClient::Socket {
 public:
  using ErrorCode = beast::error_code;

  Socket(unsigned short port, const ClientSetup& setup) {
    connect(port, setup);
    upgrade(setup);
  }

  void write(const std::string& bytes, bool is_text) {
    ws_->text(is_text);
    const ErrorCode error =
        finish([&](auto handler) { ws_->async_write(asio::buffer(bytes), handler); });
    if (error) throw std::runtime_error("a client could not write: " + error.message());
  }

  // Reads one message; what ended the connection instead.
  std::optional<ErrorCode> read(std::string& text) {
    beast::flat_buffer buffer;
    const ErrorCode error = finish([&](auto handler) { ws_->async_read(buffer, handler); });
    if (error) return error;
    text = beast::buffers_to_string(buffer.data());
    return std::nullopt;
  }

  void close() {
    finish([&](auto handler) { ws_->async_close(websocket::close_code::normal, handler); });
  }

  Closed reason() { return {ws_->reason().code, std::string(ws_->reason().reason.c_str())}; }

 private:
  // Starts an operation and runs it to its end.
  template <class Start>
  ErrorCode finish(Start start) {
    std::optional<ErrorCode> result;
    start([&result](const ErrorCode& error, std::size_t = 0) { result = error; });
    io_.restart();
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (!result) {
      if (io_.run_one_until(until) == 0) throw std::runtime_error("a client waited in vain");
    }
    return *result;
  }

  void connect(unsigned short port, const ClientSetup& setup) {
    tcp::socket socket(io_);
    socket.open(tcp::v4());
    socket.connect({asio::ip::address_v4::loopback(), port});
    if (!setup.tls) {
      ws_.emplace(endpoint::Transport(std::move(socket)));
      return;
    }
    ws_.emplace(endpoint::Transport(std::move(socket), setup.tls));
    const ErrorCode error = finish([&](auto handler) {
      ws_->next_layer().tls().async_handshake(asio::ssl::stream_base::client, handler);
    });
    if (error) throw std::runtime_error("the TLS handshake failed: " + error.message());
  }

  void upgrade(const ClientSetup& setup) {
    ws_->set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
      request.set(beast::http::field::sec_websocket_protocol, limits::kSubprotocol);
      if (!setup.origin.empty()) request.set(beast::http::field::origin, setup.origin);
      if (setup.more_header_name.empty()) return;
      request.set(setup.more_header_name, setup.more_header_value);
    }));
    websocket::response_type response;
    const ErrorCode error = finish(
        [&](auto handler) { ws_->async_handshake(response, "localhost", setup.path, handler); });
    if (error) throw std::runtime_error("the upgrade failed: " + error.message());
    if (response[beast::http::field::sec_websocket_protocol] != limits::kSubprotocol) {
      throw std::runtime_error("the subprotocol was not accepted");
    }
  }

  asio::io_context io_{1};
  std::optional<websocket::stream<endpoint::Transport>> ws_;
};

TestClient::TestClient(unsigned short port, const ClientSetup& setup)
    : socket_(std::make_unique<Socket>(port, setup)) {}

TestClient::~TestClient() = default;

void TestClient::send_text(const std::string& text) { socket_->write(text, true); }

void TestClient::send_binary(const std::string& bytes) { socket_->write(bytes, false); }

HubMessage TestClient::read() {
  std::string text;
  if (const auto error = socket_->read(text)) {
    const Closed closed = socket_->reason();
    throw std::runtime_error("a client was cut off: " + error->message() + " " +
                             std::to_string(closed.code) + " " + closed.reason);
  }
  Result<HubMessage> message = parse_hub_message(text);
  if (!message) throw std::runtime_error("no message: " + text);
  return std::move(message.value());
}

Closed TestClient::read_close() {
  std::string text;
  while (!socket_->read(text)) {
  }
  return socket_->reason();
}

message::Welcome TestClient::hello(const std::string& channel, const std::string& key) {
  const message::Join join{ChannelName(channel), 1, JsonText("{}"), {}};
  send(message::Hello{limits::kProtocolVersion, key, "", "test", {join}});
  return expect<message::Welcome>();
}

void TestClient::close() { socket_->close(); }

}  // namespace partyline::endpoint_test
