// What is under way on a socket that is given up arrives when there is another one, or never; what
// is kept for a client that is away has a bound.
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "story.h"

namespace partyline::sim {

TEST_CASE("frames of an old socket arrive after the new one was welcomed, at any moment") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 41));
  Profile profile = calm_profile();
  profile.frame_delay = {1, 200};
  StoryWorld w(seed, profile);
  ClientHost& ann = w.client("ann");
  ClientHost& bob = w.client("bob");
  const ChannelId room = ann.join("room");
  bob.publish(bob.join("room"), "camera");
  w.run_for(100 + 40 * static_cast<std::int64_t>(seed));
  for (int i = 0; i < 4; ++i) {
    ann.set_metadata(room, "{\"n\":" + std::to_string(i) + "}");
    w.run_for(30);
  }
  w.network.strand(ann.port(), {3'000});
  ann.set_metadata(room, "{\"n\":9}");
  w.run_for(4'000);
  // A hello that came late has made a peer whom nobody comes back as: it is held for its time.
  CONVERGES_WITHIN(w, 40'000);
  ENDS_CLEAN(w);
}

TEST_CASE(
    "more than is kept for a client that is away: it gets the state anew, and not the frames") {
  const int changes = GENERATE(200, 300, 600);
  StoryWorld w(1);
  ClientHost& ann = w.client("ann");
  ClientHost& bob = w.client("bob");
  const ChannelId room = ann.join("room");
  bob.join("room");
  CONVERGES_WITHIN(w, 2'000);
  bob.port().refused_until = w.now() + DurationMs{15'000};
  w.cut(bob);
  for (int i = 0; i < changes; ++i) {
    ann.set_metadata(room, "{\"n\":" + std::to_string(i) + "}");
    w.run_for(40);
  }
  CONVERGES_WITHIN(w, 25'000);
  const bool all_kept = changes < 250;
  CHECK((w.lines("bob", "\"session\":\"resumed\"") == 1) == all_kept);
  CHECK((w.lines("bob", "\"session\":\"resynced\"") == 1) == !all_kept);
  CHECK(bob.observer().count("peer-left") == 0);
  ENDS_CLEAN(w);
}

TEST_CASE("a thousand messages wait for a slow network: all arrive, a window at a time") {
  Profile profile = calm_profile();
  profile.frame_delay = {700, 800};
  StoryWorld w(1, profile);
  ClientHost& ann = w.client("ann");
  const ChannelId room = ann.join("room");
  w.client("bob").join("room");
  for (int i = 0; i < 1'000; ++i) ann.send(room);
  CONVERGES_WITHIN(w, 15'000);
  CHECK(w.converged_after() > DurationMs{40'000});
  ENDS_CLEAN(w);
}

TEST_CASE("more than is kept of what a client says while it is away: the state is told anew") {
  const int changes = GENERATE(200, 300);
  StoryWorld w(1);
  ClientHost& ann = w.client("ann");
  ClientHost& bob = w.client("bob");
  const ChannelId room = ann.join("room");
  bob.join("room");
  CONVERGES_WITHIN(w, 2'000);
  ann.port().refused_until = w.now() + DurationMs{15'000};
  w.cut(ann);
  // Metadata are told when there is somebody to tell; leaving is kept.
  for (int i = 0; i < changes; ++i) {
    const ChannelId other = ann.join("other-" + std::to_string(i));
    w.run_for(20);
    ann.leave(other);
  }
  ann.set_metadata(room, "{\"n\":1}");
  CONVERGES_WITHIN(w, 25'000);
  ENDS_CLEAN(w);
}

// Each attempt's hello is held up, and arrives when a later attempt has been welcomed.
TEST_CASE("a hello of a socket that was given up arrives late, at any moment: nothing happens") {
  const std::int64_t late = GENERATE(range<std::int64_t>(5, 1'000, 15));
  StoryWorld w(1);
  ClientHost& ann = w.client("ann");
  ClientHost& bob = w.client("bob");
  ann.publish(ann.join("room"), "camera");
  bob.join("room");
  CONVERGES_WITHIN(w, 2'000);
  const PeerId me = ann.observer().me();
  w.cut(ann);
  const auto greeted = [&] { return w.lines("ann", "\"type\":\"hello\"") == 2; };
  while (!greeted() && w.now() < TimeMs{5'000}) w.run_for(1);
  REQUIRE(greeted());
  w.network.strand(ann.port(), {late});
  w.run_for(2'500);
  CHECK(ann.observer().line() == LineState::kConnected);
  CHECK(ann.observer().me() == me);
  CHECK(bob.observer().count("peer-joined") == 1);
  CHECK(ann.sockets_ordered() == 3);
  CONVERGES_WITHIN(w, 1'000);
  ENDS_CLEAN(w);
}

TEST_CASE("a page that was copied comes with an old ticket: it takes nothing over") {
  StoryWorld w(1);
  ClientHost& ann = w.client("ann");
  ann.join("room");
  w.run_for(1'000);
  // The ticket of her first socket.
  message::Hello hello;
  hello.version = 1;
  hello.key = "pk_sim";
  hello.client = "x";
  for (const std::string& line : w.context.transcript.lines()) {
    const std::size_t begin = line.find("{\"type\":\"welcome\"");
    if (begin == std::string::npos) continue;
    const Result<HubMessage> welcome = parse_hub_message(line.substr(begin));
    REQUIRE(welcome.ok());
    hello.resume = message::Resume{std::get<message::Welcome>(welcome.value()).ticket, {}};
    break;
  }
  REQUIRE(hello.resume);
  w.cut(ann);
  w.run_for(2'000);
  ann.join("other");
  w.run_for(1'000);
  const std::uint64_t sockets = ann.sockets_ordered();

  Port copy;
  copy.who = "copy";
  copy.address = "10.9.9.9";
  copy.origin = "https://app.example";
  std::string welcome;
  copy.deliver = [&](const ClientInput& input) {
    if (const auto* opened = std::get_if<input::SocketOpened>(&input)) {
      w.network.send(copy, opened->socket, write_message(ClientMessage{hello}));
    } else if (const auto* frame = std::get_if<input::FrameReceived>(&input)) {
      welcome = frame->text;
    }
  };
  w.network.open(copy, SocketId{1});
  w.run_for(1'000);
  CHECK(welcome.find("\"type\":\"welcome\"") != std::string::npos);
  CHECK(welcome.find(ann.observer().me().value) == std::string::npos);
  CHECK(ann.observer().line() == LineState::kConnected);
  CHECK(ann.sockets_ordered() == sockets);
  w.network.close(copy, SocketId{1}, 1000);
  CONVERGES_WITHIN(w, 1'000);
  ENDS_CLEAN(w);
}

}  // namespace partyline::sim
