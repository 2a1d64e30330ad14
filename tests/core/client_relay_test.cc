// ICE servers that the endpoint changes in the middle of a call.
#include "session_fixture.h"

namespace partyline {

using namespace session_fixture;

namespace {

const JsonText kFirst{R"([{"credential":"1","urls":"turn:a","username":"10:p"}])"};
const JsonText kSecond{R"([{"credential":"2","urls":"turn:a","username":"20:p"}])"};
const JsonText kOwn{R"([{"urls":"stun:own"}])"};

JsonText after_own(const JsonText& servers) {
  return JsonText{R"([{"urls":"stun:own"},)" + servers.text.substr(1)};
}

struct Relayed : Line {
  explicit Relayed(ClientOptions options = default_options()) : Line(std::move(options)) {}

  void greet_with(const JsonText& servers, SessionKind session,
                  std::vector<message::Joined> joined = {}) {
    message::Welcome welcome{PeerId{"p_me"}, DurationMs{3'600'000}, servers, "", std::move(joined),
                             session};
    welcome.ticket = "ticket " + std::to_string(++tickets);
    welcome.hold_ms = DurationMs{30'000};
    receive(std::move(welcome));
  }
  void enter_with(const JsonText& servers, std::vector<MemberInfo> members) {
    join();
    open();
    greet_with(servers, SessionKind::kNew, {granted(std::move(members))});
  }
};

}  // namespace

TEST_CASE("ICE servers that come in band go to live connections, and to those that follow") {
  Relayed line;
  line.enter_with(kFirst, {member("p_a", 5)});
  CHECK(line.one<output::CreateConnection>().ice_servers == kFirst);
  line.receive(message::IceServers{kSecond});
  CHECK(line.one<output::SetIceServers>().ice_servers == kSecond);
  line.check_untouched();
  CHECK(line.all<output::MakeOffer>().empty());
  line.hear(joins("p_b", 6));
  CHECK(line.one<output::CreateConnection>().ice_servers == kSecond);
}

TEST_CASE("the same once more is no change") {
  Relayed line;
  line.enter_with(kFirst, {member("p_a", 5)});
  line.receive(message::IceServers{kFirst});
  CHECK(line.outputs.empty());
}

TEST_CASE("a welcome that goes on with the session has fresh ones for what is there") {
  Relayed line;
  line.enter_with(kFirst, {member("p_a", 5)});
  line.lose();
  line.come_back();
  line.greet_with(kSecond, SessionKind::kResumed);
  CHECK(line.one<output::SetIceServers>().ice_servers == kSecond);
  line.check_untouched();
}

TEST_CASE("the application's own stay in front") {
  ClientOptions options = TestClient::default_options();
  options.ice_servers = kOwn;
  Relayed line(options);
  line.enter_with(kFirst, {member("p_a", 5)});
  CHECK(line.one<output::CreateConnection>().ice_servers == after_own(kFirst));
  line.receive(message::IceServers{kSecond});
  CHECK(line.one<output::SetIceServers>().ice_servers == after_own(kSecond));
  line.receive(message::IceServers{});
  CHECK(line.one<output::SetIceServers>().ice_servers == kOwn);
}

TEST_CASE("they are there before the restart that a return brings about") {
  Relayed line;
  line.enter_with(kFirst, {});
  line.hear(joins("p_a", 15));
  const auto created = line.one<output::CreateConnection>();
  line.tell(input::OfferMade{line.one<output::MakeOffer>().operation, sdp("mine"), {}});
  Signal answer{1, false, Description{DescriptionType::kAnswer, 1, sdp("theirs"), {}}, {}};
  line.receive_signal("p_a", 15, answer);
  line.tell(input::AnswerAccepted{line.one<output::AcceptAnswer>().operation});
  line.set_state(created.connection, ConnectionState::kConnected);
  line.lose();
  line.set_state(created.connection, ConnectionState::kDisconnected);
  line.come_back();
  line.greet_with(kSecond, SessionKind::kResumed);
  CHECK(line.one<output::SetIceServers>().ice_servers == kSecond);
  CHECK(line.all<output::MakeOffer>().empty());
  line.run_for(DurationMs{1'000});
  CHECK(line.one<output::MakeOffer>().ice_restart);
}

}  // namespace partyline
