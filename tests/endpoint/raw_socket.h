// A TCP connection that says exactly what a test wants, also what no client would.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace partyline::endpoint_test {

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// Every call throws std::runtime_error after kPatience.
class RawSocket {
 public:
  // Connects to 127.0.0.1. `receive_buffer` in bytes, 0 for the system's choice. `source` is the
  // last byte of the address that it comes from: 127.0.0.`source`.
  explicit RawSocket(unsigned short port, int receive_buffer = 0, unsigned char source = 1);
  ~RawSocket();
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  void write(std::string_view bytes);
  // The bytes one by one, again and again, with a little time after each, until the other side ends
  // the connection. Returns whether it did while they came.
  [[nodiscard]] bool drip(std::string_view bytes);
  // Says that nothing more will be written.
  void end_writing();
  // One HTTP response; `has_body` is false for the answer to a HEAD.
  [[nodiscard]] HttpAnswer read_response(bool has_body = true);
  // Everything until the other side ends the connection, by whichever way.
  [[nodiscard]] std::string read_to_end();
  // At least so many bytes.
  [[nodiscard]] std::string read_bytes(std::size_t count);

 private:
  // False at the end of the connection.
  bool receive();

  int descriptor_ = -1;
  std::string received_;
};

// One request on a connection of its own.
[[nodiscard]] HttpAnswer request(unsigned short port, std::string_view method,
                                 std::string_view target, std::string_view more_headers = "");

// The upgrade request that browsers send, with other lines where a test wants them.
[[nodiscard]] std::string upgrade_request(
    std::string_view target = "/",
    std::string_view more_headers = "Sec-WebSocket-Protocol: partyline.v1\r\n");

// A text frame of a client (RFC 6455 §5.2), masked with zeros.
[[nodiscard]] std::string client_frame(std::string_view text, int opcode = 1);

}  // namespace partyline::endpoint_test
