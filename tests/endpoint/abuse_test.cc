// What strangers do to use the endpoint up: it costs them their own connection, and others nothing.
// (Rates, silence, slow readers and limits have files of their own.)
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "endpoint_process.h"
#include "partyline/limits.h"
#include "raw_socket.h"
#include "self_signed.h"
#include "temporary_folder.h"
#include "test_client.h"

namespace partyline::endpoint_test {
namespace {

const ChannelName kRoom{"room"};

// Two in a call.
struct Call {
  explicit Call(unsigned short port) : anna(port), berta(port) {
    anna_welcome = anna.hello("room");
    berta.hello("room");
    to_berta = anna.expect<message::PeerJoined>().member;
  }
  void check_unharmed() {
    anna.send(message::SignalTo{kRoom, to_berta.peer, to_berta.incarnation, "{}"});
    CHECK(berta.expect<message::SignalFrom>().from == anna_welcome.peer);
    anna.ping();
  }

  TestClient anna;
  TestClient berta;
  message::Welcome anna_welcome;
  MemberInfo to_berta;
};

// A WebSocket whose bytes are ours to choose.
std::unique_ptr<RawSocket> upgraded(unsigned short port) {
  auto socket = std::make_unique<RawSocket>(port);
  socket->write(upgrade_request());
  REQUIRE(socket->read_response().status == 101);
  return socket;
}

constexpr const char* kHello = R"({"type":"hello","version":1,"key":"pk_demo"})";

// A text frame that is not the last of its message, and one that continues it.
std::string begun(std::string_view text) {
  std::string frame = client_frame(text);
  frame[0] = 0x01;
  return frame;
}
std::string continued(std::string_view text) {
  std::string frame = client_frame(text, 0);
  frame[0] = 0x00;
  return frame;
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  all.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("a head that comes by drops is cut off in time", "[endpoint][abuse]") {
  EndpointProcess endpoint(R"({"http": {"timeout_ms": 300}})");
  Call call(endpoint.port());
  RawSocket slow(endpoint.port());
  slow.write("GET / HTTP/1.1\r\nHost: localhost\r\n");
  CHECK(slow.drip("X-Slow: 1\r\n"));
  call.check_unharmed();
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a TLS handshake that comes by drops, or not at all, is cut off in time",
          "[endpoint][abuse]") {
  const TemporaryFolder folder;
  const SelfSigned pair = make_self_signed();
  EndpointProcess endpoint(R"({"http": {"timeout_ms": 300}})",
                           {"--tls-certificate", folder.write("c.pem", pair.certificate),
                            "--tls-key", folder.write("k.pem", pair.key)});
  RawSocket silent(endpoint.port());
  RawSocket slow(endpoint.port());
  // A record of 512 bytes, a ClientHello of 508.
  slow.write(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
  CHECK(slow.drip("x"));
  CHECK(silent.read_to_end().empty());
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a flood from one address does not keep others out", "[endpoint][abuse]") {
  EndpointProcess endpoint(R"({
    "limits": {"connections_per_address_max": 8},
    "http": {"connections_per_address_max": 8}
  })");
  Call call(endpoint.port());
  constexpr unsigned char kElsewhere = 2;
  std::vector<std::unique_ptr<RawSocket>> flood;
  for (int i = 0; i < 300; ++i) {
    flood.push_back(std::make_unique<RawSocket>(endpoint.port(), 0, kElsewhere));
    flood.back()->write(i % 2 == 0 ? upgrade_request() : "GET / HTTP/1.1\r\n");
  }
  call.check_unharmed();
  TestClient carla(endpoint.port());
  carla.hello("room");
  CHECK(call.anna.expect<message::PeerJoined>().member.peer != call.to_berta.peer);
  CHECK(call.berta.expect<message::PeerJoined>().member.peer != call.to_berta.peer);
  call.check_unharmed();
  endpoint.wait_for_log("connections_refused");
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a message without end is cut off", "[endpoint][abuse]") {
  EndpointProcess endpoint;
  Call call(endpoint.port());
  const auto culprit = upgraded(endpoint.port());
  bool welcomed = true;
  SECTION("before a hello") { welcomed = false; }
  SECTION("after it") { culprit->write(client_frame(kHello)); }
  CAPTURE(welcomed);
  culprit->write(begun("x"));
  // Twice of what is read of it.
  culprit->write(repeated(continued(""), 350'000));
  static_cast<void>(culprit->read_to_end());
  endpoint.wait_for_log("endless_message");
  call.check_unharmed();
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a message in pieces has the limit of one in one piece", "[endpoint][abuse]") {
  EndpointProcess endpoint;
  Call call(endpoint.port());
  const auto culprit = upgraded(endpoint.port());
  culprit->write(begun("x"));
  SECTION("one byte each") {
    culprit->write(repeated(continued("x"), limits::kFrameBytesMax));
    static_cast<void>(culprit->read_to_end());
    endpoint.wait_for_log("frame_too_large");
  }
  SECTION("pings in between") {
    culprit->write(repeated(continued("x") + client_frame("", 9), 500));
    static_cast<void>(culprit->read_to_end());
    endpoint.wait_for_log("control_frame_flood");
  }
  SECTION("pongs that nobody asked for") {
    culprit->write(repeated(client_frame("", 10), 500));
    static_cast<void>(culprit->read_to_end());
    endpoint.wait_for_log("control_frame_flood");
  }
  call.check_unharmed();
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("the largest message in pieces of a byte is read", "[endpoint][abuse]") {
  EndpointProcess endpoint;
  const auto client = upgraded(endpoint.port());
  std::string padded = kHello;
  padded.append(limits::kFrameBytesMax - padded.size(), ' ');
  std::string pieces = begun(padded.substr(0, 1));
  for (std::size_t place = 1; place < padded.size(); ++place) {
    pieces += continued(padded.substr(place, 1));
  }
  pieces[pieces.size() - 7] = static_cast<char>(0x80);  // the last is the last
  client->write(pieces);
  CHECK(client->read_bytes(60).find("\"type\":\"welcome\"") != std::string::npos);
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a message that comes by drops does not keep a socket", "[endpoint][abuse]") {
  EndpointProcess endpoint(
      R"({"timing": {"hello_timeout_ms": 300, "heartbeat_ms": 100, "silence_timeout_ms": 300}})");
  const auto culprit = upgraded(endpoint.port());
  bool welcomed = false;
  SECTION("as the first") {}
  SECTION("after a hello") {
    culprit->write(client_frame(kHello));
    welcomed = true;
  }
  culprit->write(client_frame(std::string(100, ' ')).substr(0, 6));
  CHECK(culprit->drip(" "));
  endpoint.wait_for_log(welcomed ? "heartbeat_timeout" : "hello_timeout");
  CHECK(endpoint.stop() == 0);
}

}  // namespace partyline::endpoint_test
