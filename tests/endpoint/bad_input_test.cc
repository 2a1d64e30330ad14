// What a client must not send, and that nobody else notices when it does.
#include <catch2/catch_test_macros.hpp>

#include "endpoint_process.h"
#include "partyline/limits.h"
#include "raw_socket.h"
#include "test_client.h"

namespace partyline::endpoint_test {
namespace {

// Two who are in a call while a third misbehaves.
struct Bystanders {
  explicit Bystanders(EndpointProcess& endpoint) : anna(endpoint.port()), berta(endpoint.port()) {
    anna_welcome = anna.hello("room");
    berta.hello("room");
    to_berta = anna.expect<message::PeerJoined>().member;
  }

  // The next thing that either hears is the other's signal, so the third was not heard.
  void check_undisturbed() {
    anna.send(message::SignalTo{ChannelName("room"), to_berta.peer, to_berta.incarnation, "{}"});
    CHECK(berta.expect<message::SignalFrom>().from == anna_welcome.peer);
    anna.ping();
  }

  TestClient anna;
  TestClient berta;
  message::Welcome anna_welcome;
  MemberInfo to_berta;
};

struct Frame {
  const char* name;
  std::string text;
  unsigned code;
};

std::vector<Frame> frames_that_close() {
  const std::string hello = R"({"type":"hello","version":1,"key":"pk_demo")";
  return {
      {"malformed", "{\"type\":", 4300},
      {"no JSON at all", "GET / HTTP/1.1", 4300},
      {"empty", "", 4300},
      {"deeply nested", std::string(60'000, '['), 4300},
      {"deeply nested metadata",
       hello + R"(,"join":[{"channel":"room","metadata":)" + std::string(60, '[') +
           std::string(60, ']') + "}]}",
       4300},
      {"a wrong type", R"({"type":"hello","version":"one","key":"pk_demo"})", 4300},
      {"another version", R"({"type":"hello","version":99,"key":"pk_demo"})", 4301},
      {"no hello first", R"({"type":"ping"})", 4300},
      {"an unknown type first", R"({"type":"dance"})", 4300},
      {"an unknown key", R"({"type":"hello","version":1,"key":"pk_nobody"})", 4302},
      {"a token", R"({"type":"hello","version":1,"token":"abc"})", 4201},
  };
}

}  // namespace

TEST_CASE("frames that close the socket disturb nobody else", "[endpoint][bad-input]") {
  EndpointProcess endpoint;
  Bystanders bystanders(endpoint);
  for (const Frame& frame : frames_that_close()) {
    INFO(frame.name);
    TestClient culprit(endpoint.port());
    culprit.send_text(frame.text);
    const Closed closed = culprit.read_close();
    CHECK(closed.code == frame.code);
    CHECK_FALSE(closed.reason.empty());
    bystanders.check_undisturbed();
  }
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a member's bad frame closes its socket, and the others see it leave",
          "[endpoint][bad-input]") {
  EndpointProcess endpoint;
  Bystanders bystanders(endpoint);
  TestClient culprit(endpoint.port());
  const message::Welcome welcome = culprit.hello("room");
  bystanders.anna.expect<message::PeerJoined>();
  bystanders.berta.expect<message::PeerJoined>();
  SECTION("binary") {
    culprit.send_binary("\x01\x02");
    CHECK(culprit.read_close().code == 4300);
  }
  SECTION("too large") {
    culprit.send_text(std::string(limits::kFrameBytesMax + 1, ' '));
    const Closed closed = culprit.read_close();
    CHECK(closed.code == 4304);
    CHECK(closed.reason.find("131072") != std::string::npos);
  }
  SECTION("a second hello") {
    culprit.send_text(R"({"type":"hello","version":1,"key":"pk_demo"})");
    CHECK(culprit.read_close().code == 4300);
  }
  CHECK(bystanders.anna.expect<message::PeerLeft>().peer == welcome.peer);
  CHECK(bystanders.berta.expect<message::PeerLeft>().peer == welcome.peer);
  bystanders.check_undisturbed();
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a frame of exactly the limit is read", "[endpoint][bad-input]") {
  EndpointProcess endpoint;
  TestClient client(endpoint.port());
  client.hello("room");
  std::string ping = R"({"type":"ping","padding":")";
  ping.append(limits::kFrameBytesMax - ping.size() - 2, 'x').append("\"}");
  REQUIRE(ping.size() == limits::kFrameBytesMax);
  client.send_text(ping);
  client.expect<message::Pong>();
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("what violates WebSocket itself ends that connection alone", "[endpoint][bad-input]") {
  EndpointProcess endpoint;
  Bystanders bystanders(endpoint);
  RawSocket culprit(endpoint.port());
  culprit.write(upgrade_request());
  REQUIRE(culprit.read_response().status == 101);
  SECTION("no UTF-8") { culprit.write(client_frame("\"\xff\xfe\"")); }
  SECTION("an unmasked frame") { culprit.write(std::string("\x81\x02hi", 4)); }
  SECTION("a reserved opcode") { culprit.write(client_frame("x", 5)); }
  SECTION("a length beyond all bounds") {
    culprit.write(std::string("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14));
    culprit.write(std::string(limits::kFrameBytesMax + 1, 'x'));
    culprit.end_writing();
  }
  SECTION("a flood of pings") {
    for (int i = 0; i < 500; ++i) culprit.write(client_frame("", 9));
    endpoint.wait_for_log("control_frame_flood");
  }
  static_cast<void>(culprit.read_to_end());
  bystanders.check_undisturbed();
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("what is refused leaves the socket open", "[endpoint][bad-input]") {
  EndpointProcess endpoint(R"({
    "keys": [{"id": "pk_rooms", "channels": ["room*"]}],
    "development_key": true
  })");
  TestClient stranger(endpoint.port());
  const message::Welcome stranger_welcome = stranger.hello("elsewhere");
  TestClient client(endpoint.port());
  client.hello("room", "pk_rooms");

  SECTION("an unknown type") {
    client.send_text(R"({"type":"dance"})");
    CHECK(client.expect<message::Refused>().code == ErrorCode::unknown_type);
  }
  SECTION("a signal to someone in no shared channel") {
    client.send(message::SignalTo{ChannelName("room"), stranger_welcome.peer, 1, "{}"});
    const auto refused = client.expect<message::Refused>();
    CHECK(refused.code == ErrorCode::peer_not_found);
    CHECK(refused.peer == stranger_welcome.peer);
  }
  SECTION("a signal through a channel that one is not in") {
    client.send(message::SignalTo{ChannelName("elsewhere"), stranger_welcome.peer, 1, "{}"});
    CHECK(client.expect<message::Refused>().code == ErrorCode::not_in_channel);
  }
  SECTION("a channel that the key does not allow") {
    client.send(message::Join{ChannelName("elsewhere"), 7, JsonText("{}"), {}});
    const auto refused = client.expect<message::Refused>();
    CHECK(refused.code == ErrorCode::channel_not_allowed);
    CHECK(refused.request == 7);
    CHECK_FALSE(refused.text.empty());
  }
  SECTION("a name that is none") {
    client.send_text(R"({"type":"join","channel":"bad\u0007name","request":8})");
    const auto refused = client.expect<message::Refused>();
    CHECK(refused.code == ErrorCode::channel_name_invalid);
    CHECK(refused.request == 8);
  }
  client.ping();
  // Nothing of all that reached the stranger.
  stranger.ping();
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("origins are checked against the key", "[endpoint][bad-input]") {
  EndpointProcess endpoint(R"({
    "keys": [{"id": "pk_site", "origins": ["https://example.com"]}],
    "development_key": true
  })");
  struct Attempt {
    const char* key;
    const char* origin;
    bool allowed;
  };
  for (const Attempt& attempt : std::vector<Attempt>{
           {"pk_site", "https://example.com", true},
           {"pk_site", "https://evil.example", false},
           {"pk_site", "http://example.com", false},
           {"pk_site", "", false},
           {"pk_demo", "http://localhost:7400", true},
           {"pk_demo", "https://127.0.0.1", true},
           {"pk_demo", "http://[::1]:80", true},
           {"pk_demo", "", true},
           {"pk_demo", "https://example.com", false},
           {"pk_demo", "http://localhost.example.com", false},
       }) {
    INFO(attempt.key << " from " << attempt.origin);
    TestClient client(endpoint.port(), {.origin = attempt.origin});
    if (attempt.allowed) {
      CHECK(client.hello("room", attempt.key).joined.size() == 1);
      continue;
    }
    client.send(message::Hello{limits::kProtocolVersion, attempt.key, "", "test", {}});
    CHECK(client.read_close().code == 4303);
  }
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("an upgrade that is not for us is refused in words", "[endpoint][bad-input]") {
  EndpointProcess endpoint;
  const auto attempt = [&](std::string_view target, std::string_view headers) {
    RawSocket socket(endpoint.port());
    socket.write(upgrade_request(target, headers));
    return socket.read_response();
  };
  for (const char* headers : {"", "Sec-WebSocket-Protocol: chat\r\n",
                              "Sec-WebSocket-Protocol: partyline.v2, partyline\r\n"}) {
    INFO(headers);
    const HttpAnswer answer = attempt("/", headers);
    CHECK(answer.status == 400);
    CHECK(answer.body.find("partyline.v1") != std::string::npos);
  }
  constexpr const char* kOffer = "Sec-WebSocket-Protocol: partyline.v1\r\n";
  CHECK(attempt("/elsewhere", kOffer).status == 404);
  CHECK(attempt("/", std::string(kOffer) + "Origin: http://localhost\r\nOrigin: http://a.b\r\n")
            .status == 400);

  const HttpAnswer accepted = attempt("/v1", "Sec-WebSocket-Protocol: chat, partyline.v1\r\n");
  CHECK(accepted.status == 101);
  CHECK(accepted.headers.at("sec-websocket-protocol") == "partyline.v1");
  CHECK(attempt("/", "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: partyline.v1\r\n")
            .status == 101);
  CHECK(endpoint.stop() == 0);
}

}  // namespace partyline::endpoint_test
