// A client without a browser: says hello, joins, signals, and fails the test when it waits in vain.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <variant>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "partyline/protocol.h"
#include "transport.h"

namespace partyline::endpoint_test {

struct ClientSetup {
  std::string origin = "http://localhost:5173";  // empty: no such header
  std::string path = "/";
  std::string more_header_name = {};
  std::string more_header_value = {};
  // For TLS: what the client trusts.
  std::shared_ptr<boost::asio::ssl::context> tls = nullptr;
};

struct Closed {
  unsigned code = 0;
  std::string reason;
};

// Every call throws std::runtime_error when what it waits for does not come within kPatience.
class TestClient {
 public:
  explicit TestClient(unsigned short port, const ClientSetup& setup = {});
  // Without a farewell.
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  void send(const ClientMessage& message) { send_text(write_message(message)); }
  void send_text(const std::string& text);
  void send_binary(const std::string& bytes);

  [[nodiscard]] HubMessage read();
  // The next message, which must be of this kind.
  template <class Message>
  Message expect() {
    HubMessage message = read();
    if (auto* wanted = std::get_if<Message>(&message)) return std::move(*wanted);
    throw std::runtime_error("another message came: " + write_message(message));
  }
  // Reads on until the other side has closed; what else comes is dropped.
  [[nodiscard]] Closed read_close();

  // Says hello with the key and joins one channel; returns what is known then.
  message::Welcome hello(const std::string& channel, const std::string& key = "pk_demo");
  // A round trip, which shows that this client is undisturbed.
  void ping() {
    send(message::Ping{});
    expect<message::Pong>();
  }
  // The close handshake.
  void close();

 private:
  // Beast's part, which only one file compiles.
  class Socket;
  std::unique_ptr<Socket> socket_;
};

}  // namespace partyline::endpoint_test
