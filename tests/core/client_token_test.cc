// Tokens as the client asks for them: at first, when they end, and when they are refused.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "client_fixture.h"

namespace partyline {
namespace {

// A client with tokens, and what it is told next.
struct TokenClient : TestClient {
  explicit TokenClient(std::vector<std::string> endpoints)
      : TestClient(with_tokens(std::move(endpoints))) {
    join();
  }
  static ClientOptions with_tokens(std::vector<std::string> endpoints) {
    ClientOptions options = default_options();
    options.endpoints = std::move(endpoints);
    options.key.clear();
    return options;
  }
  void give_token() {
    const std::string token = "token-" + std::to_string(++tokens_);
    tell(input::TokenReady{one<output::RequestToken>().operation, token});
    socket = one<output::OpenSocket>().socket;
  }
  // The next attempt is under way, or its token is asked for.
  DurationMs fail(std::uint16_t code) {
    tell(input::SocketClosed{socket, code, ""});
    const DurationMs delay = *one<output::LineStateChanged>().retry_in_ms;
    run_for(delay);
    if (const auto opened = all<output::OpenSocket>(); !opened.empty()) {
      socket = opened.front().socket;
    }
    return delay;
  }
  void welcome() {
    tell(input::SocketOpened{socket});
    const auto hellos = sent<message::Hello>();
    REQUIRE(hellos.size() == 1);
    message::Welcome welcome;
    welcome.peer = PeerId{"p_me"};
    welcome.heartbeat_ms = DurationMs{3'600'000};
    welcome.joined = {{ChannelName("room"), hellos[0].joins.at(0).request, 1, {}}};
    receive(std::move(welcome));
  }

 private:
  int tokens_ = 0;
};

}  // namespace

TEST_CASE("a token that has expired while no endpoint answered is replaced at once") {
  const DurationMs soon = ClientOptions{}.reconnect.min_delay_ms;
  TokenClient client({"wss://one.example"});
  client.give_token();
  CHECK(client.fail(4201) <= soon);
  client.give_token();
  for (int attempt = 0; attempt < 10; ++attempt) static_cast<void>(client.fail(1006));
  CHECK(client.fail(4200) <= soon);
  // One that is refused when it is new is not.
  DurationMs longest;
  for (int attempt = 0; attempt < 20; ++attempt) {
    client.give_token();
    longest = std::max(longest, client.fail(4200));
  }
  CHECK(longest > DurationMs{5'000});
}

TEST_CASE("after a wait for a token all endpoints have their turn before the next wait") {
  const DurationMs soon = ClientOptions{}.reconnect.min_delay_ms;
  TokenClient client({"wss://one.example", "wss://two.example"});
  client.give_token();
  CHECK(client.fail(1006) <= soon);
  CHECK(client.fail(4201) <= soon);
  for (int attempt = 0; attempt < 10; ++attempt) {
    client.tell(input::TokenFailed{client.one<output::RequestToken>().operation, "no"});
    client.run_for(*client.one<output::LineStateChanged>().retry_in_ms);
  }
  client.give_token();
  CHECK(client.fail(1006) <= soon);
}

TEST_CASE("the token that was refused is not shown again") {
  TokenClient client({"wss://one.example"});
  client.give_token();
  static_cast<void>(client.fail(4201));
  const auto asked = client.one<output::RequestToken>();
  CHECK(asked.reason == TokenReason::kRefused);
  client.tell(input::TokenReady{asked.operation, "token-1"});
  CHECK(client.all<output::OpenSocket>().empty());
  const auto waiting = client.one<output::LineStateChanged>();
  CHECK(waiting.code == "token_refused");
  CHECK(waiting.reason.find("same token again") != std::string::npos);
  CHECK(waiting.reason.find("token-1") == std::string::npos);
}

TEST_CASE("a token that ends is replaced in the middle of the session") {
  TokenClient client({"wss://one.example"});
  client.give_token();
  client.welcome();
  client.outputs.clear();
  client.receive(message::TokenExpiring{});
  const auto asked = client.one<output::RequestToken>();
  CHECK(asked.reason == TokenReason::kExpiring);
  // Said twice, it is asked for once.
  client.receive(message::TokenExpiring{});
  CHECK(client.all<output::RequestToken>().empty());
  client.tell(input::TokenReady{asked.operation, "token-2"});
  REQUIRE(client.sent<message::Token>().size() == 1);
  CHECK(client.sent<message::Token>()[0].token == "token-2");
  CHECK(client.all<output::LineStateChanged>().empty());
  // It is the one that the next socket begins with.
  client.outputs.clear();
  client.tell(input::SocketClosed{client.socket, 1006, ""});
  client.tell(input::RetryNow{});
  client.socket = client.one<output::OpenSocket>().socket;
  client.tell(input::SocketOpened{client.socket});
  CHECK(client.sent<message::Hello>().at(0).token == "token-2");
}

TEST_CASE("a provider that fails, hangs or repeats itself is asked again, with waits that grow") {
  TokenClient client({"wss://one.example"});
  client.give_token();
  client.welcome();
  client.outputs.clear();
  client.receive(message::TokenExpiring{});
  DurationMs longest;
  for (int attempt = 0; attempt < 24; ++attempt) {
    const auto asked = client.one<output::RequestToken>();
    const TimeMs began = client.now;
    if (attempt % 4 == 0) client.tell(input::TokenFailed{asked.operation, "backend down"});
    if (attempt % 4 == 1) client.tell(input::TokenReady{asked.operation, "token-1"});
    if (attempt % 4 == 2) {
      // What a proxy answers whose backend is down.
      client.tell(input::TokenReady{asked.operation, "<html>\n502 Bad Gateway</html>"});
    }
    // Otherwise it never answers.
    for (int i = 0; i < 4'000 && client.all<output::RequestToken>().empty(); ++i) {
      client.run_for(DurationMs{10});
    }
    REQUIRE(client.all<output::RequestToken>().size() == 1);
    longest = std::max(longest, client.now - began);
    CHECK(client.sent<message::Token>().empty());
  }
  CHECK(longest > DurationMs{5'000});
  CHECK(client.all<output::LineStateChanged>().empty());
  CHECK(client.all<output::CloseSocket>().empty());
}

TEST_CASE("a line with a key has no tokens to renew") {
  TestClient client;
  client.join();
  client.welcome();
  client.receive(message::TokenExpiring{});
  CHECK(client.all<output::RequestToken>().empty());
}

TEST_CASE("who may not publish any more sends nothing until it may") {
  for (const bool again : {false, true}) {
    TestClient client;
    client.join();
    client.welcome();
    client.publish();
    const auto may_publish = [&](bool publishes) {
      message::PeerUpdated told{ChannelName("room"), PeerId("p_me"), {}, {}};
      told.publishes = publishes;
      client.receive(told);
    };
    may_publish(false);
    if (again) may_publish(true);
    client.receive(message::PeerJoined{ChannelName("room"), TestClient::member("p_a", 20)});
    CHECK(client.one<output::MakeOffer>().attach.size() == (again ? 2 : 0));
  }
}

TEST_CASE("who is removed from a channel has left it, and is told why") {
  TestClient client;
  client.join();
  client.welcome();
  client.outputs.clear();
  client.receive(message::Removed{ChannelName("room"), ErrorCode::channel_not_allowed, "no more"});
  CHECK(client.one<output::ChannelStateChanged>().to == ChannelState::kLeft);
  CHECK(client.one<output::ChannelError>().error.code == ErrorCode::channel_not_allowed);
}

}  // namespace partyline
