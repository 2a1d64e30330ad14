// Whether packets are found missing: who is told, and how often.
#include "client/media_watch.h"

#include <catch2/catch_test_macros.hpp>

#include "negotiation_fixture.h"

namespace partyline {

namespace {

const Mid kAudio{"0"};
const Mid kVideo{"1"};

struct Watched {
  std::vector<Mid> observe(std::vector<LineStatistics> lines, std::vector<Mid> expected) {
    now = now + options.statistics_interval_ms;
    return watch.observe(now, options, lines, expected, hears);
  }
  ClientOptions options;
  MediaWatch watch;
  TimeMs now{1'000};
  bool hears = true;
};

}  // namespace

TEST_CASE("media watch: what does not come for two seconds is missing, said again ever later") {
  Watched w;
  CHECK(w.observe({{kAudio, 10, 0}}, {kAudio}).empty());
  std::vector<int> told;
  for (int second = 1; second <= 100; ++second) {
    if (!w.observe({{kAudio, 10, 0}}, {kAudio}).empty()) told.push_back(second);
  }
  CHECK(told == std::vector<int>{2, 4, 8, 16, 32, 62, 92});
  CHECK(w.watch.silent());
  // One packet, and it begins anew.
  CHECK(w.observe({{kAudio, 11, 0}}, {kAudio}).empty());
  CHECK_FALSE(w.watch.silent());
  CHECK(w.observe({{kAudio, 11, 0}}, {kAudio}).empty());
  CHECK(w.observe({{kAudio, 11, 0}}, {kAudio}) == std::vector<Mid>{kAudio});
}

TEST_CASE("media watch: what never came is missing too; what is not expected is not") {
  Watched w;
  CHECK(w.observe({}, {kAudio}).empty());
  CHECK(w.observe({}, {kAudio}).empty());
  CHECK(w.observe({}, {kAudio}) == std::vector<Mid>{kAudio});
  // Muted, and live again: there is time for it once more.
  CHECK(w.observe({}, {}).empty());
  CHECK_FALSE(w.watch.silent());
  CHECK(w.observe({}, {kAudio}).empty());
  CHECK(w.observe({}, {kAudio}).empty());
  CHECK(w.observe({}, {kAudio}) == std::vector<Mid>{kAudio});
}

TEST_CASE("media watch: what nobody can be told is told when somebody can") {
  Watched w;
  w.hears = false;
  for (int second = 0; second < 20; ++second) CHECK(w.observe({}, {kAudio}).empty());
  w.hears = true;
  CHECK(w.observe({}, {kAudio}) == std::vector<Mid>{kAudio});
}

TEST_CASE("media watch: one of two is missing, and the path is not silent") {
  Watched w;
  for (std::uint64_t count = 1; count < 3; ++count) {
    CHECK(w.observe({{kAudio, count, 0}, {kVideo, 7, 0}}, {kAudio, kVideo}).empty());
  }
  CHECK(w.observe({{kAudio, 3, 0}, {kVideo, 7, 0}}, {kAudio, kVideo}) == std::vector<Mid>{kVideo});
  CHECK_FALSE(w.watch.silent());
}

TEST_CASE("media watch: sends what grew since it last looked") {
  Watched w;
  static_cast<void>(w.observe({{kAudio, 0, 5}}, {}));
  CHECK(w.watch.sends({kVideo, kAudio}));
  CHECK_FALSE(w.watch.sends({kVideo}));
  static_cast<void>(w.observe({{kAudio, 0, 5}}, {}));
  CHECK_FALSE(w.watch.sends({kAudio}));
}

TEST_CASE("media watch: another path does not make old packets new") {
  Watched w;
  static_cast<void>(w.observe({{kAudio, 10, 5}}, {kAudio}));
  w.watch.begin();
  CHECK_FALSE(w.watch.sends({kAudio}));
  CHECK(w.observe({{kAudio, 10, 5}}, {kAudio}).empty());
  CHECK_FALSE(w.watch.sends({kAudio}));
}

namespace {

Signal complaint(std::uint64_t generation, Mid mid) {
  Signal signal;
  signal.generation = generation;
  signal.missing = {std::move(mid)};
  return signal;
}

// In a call with a newcomer, publishing camera audio (m-line 0) and video.
ConnectionId connected_elder(TestClient& client) {
  const auto make = elder(client);
  client.tell(input::OfferMade{make.operation, sdp("mine"), mids_of(make.attach)});
  client.receive_signal("p_a", kPeer, answer(1, "theirs"));
  client.tell(input::AnswerAccepted{client.one<output::AcceptAnswer>().operation});
  client.tell(input::ConnectionStateChanged{make.connection, ConnectionState::kConnected});
  client.outputs.clear();
  return make.connection;
}

void send_packets(TestClient& client, ConnectionId connection, std::uint64_t sent) {
  client.tell(input::StatisticsRead{connection, {{Mid{"0"}, 0, sent}}});
}

}  // namespace

TEST_CASE("a complaint about packets that were sent: a restart, then another generation") {
  TestClient client;
  client.answers_pings = true;
  const ConnectionId connection = connected_elder(client);
  client.run_for(DurationMs{1'000});
  CHECK(client.one<output::ReadStatistics>().connection == connection);
  send_packets(client, connection, 50);
  client.receive_signal("p_a", kPeer, complaint(1, Mid{"0"}));
  const auto make = client.one<output::MakeOffer>();
  CHECK(make.ice_restart);

  client.tell(input::OfferMade{make.operation, sdp("again"), mids_of(make.attach)});
  client.receive_signal("p_a", kPeer, answer(2, "theirs"));
  client.tell(input::AnswerAccepted{client.one<output::AcceptAnswer>().operation});
  // Too early for the restart to have helped.
  client.receive_signal("p_a", kPeer, complaint(1, Mid{"0"}));
  CHECK(client.all<output::CloseConnection>().empty());
  client.run_for(DurationMs{4'000});
  send_packets(client, connection, 250);
  client.outputs.clear();
  client.receive_signal("p_a", kPeer, complaint(1, Mid{"0"}));
  CHECK(client.one<output::CloseConnection>().connection == connection);
}

TEST_CASE("a complaint about what was not sent, or on a path that does not work, is nothing") {
  TestClient client;
  client.answers_pings = true;
  const ConnectionId connection = connected_elder(client);
  send_packets(client, connection, 50);
  SECTION("another m-line") { client.receive_signal("p_a", kPeer, complaint(1, Mid{"1"})); }
  SECTION("nothing goes out") {
    send_packets(client, connection, 50);
    client.receive_signal("p_a", kPeer, complaint(1, Mid{"0"}));
  }
  SECTION("not connected") {
    client.tell(input::ConnectionStateChanged{connection, ConnectionState::kDisconnected});
    client.receive_signal("p_a", kPeer, complaint(1, Mid{"0"}));
  }
  CHECK(client.all<output::MakeOffer>().empty());
  CHECK(client.all<output::CloseConnection>().empty());
}

TEST_CASE("who receives nothing on a path that works says so, and looks whether its socket lives") {
  TestClient client;
  const ConnectionId connection = newcomer(client);
  client.receive_signal("p_a", 1, offer(1, "theirs", {binding("0", MediaKind::kAudio)}));
  client.tell(input::AnswerMade{client.one<output::AcceptOffer>().operation, sdp("mine"), {}});
  client.run_for(DurationMs{50});
  client.tell(input::ConnectionStateChanged{connection, ConnectionState::kConnected});
  const auto second = [&](std::uint64_t received) {
    client.run_for(DurationMs{1'000});
    CHECK(client.all<output::ReadStatistics>().size() == 1);
    client.tell(input::StatisticsRead{connection, {{Mid{"0"}, received, 0}}});
  };
  second(50);
  second(100);
  CHECK(client.sent<message::Ping>().empty());
  second(100);
  CHECK(client.sent<message::Ping>().size() == 1);
  CHECK(client.sent<message::SignalTo>().empty());
  client.receive(message::Pong{});
  SECTION("two seconds") {
    second(100);
    CHECK(client.sent_signal().missing == std::vector<Mid>{Mid{"0"}});
    CHECK(client.sent_signal().generation == 1);
  }
  SECTION("muted meanwhile") {
    MemberInfo muted = publishing("p_a", 1);
    muted.publications[0].audio = TrackStatus::kMuted;
    client.receive(
        message::PeerUpdated{ChannelName{"room"}, PeerId{"p_a"}, std::nullopt, muted.publications});
    second(100);
    second(100);
    second(100);
    CHECK(client.sent<message::SignalTo>().empty());
  }
}

}  // namespace partyline
