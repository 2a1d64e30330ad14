#include "raw_socket.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "endpoint_process.h"

namespace partyline::endpoint_test {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

HttpAnswer parse_head(const std::string& head) {
  HttpAnswer answer;
  answer.status = std::stoi(head.substr(head.find(' ')));
  std::size_t line = head.find("\r\n") + 2;
  while (line < head.size()) {
    const std::size_t end = head.find("\r\n", line);
    const std::size_t colon = head.find(": ", line);
    if (end == std::string::npos || colon == std::string::npos || colon > end) break;
    answer.headers[lower(head.substr(line, colon - line))] =
        head.substr(colon + 2, end - colon - 2);
    line = end + 2;
  }
  return answer;
}

}  // namespace

RawSocket::RawSocket(unsigned short port, int receive_buffer, unsigned char source)
    : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0) {
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  const timeval patience{kPatience.count(), 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  if (source != 1) {
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl((127U << 24U) | source);
    static_cast<void>(
        ::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  }
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(descriptor_);
    throw std::runtime_error("cannot connect");
  }
}

RawSocket::~RawSocket() { ::close(descriptor_); }

void RawSocket::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    // The other side may have heard enough.
    if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return;
    if (sent <= 0) throw std::runtime_error("nothing more can be written");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool RawSocket::drip(std::string_view bytes) {
  constexpr int kPauseMs = 20;
  const auto begun = std::chrono::steady_clock::now();
  for (std::size_t place = 0; std::chrono::steady_clock::now() - begun < kPatience; ++place) {
    if (::send(descriptor_, &bytes[place % bytes.size()], 1, MSG_NOSIGNAL) != 1) return true;
    pollfd ready{descriptor_, POLLIN | POLLRDHUP, 0};
    if (::poll(&ready, 1, kPauseMs) < 1) continue;
    char ignored[4096];
    if (::recv(descriptor_, ignored, sizeof ignored, MSG_DONTWAIT) <= 0) return true;
  }
  return false;
}

void RawSocket::end_writing() { ::shutdown(descriptor_, SHUT_WR); }

bool RawSocket::receive() {
  char buffer[16384];
  const ssize_t bytes = ::recv(descriptor_, buffer, sizeof buffer, 0);
  if (bytes < 0 && errno != ECONNRESET) throw std::runtime_error("nothing came in time");
  if (bytes > 0) received_.append(buffer, static_cast<std::size_t>(bytes));
  return bytes > 0;
}

HttpAnswer RawSocket::read_response(bool has_body) {
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive()) throw std::runtime_error("the connection ended before an answer");
  }
  HttpAnswer answer = parse_head(received_.substr(0, end + 2));
  received_.erase(0, end + 4);
  const auto length = answer.headers.find("content-length");
  const bool none = !has_body || answer.status == 304 || answer.status == 101;
  if (none || length == answer.headers.end()) return answer;
  const std::size_t bytes = std::stoul(length->second);
  answer.body = read_bytes(bytes);
  return answer;
}

std::string RawSocket::read_to_end() {
  while (receive()) {
  }
  return std::move(received_);
}

std::string RawSocket::read_bytes(std::size_t count) {
  while (received_.size() < count) {
    if (!receive()) throw std::runtime_error("the connection ended before all had come");
  }
  std::string bytes = received_.substr(0, count);
  received_.erase(0, count);
  return bytes;
}

HttpAnswer request(unsigned short port, std::string_view method, std::string_view target,
                   std::string_view more_headers) {
  RawSocket socket(port);
  socket.write(std::string(method) + " " + std::string(target) +
               " HTTP/1.1\r\nHost: localhost\r\n" + std::string(more_headers) + "\r\n");
  return socket.read_response(method != "HEAD");
}

std::string upgrade_request(std::string_view target, std::string_view more_headers) {
  return "GET " + std::string(target) +
         " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
         std::string(more_headers) + "\r\n";
}

std::string client_frame(std::string_view text, int opcode) {
  std::string frame(1, static_cast<char>(0x80 | opcode));
  const std::size_t size = text.size();
  if (size < 126) {
    frame += static_cast<char>(0x80 | size);
  } else if (size < 65536) {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(size >> 8U);
    frame += static_cast<char>(size & 0xffU);
  } else {
    frame += static_cast<char>(0x80 | 127);
    for (int shift = 56; shift >= 0; shift -= 8)
      frame += static_cast<char>((size >> shift) & 0xffU);
  }
  return frame.append(4, '\0').append(text);
}

}  // namespace partyline::endpoint_test
