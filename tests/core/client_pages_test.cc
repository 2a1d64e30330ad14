// A page that is hidden, and the next one in its tab.
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "session_fixture.h"

namespace partyline {
namespace {

using namespace session_fixture;

ClientOptions after(std::string handed_over) {
  ClientOptions options = TestClient::default_options();
  options.handed_over = std::move(handed_over);
  return options;
}

TEST_CASE("a page that ends hands over, leaves and closes") {
  Line line;
  line.enter({member("p_a", 3)});
  line.tell(input::PageHidden{false});
  CHECK(line.one<output::HandOver>().text == "2:ticket 1");
  CHECK(line.sent<message::Leave>().size() == 1);
  CHECK(line.one<output::CloseSocket>().code == 1000);
  CHECK(line.one<output::LineStateChanged>().to == LineState::kClosed);
}

TEST_CASE("the next page says whose it is until it is welcomed, and asks for the state") {
  Line line(after("41:the ticket"));
  line.join();
  line.open();
  for (int attempt = 0; attempt < 2; ++attempt) {
    REQUIRE(line.hello.resume);
    CHECK(*line.hello.resume == message::Resume{"the ticket", std::nullopt, true});
    CHECK(line.hello.joins.at(0).incarnation == 0);
    CHECK(line.hello.joins.at(0).request > 1'000'041);
    if (attempt == 0) {
      line.lose();
      line.come_back();
    }
  }
  line.greet(SessionKind::kResynced, {line.granted({})});
  line.lose();
  line.come_back();
  CHECK_FALSE(line.hello.resume->fresh);
}

TEST_CASE("what was not handed over by us is as if it were not there") {
  for (const char* text : {"", ":", "1:", ":ticket", "x:ticket", "1 :ticket", "-1:ticket", "1",
                           "99999999999999999999:ticket", "9007199254740992:ticket"}) {
    INFO(text);
    Line line(after(text));
    line.join();
    line.open();
    CHECK_FALSE(line.hello.resume);
    CHECK(line.hello.joins.at(0).request == 2);
  }
  Line line(after("1:" + std::string(2'000, 'x')));
  line.join();
  line.open();
  CHECK_FALSE(line.hello.resume);
}

TEST_CASE("a page in a call that is put aside has left, and is back when it is shown again") {
  Line line;
  line.enter({member("p_a", 3)});
  const auto created = line.one<output::CreateConnection>();
  line.connect(created, 3);
  line.tell(input::PageHidden{true});
  CHECK(line.one<output::HandOver>().text == "2:ticket 1");
  CHECK(line.one<output::CloseSocket>().code == 1000);
  CHECK(line.one<output::ChannelStateChanged>().to == ChannelState::kReconnecting);

  line.tell(input::Resumed{});
  line.run_for(DurationMs{300});
  line.socket = line.one<output::OpenSocket>().socket;
  line.open();
  // The others were told that it left, so it cannot be the same incarnation, nor go on frame by
  // frame where the endpoint has not heard of it.
  CHECK(line.hello.joins.at(0).incarnation == 0);
  CHECK_FALSE(line.hello.resume->received);
  const SessionKind session = GENERATE(SessionKind::kNew, SessionKind::kResynced);
  line.greet(session, {line.granted({member("p_a", 3)}, kMine + 1)});
  CHECK(line.all<output::CreateConnection>().size() == 1);
  CHECK(line.all<output::PeerLeft>().empty());
}

TEST_CASE("a page without peers that is put aside may come back as it was") {
  Line line;
  line.enter();
  line.tell(input::PageHidden{true});
  CHECK(line.one<output::HandOver>().text == "2:ticket 1");
  CHECK(line.all<output::CloseSocket>().empty());
  CHECK(line.all<output::ChannelStateChanged>().empty());
}

TEST_CASE("a page that is asked whether it is there answers at once") {
  Line line;
  line.enter();
  line.receive(message::Ping{});
  CHECK(line.sent<message::Pong>().size() == 1);
}

TEST_CASE("with tokens nothing is handed over: the next page may be somebody else's") {
  ClientOptions options = TestClient::default_options();
  options.key.clear();
  Line line(options);
  line.join();
  line.tell(input::TokenReady{line.one<output::RequestToken>().operation, "token"});
  line.socket = line.one<output::OpenSocket>().socket;
  line.open();
  line.greet(SessionKind::kNew, {line.granted({})});
  line.tell(input::PageHidden{false});
  CHECK(line.all<output::HandOver>().empty());
}

}  // namespace
}  // namespace partyline
