// A client whose session outlives its sockets, seen from outside: the endpoint is played by hand.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "client_fixture.h"

namespace partyline::session_fixture {

using message::SessionKind;

inline const ChannelName room("room");
inline constexpr std::uint64_t kMine = 10;  // our incarnation

// Frames as they are sent.
using Frames = std::vector<std::string>;

inline std::string numbered(std::uint64_t seq, const ClientMessage& message) {
  return write_numbered(seq, write_message(message));
}

inline Signal offer(std::uint64_t generation, std::uint64_t negotiation,
                    std::vector<MediaBinding> media = {}) {
  return Signal{generation,
                false,
                Description{DescriptionType::kOffer, negotiation, sdp("theirs"), std::move(media)},
                {}};
}

// A client of an endpoint that is played by hand, but for what each welcome repeats and the numbers
// of frames.
struct Line : TestClient {
  explicit Line(ClientOptions options = default_options()) : TestClient(std::move(options)) {}

  // ---- sockets ----
  void open() {
    tell(input::SocketOpened{socket});
    const auto hellos = sent<message::Hello>();
    REQUIRE(hellos.size() == 1);
    hello = hellos[0];
  }
  void greet(SessionKind session, std::vector<message::Joined> joined, std::uint64_t received = 0) {
    if (session != SessionKind::kResumed) heard = 0;
    message::Welcome welcome;
    welcome.peer = PeerId{"p_me"};
    welcome.heartbeat_ms = DurationMs{3'600'000};
    welcome.joined = std::move(joined);
    welcome.session = session;
    welcome.received = received;
    welcome.ticket = "ticket " + std::to_string(++tickets);
    welcome.hold_ms = DurationMs{30'000};
    receive(std::move(welcome));
  }
  void enter(std::vector<MemberInfo> members = {}) {
    join();
    open();
    CHECK_FALSE(hello.resume);
    greet(SessionKind::kNew, {granted(std::move(members))});
  }
  void lose() { tell(input::SocketClosed{socket, 1006, ""}); }
  // And there is no network for so long.
  void lose_for(DurationMs outage) {
    lose();
    tell(input::WentOffline{});
    run_for(outage);
  }
  // Until the hello.
  void come_back() {
    tell(input::RetryNow{});
    socket = one<output::OpenSocket>().socket;
    open();
    REQUIRE(hello.resume);
  }

  // The answer to the first join of the hello.
  [[nodiscard]] message::Joined granted(std::vector<MemberInfo> members,
                                        std::uint64_t incarnation = kMine) const {
    return {room, hello.joins.at(0).request, incarnation, std::move(members)};
  }

  // ---- numbered frames ----
  void hear(std::uint64_t seq, const HubMessage& message) {
    tell(input::FrameReceived{socket, write_numbered(seq, write_message(message))});
  }
  void hear(const HubMessage& message) { hear(++heard, message); }
  // One that changes nothing.
  void hear_news() { hear(message::PeerUpdated{room, PeerId{"p_nobody"}, JsonText{"1"}, {}}); }

  void rename(const std::string& name) {
    tell(input::SetMetadata{ChannelId{1}, JsonText{'"' + name + '"'}});
  }
  [[nodiscard]] Frames frames() const {
    Frames texts;
    for (const auto& frame : all<output::SendFrame>()) {
      CHECK(frame.socket == socket);
      texts.push_back(frame.text);
    }
    return texts;
  }

  // ---- what the application and the browser see ----
  void check_untouched() const {
    CHECK(all<output::PeerJoined>().empty());
    CHECK(all<output::PeerLeft>().empty());
    CHECK(all<output::CreateConnection>().empty());
    CHECK(all<output::CloseConnection>().empty());
    CHECK(all<output::ConnectionReset>().empty());
  }
  // Peers come and go in this order: "+p_a" and "-p_a".
  [[nodiscard]] std::string roster_changes() const {
    std::string changes;
    for (const ClientOutput& output : outputs) {
      if (const auto* joined = std::get_if<output::PeerJoined>(&output)) {
        changes += '+' + joined->member.peer.value + ' ';
      } else if (const auto* left = std::get_if<output::PeerLeft>(&output)) {
        changes += '-' + left->peer.value + ' ';
      }
    }
    return changes;
  }
  void set_state(ConnectionId connection, ConnectionState state) {
    tell(input::ConnectionStateChanged{connection, state});
  }
  // As a newcomer, with whoever is a peer of the roster.
  void connect(const output::CreateConnection& created, std::uint64_t incarnation,
               std::vector<MediaBinding> media = {}) {
    receive_signal(created.peer.value, incarnation, offer(1, 1, std::move(media)));
    tell(input::AnswerMade{one<output::AcceptOffer>().operation, sdp("mine"), {}});
    set_state(created.connection, ConnectionState::kConnected);
    run_for(DurationMs{20});
    CHECK(sent_signal().description);
  }

  message::Hello hello;
  std::uint64_t heard = 0;
  int tickets = 0;
};

inline ClientMessage named(const std::string& name) {
  return message::Update{room, JsonText{'"' + name + '"'}, std::nullopt};
}

inline MemberInfo member(const std::string& id, std::uint64_t incarnation) {
  return TestClient::member(id, incarnation);
}

inline message::PeerJoined joins(const std::string& id, std::uint64_t incarnation) {
  return {room, member(id, incarnation)};
}

}  // namespace partyline::session_fixture
