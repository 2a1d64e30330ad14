// Messages of the application: what is sent when, answered how, and kept for how long.
#include <catch2/generators/catch_generators.hpp>

#include "client_fixture.h"

namespace partyline {

namespace {

using message::SessionKind;

const ChannelName kRoom{"room"};

message::Welcome welcome_as(SessionKind session, const std::string& peer = "p_me") {
  message::Welcome welcome{PeerId{peer}, DurationMs{15'000}, JsonText{"[]"}, "test", {}};
  welcome.session = session;
  welcome.ticket = "ticket";
  welcome.hold_ms = DurationMs{30'000};
  return welcome;
}

// In the room with some peers; a socket that is lost is found again at once.
class Room : public TestClient {
 public:
  explicit Room(std::vector<MemberInfo> members = {member("p_bob", 11)},
                CompanionOptions options = {})
      : TestClient(default_options(), 1, std::move(options)) {
    join();
    tell(input::SocketOpened{socket});
    message::Welcome welcome = welcome_as(SessionKind::kNew);
    welcome.joined.push_back({kRoom, request(), 10, std::move(members)});
    receive(std::move(welcome));
  }

  void send(std::uint64_t call, std::vector<PeerId> to = {}, const std::string& body = "1") {
    tell(input::SendMessage{CallId{call}, ChannelId{1}, std::move(to), "topic", "", body});
  }
  // Sent, and passed on by the endpoint. Returns the number.
  std::uint64_t send_well(std::uint64_t call, std::vector<PeerId> to = {}) {
    send(call, std::move(to));
    const std::uint64_t number = one_sent().request;
    receive(message::Sent{kRoom, number});
    CHECK(one<output::CallDone>() == output::CallDone{CallId{call}, std::nullopt});
    return number;
  }
  [[nodiscard]] message::MessageTo one_sent() const {
    const auto messages = sent<message::MessageTo>();
    REQUIRE(messages.size() == 1);
    return messages.front();
  }
  [[nodiscard]] std::vector<std::uint64_t> numbers_sent() const {
    std::vector<std::uint64_t> numbers;
    for (const auto& each : sent<message::MessageTo>()) numbers.push_back(each.request);
    return numbers;
  }

  // Loses the socket and gets to the next hello.
  void reopen() {
    tell(input::SocketClosed{socket, 1006, ""});
    run_for({1'000});
    socket = one<output::OpenSocket>().socket;
    tell(input::SocketOpened{socket});
  }
  // The session begins anew in some way, with these members.
  void come_back(SessionKind session, std::vector<MemberInfo> members,
                 std::uint64_t incarnation = 10, const std::string& peer = "p_me") {
    reopen();
    message::Welcome welcome = welcome_as(session, peer);
    welcome.joined.push_back({kRoom, request(), incarnation, std::move(members)});
    receive(std::move(welcome));
  }
  void hear(const std::string& from, std::uint64_t number) {
    receive(message::MessageFrom{kRoom, PeerId{from}, number, "topic", "", "1"});
  }

 private:
  [[nodiscard]] std::uint64_t request() const {
    return sent<message::Hello>().front().joins.front().request;
  }
};

const PeerId kBob{"p_bob"};
const PeerId kCat{"p_cat"};

}  // namespace

TEST_CASE("a message for all names nobody, and is answered when the endpoint has it") {
  Room room;
  room.send(5, {}, "{\"a\":1}");
  const auto sent = room.one_sent();
  CHECK(sent == message::MessageTo{kRoom, sent.request, {}, false, "topic", "", "{\"a\":1}"});
  CHECK(room.all<output::CallDone>().empty());
  room.receive(message::Sent{kRoom, sent.request});
  CHECK(room.one<output::CallDone>() == output::CallDone{CallId{5}, std::nullopt});
}

TEST_CASE("a refusal is the answer, in the endpoint's words") {
  Room room;
  room.send(5, {PeerId{"p_nobody"}});
  const auto sent = room.one_sent();
  CHECK(sent.to == std::vector{PeerId{"p_nobody"}});
  room.receive(message::Refused{ErrorCode::peer_not_found, "not there", kRoom, PeerId{"p_nobody"},
                                sent.request});
  CHECK(room.one<output::CallDone>().error == Error{ErrorCode::peer_not_found, "not there"});
  CHECK(room.all<output::ChannelError>().empty());
}

TEST_CASE("what cannot be sent is refused at once") {
  Room room;
  const auto refusal = [&] {
    CHECK(room.sent<message::MessageTo>().empty());
    return room.one<output::CallDone>().error->code;
  };
  room.send(5, {}, std::string(64 * 1024 + 1, '1'));
  CHECK(refusal() == ErrorCode::message_too_large);
  room.tell(input::SendMessage{CallId{6}, ChannelId{1}, {}, "a\nb", "", "1"});
  CHECK(refusal() == ErrorCode::invalid_argument);
  room.send(7, {PeerId{""}});
  CHECK(refusal() == ErrorCode::peer_not_found);
  room.tell(input::SendMessage{CallId{8}, ChannelId{9}, {}, "", "", "1"});
  CHECK(refusal() == ErrorCode::closed);
  room.send(9, {}, std::string(64 * 1024, '1'));
  CHECK(room.sent<message::MessageTo>().size() == 1);
}

TEST_CASE("what is sent while joining goes out after it, in order") {
  TestClient client;
  client.join();
  for (const std::uint64_t call : {5U, 6U}) {
    client.tell(input::SendMessage{CallId{call}, ChannelId{1}, {}, "", "", std::to_string(call)});
    CHECK(client.is_silent());
  }
  client.welcome();
  const auto sent = client.sent<message::MessageTo>();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].body == "5");
  CHECK(sent[1].body == "6");
  CHECK(sent[0].request < sent[1].request);
}

TEST_CASE("what waits when the channel is left is answered with whether it was sent") {
  Room room;
  room.send(5);
  room.tell(input::SocketClosed{room.socket, 1006, ""});
  room.send(6);
  room.tell(input::Leave{ChannelId{1}});
  const auto done = room.all<output::CallDone>();
  REQUIRE(done.size() == 2);
  CHECK(done[0].call == CallId{5});
  CHECK(done[0].error->code == ErrorCode::delivery_unknown);
  CHECK(done[1].call == CallId{6});
  CHECK(done[1].error->code == ErrorCode::closed);
}

TEST_CASE("so much is on its way at a time, and the rest follows") {
  CompanionOptions options;
  options.messages_in_flight_max = 2;
  Room room({}, options);
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t call = 5; call < 9; ++call) {
    room.send(call);
    for (const std::uint64_t number : room.numbers_sent()) numbers.push_back(number);
  }
  REQUIRE(numbers.size() == 2);
  room.receive(message::Sent{kRoom, numbers[0]});
  CHECK(room.numbers_sent().size() == 1);
  options.messages_in_flight_max = 32;
  options.message_bytes_in_flight_max = 1;
  Room narrow({}, options);
  narrow.send(5);
  const std::uint64_t first = narrow.one_sent().request;
  narrow.send(6);
  CHECK(narrow.numbers_sent().empty());
  narrow.receive(message::Sent{kRoom, first});
  CHECK(narrow.numbers_sent().size() == 1);
}

TEST_CASE("too many that wait are refused, and what was passed on makes room") {
  CompanionOptions options;
  options.messages_max = 2;
  Room room({TestClient::member("p_bob", 11)}, options);
  room.send_well(5);
  room.send_well(6);
  room.send(7);
  const std::uint64_t seventh = room.one_sent().request;
  room.send(8);
  CHECK(room.one_sent().request > seventh);
  room.send(9);
  CHECK(room.one<output::CallDone>().error->code == ErrorCode::overloaded);
  room.receive(message::Sent{kRoom, seventh});
  room.send(10);
  CHECK(room.numbers_sent().size() == 1);
  // What made room can be told from what arrived only when the endpoint has forgotten it.
  room.come_back(SessionKind::kRestored, {TestClient::member("p_bob", 11)});
  CHECK(room.one<output::ChannelError>().error.code == ErrorCode::messages_missed);
}

TEST_CASE("what was passed on in another channel makes room as well") {
  CompanionOptions options;
  options.messages_max = 2;
  Room room({TestClient::member("p_bob", 11)}, options);
  room.send_well(5);
  room.send_well(6);
  room.tell(input::Join{CallId{7}, ChannelId{2}, ChannelName{"other"}, JsonText{"null"}});
  room.tell(input::SendMessage{CallId{8}, ChannelId{2}, {}, "topic", "", "1"});
  room.tell(input::SendMessage{CallId{9}, ChannelId{2}, {}, "topic", "", "1"});
  CHECK(room.all<output::CallDone>().empty());
  room.tell(input::SendMessage{CallId{10}, ChannelId{2}, {}, "topic", "", "1"});
  CHECK(room.one<output::CallDone>().error->code == ErrorCode::overloaded);
}

TEST_CASE("a resumed session sends no message twice but as the frame that it was") {
  Room room;
  room.send(5);
  const auto first = room.one_sent();
  room.reopen();
  message::Welcome welcome = welcome_as(SessionKind::kResumed);
  welcome.received = 0;
  room.receive(welcome);
  CHECK(room.one_sent() == first);
}

TEST_CASE("after another welcome goes what was not answered or has not arrived") {
  const SessionKind session = GENERATE(SessionKind::kResynced, SessionKind::kRestored);
  Room room;
  room.send_well(5);
  const std::uint64_t arrived = room.send_well(6);
  room.receive(message::Delivered{kRoom, kBob, arrived});
  const std::uint64_t passed_on = room.send_well(7);
  room.send(8);
  const std::uint64_t unanswered = room.one_sent().request;
  room.come_back(session, {TestClient::member("p_bob", 11)});
  const auto again = room.sent<message::MessageTo>();
  REQUIRE(again.size() == 2);
  CHECK(again[0].request == passed_on);
  CHECK(again[0].to == std::vector{kBob});
  CHECK(again[0].partly);
  CHECK(again[1].request == unanswered);
  CHECK(again[1].to.empty());
  room.receive(message::Sent{kRoom, passed_on});
  CHECK(room.all<output::CallDone>().empty());
  room.receive(message::Sent{kRoom, unanswered});
  CHECK(room.one<output::CallDone>().call == CallId{8});
}

TEST_CASE("whoever comes later is not sent what was before it") {
  Room room;
  const std::uint64_t passed_on = room.send_well(5);
  room.receive(message::PeerJoined{kRoom, TestClient::member("p_cat", 12)});
  room.come_back(SessionKind::kRestored,
                 {TestClient::member("p_bob", 11), TestClient::member("p_cat", 12)});
  CHECK(room.one_sent().request == passed_on);
  CHECK(room.one_sent().to == std::vector{kBob});
}

TEST_CASE("one who left is waited for no more") {
  Room room;
  room.send_well(5);
  room.receive(message::PeerLeft{kRoom, kBob, message::LeaveReason::kLeft});
  room.receive(message::PeerJoined{kRoom, TestClient::member("p_bob", 12)});
  room.come_back(SessionKind::kRestored, {TestClient::member("p_bob", 12)});
  CHECK(room.sent<message::MessageTo>().empty());
}

TEST_CASE(
    "an endpoint without memory: who is there gets it, who comes back gets it then, in order") {
  Room room({TestClient::member("p_bob", 11), TestClient::member("p_cat", 12)});
  const std::uint64_t passed_on = room.send_well(5);
  room.receive(message::Delivered{kRoom, kCat, passed_on});
  room.tell(input::SocketClosed{room.socket, 1006, ""});
  room.send(6);
  room.send(7, {kBob});
  CHECK(room.sent<message::MessageTo>().empty());
  room.run_for({1'000});
  room.socket = room.one<output::OpenSocket>().socket;
  room.tell(input::SocketOpened{room.socket});
  message::Welcome welcome = welcome_as(SessionKind::kRestored);
  welcome.joined.push_back({kRoom,
                            room.sent<message::Hello>()[0].joins[0].request,
                            10,
                            {TestClient::member("p_cat", 12)}});
  room.receive(std::move(welcome));
  // Bob is not back, so those who are are named: the endpoint would not think of him.
  const auto to_cat = room.one_sent();
  CHECK(to_cat.to == std::vector{kCat});
  CHECK(to_cat.partly);
  room.receive(message::Sent{kRoom, to_cat.request});
  CHECK(room.one<output::CallDone>().call == CallId{6});
  room.receive(message::PeerJoined{kRoom, TestClient::member("p_bob", 11)});
  const auto to_bob = room.sent<message::MessageTo>();
  REQUIRE(to_bob.size() == 3);
  CHECK(to_bob[0].request == passed_on);
  CHECK(to_bob[1].request == to_cat.request);
  CHECK(to_bob[2].request > to_cat.request);
  for (const auto& each : to_bob) CHECK(each.to == std::vector{kBob});
  CHECK_FALSE(to_bob[2].partly);
}

TEST_CASE("a message for one who does not come back is refused as for any who is not there") {
  Room room;
  room.come_back(SessionKind::kRestored, {});
  room.send(5, {kBob});
  CHECK(room.sent<message::MessageTo>().empty());
  room.answers_pings = true;
  room.run_for({31'000});
  CHECK(room.one_sent().to == std::vector{kBob});
  CHECK_FALSE(room.one_sent().partly);
}

TEST_CASE("under another peer id nothing is sent again that may have arrived") {
  Room room;
  room.send_well(5);
  room.send(6);
  room.tell(input::SocketClosed{room.socket, 1006, ""});
  room.send(7);
  room.run_for({1'000});
  room.socket = room.one<output::OpenSocket>().socket;
  room.tell(input::SocketOpened{room.socket});
  message::Welcome welcome = welcome_as(SessionKind::kNew, "p_other");
  welcome.joined.push_back({kRoom,
                            room.sent<message::Hello>()[0].joins[0].request,
                            20,
                            {TestClient::member("p_bob", 11)}});
  room.receive(std::move(welcome));
  const auto done = room.one<output::CallDone>();
  CHECK(done.call == CallId{6});
  CHECK(done.error->code == ErrorCode::delivery_unknown);
  CHECK(room.one_sent().to.empty());
  CHECK(room.one<output::ChannelError>().error.code == ErrorCode::messages_missed);
}

TEST_CASE("a message is told once, and those of one sender in order") {
  Room room({TestClient::member("p_bob", 11), TestClient::member("p_cat", 12)});
  room.hear("p_bob", 4);
  CHECK(room.one<output::MessageReceived>() ==
        output::MessageReceived{ChannelId{1}, kBob, "topic", "", "1"});
  room.hear("p_bob", 4);
  CHECK(room.is_silent());
  room.hear("p_bob", 3);
  CHECK(room.is_silent());
  room.hear("p_cat", 3);
  CHECK(room.one<output::MessageReceived>().peer == kCat);
  // Also over a session of the sender that began anew, and one of ours.
  room.come_back(SessionKind::kResynced, {TestClient::member("p_bob", 13)});
  room.hear("p_bob", 4);
  CHECK(room.is_silent());
  room.hear("p_bob", 5);
  CHECK(room.all<output::MessageReceived>().size() == 1);
}

TEST_CASE("messages that are missing are an error of the channel") {
  Room room;
  const auto errors = [&] {
    std::vector<ErrorCode> codes;
    for (const auto& each : room.all<output::ChannelError>()) codes.push_back(each.error.code);
    return codes;
  };
  const std::vector<ErrorCode> missed{ErrorCode::messages_missed};
  // Nobody minds who never had any.
  room.come_back(SessionKind::kNew, {TestClient::member("p_bob", 11)}, 20);
  CHECK(errors().empty());
  room.hear("p_bob", 1);
  room.come_back(SessionKind::kNew, {TestClient::member("p_bob", 11)}, 30);
  CHECK(errors() == missed);
  // What the endpoint knows to have dropped.
  room.reopen();
  message::Welcome welcome = welcome_as(SessionKind::kResynced);
  welcome.joined.push_back({kRoom, room.sent<message::Hello>()[0].joins[0].request, 30, {}, true});
  room.receive(std::move(welcome));
  CHECK(errors() == missed);
  // From one who left while the state was told anew.
  room.hear("p_bob", 2);
  CHECK(errors() == missed);
  CHECK(room.all<output::MessageReceived>().empty());
}

TEST_CASE("a message that came before and comes again is not missing, though its sender has left") {
  Room room;
  room.hear("p_bob", 1);
  room.come_back(SessionKind::kResynced, {});
  room.hear("p_bob", 1);
  CHECK(room.is_silent());
}

}  // namespace partyline
