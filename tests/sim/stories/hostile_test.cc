// What is no protocol, from either end, harms nobody else.
#include <algorithm>
#include <string>
#include <vector>

#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "story.h"

namespace partyline::sim {

namespace {

const std::vector<std::string>& garbage() {
  static const std::vector<std::string> texts{"",
                                              "{",
                                              "[]",
                                              "null",
                                              "\xff\xfe\x00",
                                              "{\"type\":7}",
                                              "{\"type\":\"welcome\"}",
                                              "{\"type\":\"joined\",\"channel\":5}",
                                              std::string(100'000, '['),
                                              std::string(200'000, 'x')};
  return texts;
}

}  // namespace

TEST_CASE("an endpoint that talks nonsense is given up and found again") {
  const std::string text = GENERATE(from_range(garbage()));
  StoryWorld w(1);
  ClientHost& ann = w.client("ann");
  ann.publish(ann.join("room"), "camera");
  w.client("bob").join("room");
  CONVERGES_WITHIN(w, 1'000);
  ann.deliver(input::FrameReceived{w.network.living(ann.port())->client_id, text});
  CONVERGES_WITHIN(w, 10'000);
  CHECK(ann.sockets_ordered() == 2);
  ENDS_CLEAN(w);
}

TEST_CASE("what the endpoint knows and this client does not is ignored") {
  StoryWorld w(1);
  ClientHost& ann = w.client("ann");
  ann.join("room");
  CONVERGES_WITHIN(w, 1'000);
  ann.deliver(input::FrameReceived{w.network.living(ann.port())->client_id,
                                   "{\"type\":\"of another century\"}"});
  CONVERGES_WITHIN(w, 1'000);
  CHECK(ann.sockets_ordered() == 1);
  ENDS_CLEAN(w);
}

TEST_CASE("a stranger's nonsense closes the stranger's socket and no other") {
  const std::string text = GENERATE(from_range(garbage()));
  StoryWorld w(1);
  w.client("ann").join("room");
  w.client("bob").join("room");
  CONVERGES_WITHIN(w, 1'000);
  Port stranger;
  stranger.who = "stranger";
  stranger.address = "10.9.9.9";
  std::vector<std::uint16_t> codes;
  stranger.deliver = [&](const ClientInput& input) {
    if (const auto* opened = std::get_if<input::SocketOpened>(&input)) {
      // The host closes on longer ones before the hub hears of them.
      w.network.send(stranger, opened->socket, text.substr(0, 128 * 1024));
    } else if (const auto* closed = std::get_if<input::SocketClosed>(&input)) {
      codes.push_back(closed->code);
    }
  };
  w.network.open(stranger, SocketId{1});
  CONVERGES_WITHIN(w, 1'000);
  w.run_for(12'000);
  REQUIRE(codes.size() == 1);
  CHECK(codes[0] >= 4'000);
  CHECK(w.endpoint.counts().connections == 2);
  ENDS_CLEAN(w);
}

TEST_CASE("who says too much is slowed down, not cut off") {
  StoryWorld w(1);
  ClientHost& ann = w.client("ann");
  const ChannelId room = ann.join("room");
  w.client("bob").join("room");
  CONVERGES_WITHIN(w, 1'000);
  for (int i = 0; i < 700; ++i) ann.set_metadata(room, std::to_string(i));
  CONVERGES_WITHIN(w, 20'000);
  // Whichever of the two came first: only one of them is slowed down.
  const int first = w.lines("endpoint", "< pause socket=1");
  const int second = w.lines("endpoint", "< pause socket=2");
  CHECK(std::min(first, second) == 0);
  CHECK(std::max(first, second) >= 1);
  CHECK(ann.sockets_ordered() == 1);
  ENDS_CLEAN(w);
}

TEST_CASE("a socket that says nothing is closed in time") {
  StoryWorld w(1);
  Port stranger;
  stranger.who = "stranger";
  std::uint16_t code = 0;
  stranger.deliver = [&](const ClientInput& input) {
    if (const auto* closed = std::get_if<input::SocketClosed>(&input)) code = closed->code;
  };
  w.network.open(stranger, SocketId{1});
  w.run_for(11'000);
  CHECK(code == 4'102);
  CHECK(w.endpoint.counts().connections == 0);
}

}  // namespace partyline::sim
