// Finding the endpoint, and finding it again.
#include <algorithm>

#include "client/signalling.h"
#include "client_fixture.h"

namespace partyline {

TEST_CASE("nothing happens before the first wish to join") {
  TestClient client;
  CHECK_FALSE(client.next_wakeup());
  client.tell(input::RetryNow{});
  client.tell(input::WentOnline{});
  CHECK(client.outputs.empty());
}

TEST_CASE("the first join opens a socket, the hello carries key and join") {
  TestClient client;
  client.join();
  CHECK(client.one<output::OpenSocket>().url == "wss://one.example");
  CHECK(client.one<output::LineStateChanged>().to == LineState::kConnecting);

  client.tell(input::SocketOpened{client.socket});
  const auto hello = client.sent<message::Hello>();
  REQUIRE(hello.size() == 1);
  CHECK(hello[0].key == "pk_test");
  CHECK(hello[0].version == limits::kProtocolVersion);
  REQUIRE(hello[0].joins.size() == 1);
  CHECK(hello[0].joins[0].channel.value == "room");
}

TEST_CASE("a welcome connects the line and grants the join") {
  TestClient client;
  client.join();
  client.welcome();
  CHECK(client.one<output::Identified>().peer.value == "p_me");
  CHECK(client.one<output::LineStateChanged>().to == LineState::kConnected);
  CHECK(client.one<output::ChannelStateChanged>().to == ChannelState::kJoined);
  CHECK_FALSE(client.one<output::CallDone>().error);
}

TEST_CASE("a lost socket is replaced after a jittered delay, with the join asked again") {
  TestClient client;
  client.join();
  client.welcome();
  client.tell(input::SocketClosed{client.socket, 1006, ""});
  const auto state = client.one<output::LineStateChanged>();
  CHECK(state.to == LineState::kReconnecting);
  CHECK(state.code == "endpoint_unreachable");
  REQUIRE(state.retry_in_ms);
  CHECK(*state.retry_in_ms <= DurationMs{300});
  CHECK(client.one<output::ChannelStateChanged>().to == ChannelState::kReconnecting);

  client.run_for(DurationMs{300});
  client.socket = client.one<output::OpenSocket>().socket;
  client.welcome({}, 11);
  CHECK(client.one<output::LineStateChanged>().to == LineState::kConnected);
  CHECK(client.one<output::ChannelStateChanged>().to == ChannelState::kJoined);
}

TEST_CASE("the delay's ceiling doubles to the cap, with full jitter on every attempt") {
  std::vector<std::int64_t> at_cap;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    TestClient client(TestClient::default_options(), seed);
    client.join();
    for (int attempt = 0; attempt < 12; ++attempt) {
      client.tell(input::SocketClosed{client.socket, 1006, ""});
      const auto told = client.one<output::LineStateChanged>();
      REQUIRE(told.retry_in_ms);
      const std::int64_t ceiling = std::min<std::int64_t>(300LL << attempt, 20'000);
      REQUIRE(told.retry_in_ms->value <= ceiling);
      if (attempt == 11) at_cap.push_back(told.retry_in_ms->value);
      client.run_for(*told.retry_in_ms);
      client.socket = client.one<output::OpenSocket>().socket;
    }
  }
  const auto [low, high] = std::minmax_element(at_cap.begin(), at_cap.end());
  CHECK(*low < 3'000);
  CHECK(*high > 17'000);
}

TEST_CASE("a connection that does not hold does not reset the backoff") {
  TestClient client;
  client.join();
  for (int round = 0; round < 8; ++round) {
    client.welcome({}, 10 + static_cast<std::uint64_t>(round));
    client.tell(input::SocketClosed{client.socket, 1006, ""});
    client.run_for(*client.one<output::LineStateChanged>().retry_in_ms);
    client.socket = client.one<output::OpenSocket>().socket;
  }
  client.tell(input::SocketClosed{client.socket, 1006, ""});
  client.run_for(*client.one<output::LineStateChanged>().retry_in_ms);
  client.socket = client.one<output::OpenSocket>().socket;
  client.welcome({}, 30);
  client.run_for(DurationMs{6'000});
  client.tell(input::SocketClosed{client.socket, 1006, ""});
  CHECK(*client.one<output::LineStateChanged>().retry_in_ms <= DurationMs{300});
}

TEST_CASE("an endpoint that says goodbye names the least delay") {
  TestClient client;
  client.join();
  client.welcome();
  client.receive(message::Goodbye{DurationMs{4'000}, "restarting"});
  client.tell(input::SocketClosed{client.socket, 4000, "restarting"});
  const auto told = client.one<output::LineStateChanged>();
  CHECK(told.code == "restarting");
  CHECK(*told.retry_in_ms >= DurationMs{4'000});
  CHECK(*told.retry_in_ms <= DurationMs{8'300});
}

TEST_CASE("no endpoint makes a client wait for long") {
  TestClient client;
  client.join();
  client.welcome();
  client.receive(message::Pong{DurationMs{2'147'483'647}});
  client.receive(message::Goodbye{DurationMs{2'147'483'647}, ""});
  client.tell(input::SocketClosed{client.socket, 4000, ""});
  CHECK(*client.one<output::LineStateChanged>().retry_in_ms <= DurationMs{180'000});
}

TEST_CASE("an endpoint that says anything but goodbye before its welcome is given up") {
  TestClient client;
  client.join();
  client.tell(input::SocketOpened{client.socket});
  const auto request = client.sent<message::Hello>()[0].joins[0].request;
  SECTION("goodbye") {
    client.receive(message::Goodbye{DurationMs{1}, ""});
    CHECK(client.outputs.empty());
  }
  SECTION("something of a newer protocol") {
    client.tell(input::FrameReceived{client.socket, R"({"type":"advice"})"});
    CHECK(client.outputs.empty());
  }
  SECTION("the answer to a join") {
    client.receive(message::Joined{ChannelName{"room"}, request, 10, {}});
    CHECK(client.all<output::CloseSocket>().size() == 1);
    CHECK(client.all<output::ChannelStateChanged>().empty());
  }
}

TEST_CASE("close codes that mean never end the line and every wish with words") {
  TestClient client;
  client.join();
  client.tell(input::SocketOpened{client.socket});
  client.tell(input::SocketClosed{client.socket, 4302, "no such key: check it"});
  CHECK(client.one<output::LineStateChanged>().to == LineState::kClosed);
  CHECK(client.one<output::LineError>().error.code == ErrorCode::key_unknown);
  const auto done = client.one<output::CallDone>();
  REQUIRE(done.error);
  CHECK(done.error->code == ErrorCode::key_unknown);
  CHECK(done.error->detail == "no such key: check it");
  CHECK_FALSE(client.next_wakeup());

  client.join(2, "other");
  CHECK(client.one<output::CallDone>().error->code == ErrorCode::key_unknown);
}

TEST_CASE("an unknown close code is handled by its range") {
  TestClient client;
  client.join();
  client.tell(input::SocketClosed{client.socket, 4399, "new reason"});
  CHECK(client.one<output::LineStateChanged>().to == LineState::kClosed);
  TestClient other;
  other.join();
  other.tell(input::SocketClosed{other.socket, 4199, "new reason"});
  CHECK(other.one<output::LineStateChanged>().to == LineState::kReconnecting);
}

TEST_CASE("attempts pause while the browser is offline and use up nothing") {
  TestClient client;
  client.join();
  client.tell(input::SocketClosed{client.socket, 1006, ""});
  client.tell(input::WentOffline{});
  CHECK_FALSE(client.next_wakeup());
  client.run_for(DurationMs{3'600'000});
  CHECK(client.outputs.empty());
  client.tell(input::WentOnline{});
  CHECK(client.all<output::OpenSocket>().size() == 1);
}

TEST_CASE(
    "a page that goes on asks whether its socket is alive, and waits no longer than at first") {
  TestClient client;
  client.join();
  SECTION("ready: a silent endpoint is found out quickly") {
    client.welcome();
    client.tell(input::Resumed{});
    CHECK(client.sent<message::Ping>().size() == 1);
    client.answers_pings = false;
    client.run_for(TestClient::default_options().probe_timeout_ms);
    CHECK(client.all<output::CloseSocket>().size() == 1);
  }
  SECTION("waiting for long: not for longer than after a first failure") {
    for (int i = 0; i < 12; ++i) {
      client.tell(input::SocketClosed{client.socket, 1006, ""});
      client.tell(input::RetryNow{});
      client.socket = client.one<output::OpenSocket>().socket;
    }
    client.tell(input::SocketClosed{client.socket, 1006, ""});
    client.tell(input::Resumed{});
    REQUIRE(client.next_wakeup());
    CHECK(*client.next_wakeup() - client.now <=
          TestClient::default_options().reconnect.min_delay_ms);
  }
  SECTION("offline: nothing") {
    client.tell(input::SocketClosed{client.socket, 1006, ""});
    client.tell(input::WentOffline{});
    client.tell(input::Resumed{});
    CHECK_FALSE(client.next_wakeup());
  }
}

TEST_CASE("a loopback endpoint needs no network") {
  ClientOptions options = TestClient::default_options();
  options.endpoints = {"ws://localhost:7400"};
  TestClient client(options);
  client.tell(input::WentOffline{});
  client.join();
  client.tell(input::SocketClosed{client.socket, 1006, ""});
  CHECK(client.next_wakeup());
  CHECK(is_loopback_url("ws://127.0.0.1:7400/v1"));
  CHECK(is_loopback_url("ws://[::1]:7400"));
  CHECK(is_loopback_url("ws://demo.localhost"));
  CHECK_FALSE(is_loopback_url("wss://localhost.example.com"));
  CHECK_FALSE(is_loopback_url("wss://example.com/?localhost"));
}

TEST_CASE("retryNow ends the wait") {
  TestClient client;
  client.join();
  client.tell(input::SocketClosed{client.socket, 1006, ""});
  client.tell(input::RetryNow{});
  CHECK(client.all<output::OpenSocket>().size() == 1);
  client.tell(input::RetryNow{});
  CHECK(client.outputs.empty());
}

TEST_CASE("several endpoints are tried in turn") {
  ClientOptions options = TestClient::default_options();
  options.endpoints = {"wss://one.example", "wss://two.example"};
  TestClient client(options);
  client.join();
  client.tell(input::SocketClosed{client.socket, 1006, ""});
  client.tell(input::RetryNow{});
  const auto second = client.one<output::OpenSocket>();
  CHECK(second.url == "wss://two.example");
  client.tell(input::SocketClosed{second.socket, 1006, ""});
  client.tell(input::RetryNow{});
  CHECK(client.one<output::OpenSocket>().url == "wss://one.example");
}

TEST_CASE("a list of endpoints is gone through quickly, and waited for as a whole") {
  ClientOptions options = TestClient::default_options();
  options.endpoints = {"wss://one.example", "wss://two.example", "wss://three.example"};
  TestClient client(options);
  client.join();
  DurationMs longest;
  for (int attempt = 1; attempt <= 60; ++attempt) {
    client.tell(input::SocketClosed{client.socket, 1006, ""});
    const DurationMs delay = *client.one<output::LineStateChanged>().retry_in_ms;
    if (attempt % 3 != 0) CHECK(delay <= options.reconnect.min_delay_ms);
    longest = std::max(longest, delay);
    client.run_for(delay);
    client.socket = client.one<output::OpenSocket>().socket;
  }
  CHECK(longest > DurationMs{5'000});
}

TEST_CASE("an endpoint that asks another page is asked again in one to two seconds") {
  ClientOptions options = TestClient::default_options();
  options.endpoints = {"wss://one.example", "wss://two.example"};
  TestClient client(options);
  client.join();
  for (int attempt = 0; attempt < 20; ++attempt) {
    client.tell(input::SocketOpened{client.socket});
    client.tell(input::SocketClosed{client.socket, close_code(ErrorCode::identity_contested), ""});
    const DurationMs delay = *client.one<output::LineStateChanged>().retry_in_ms;
    CHECK(delay >= DurationMs{1'000});
    CHECK(delay <= DurationMs{2'000} + options.reconnect.min_delay_ms);
    client.run_for(delay);
    const auto again = client.one<output::OpenSocket>();
    CHECK(again.url == "wss://one.example");
    client.socket = again.socket;
  }
}

TEST_CASE("a token that fails is not asked for sooner because of a list of endpoints") {
  ClientOptions options = TestClient::default_options();
  options.endpoints = {"wss://one.example", "wss://two.example"};
  options.key.clear();
  TestClient client(options);
  client.join();
  DurationMs longest;
  for (int attempt = 0; attempt < 40; ++attempt) {
    client.tell(input::TokenFailed{client.one<output::RequestToken>().operation, "no"});
    const DurationMs delay = *client.one<output::LineStateChanged>().retry_in_ms;
    longest = std::max(longest, delay);
    client.run_for(delay);
  }
  CHECK(longest > DurationMs{5'000});
}

TEST_CASE("a socket that is never welcomed is given up") {
  TestClient client;
  client.join();
  client.tell(input::SocketOpened{client.socket});
  client.run_for(DurationMs{15'000});
  CHECK(client.one<output::CloseSocket>().socket == client.socket);
  CHECK(client.all<output::LineStateChanged>().back().to == LineState::kReconnecting);
}

TEST_CASE("a silent endpoint is asked, then replaced") {
  TestClient client;
  client.join();
  client.welcome();
  client.run_for(DurationMs{15'000});
  CHECK(client.sent<message::Ping>().size() == 1);
  client.receive(message::Pong{});
  client.run_for(DurationMs{15'000});
  CHECK(client.sent<message::Ping>().size() == 1);
  client.run_for(DurationMs{10'000});
  CHECK(client.one<output::CloseSocket>().socket == client.socket);
  CHECK(client.all<output::LineStateChanged>()[0].code == "heartbeat_timeout");
}

TEST_CASE("a page that slept asks again before it gives a silent socket up") {
  TestClient client;
  client.join();
  client.welcome();
  client.run_for(DurationMs{15'000});
  client.now = client.now + DurationMs{600'000};
  client.tell(input::Wakeup{});
  CHECK(client.all<output::CloseSocket>().empty());
  CHECK(client.sent<message::Ping>().size() == 1);
  client.run_for(DurationMs{2'000});
  CHECK(client.all<output::CloseSocket>().size() == 1);
}

TEST_CASE("a page whose every timer is late still finds out that its socket is dead") {
  TestClient client;
  client.join();
  client.welcome();
  for (int minute = 0; minute < 3; ++minute) {
    client.now = client.now + DurationMs{60'000};
    client.tell(input::Wakeup{});
  }
  CHECK(client.one<output::LineStateChanged>().code == "heartbeat_timeout");
}

TEST_CASE("giving up is measured from the loss, through every attempt") {
  ClientOptions options = TestClient::default_options();
  options.reconnect.give_up_after_ms = DurationMs{30'000};
  options.reconnect.max_delay_ms = DurationMs{1'000};
  TestClient client(options);
  client.join();
  const TimeMs start = client.now;
  bool closed = false;
  while (!closed && client.now - start < DurationMs{60'000}) {
    client.tell(input::SocketClosed{client.socket, 1006, ""});
    client.run_for(DurationMs{1'000});
    for (const auto& opened : client.all<output::OpenSocket>()) client.socket = opened.socket;
    for (const auto& told : client.all<output::LineStateChanged>()) {
      closed = closed || (told.to == LineState::kClosed && told.code == "gave_up");
    }
  }
  CHECK(closed);
  CHECK(client.now - start <= DurationMs{31'000});
  CHECK_FALSE(client.next_wakeup());
}

TEST_CASE("tokens come from the application, again after a refusal, never in a tight loop") {
  ClientOptions options = TestClient::default_options();
  options.key.clear();
  TestClient client(options);
  client.join();
  const auto first = client.one<output::RequestToken>();
  CHECK(first.reason == TokenReason::kFirst);
  client.tell(input::TokenReady{first.operation, "t1"});
  client.socket = client.one<output::OpenSocket>().socket;
  client.tell(input::SocketOpened{client.socket});
  CHECK(client.sent<message::Hello>()[0].token == "t1");

  client.tell(input::SocketClosed{client.socket, 4201, "refused"});
  CHECK(client.all<output::RequestToken>().empty());
  client.run_for(DurationMs{300});
  const auto again = client.one<output::RequestToken>();
  CHECK(again.reason == TokenReason::kRefused);
  client.tell(input::TokenFailed{again.operation, "backend down"});
  CHECK(client.one<output::LineStateChanged>().retry_in_ms);
  client.tell(input::TokenReady{again.operation, "late"});
  CHECK(client.outputs.empty());
}

TEST_CASE("frames that are no frames give the socket up, unknown types do not") {
  TestClient client;
  client.join();
  client.welcome();
  client.tell(input::FrameReceived{client.socket, R"({"type":"weather","sun":true})"});
  CHECK(client.all<output::CloseSocket>().empty());
  client.tell(input::FrameReceived{client.socket, "{"});
  // Browsers throw when told to close with any code between 1000 and 3000.
  CHECK(client.one<output::CloseSocket>().code == close_code(ErrorCode::protocol_error));
  CHECK(client.one<output::LineStateChanged>().code == "protocol_error");

  client.run_for(DurationMs{300});
  client.socket = client.one<output::OpenSocket>().socket;
  client.tell(input::BinaryReceived{client.socket});
  CHECK(client.all<output::CloseSocket>().size() == 1);
}

TEST_CASE("an endpoint that talks nonsense before its welcome makes room for the next one") {
  ClientOptions options = TestClient::default_options();
  options.endpoints = {"wss://one.example", "wss://two.example"};
  TestClient client(options);
  client.join();
  client.tell(input::SocketOpened{client.socket});
  client.tell(input::FrameReceived{client.socket, "{"});
  client.run_for(DurationMs{300});
  CHECK(client.one<output::OpenSocket>().url == "wss://two.example");
}

TEST_CASE("what a forgotten socket still says does not matter") {
  TestClient client;
  client.join();
  client.welcome();
  const SocketId old = client.socket;
  client.tell(input::SocketClosed{old, 1006, ""});
  client.tell(input::SocketClosed{old, 4302, "key"});
  CHECK(client.outputs.empty());
  client.tell(input::FrameReceived{old, "{"});
  CHECK(client.outputs.empty());
  client.tell(input::SocketOpened{old});
  CHECK(client.outputs.empty());
}

TEST_CASE("after close nothing runs and nothing is accepted") {
  TestClient client;
  client.join();
  client.welcome();
  client.tell(input::Close{});
  CHECK(client.all<output::CloseSocket>().size() == 1);
  CHECK(client.one<output::LineStateChanged>().to == LineState::kClosed);
  CHECK(client.one<output::ChannelStateChanged>().to == ChannelState::kLeft);
  CHECK_FALSE(client.next_wakeup());
  client.join(2, "other");
  CHECK(client.one<output::CallDone>().error->code == ErrorCode::closed);
  client.tell(input::Close{});
  CHECK(client.outputs.empty());
}

}  // namespace partyline
