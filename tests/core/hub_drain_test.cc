// Shutting down: everybody is told when to come back.
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "hub_world.h"

namespace partyline {
namespace {

TEST_CASE("a drain says goodbye to everyone and closes every socket") {
  HubOptions options;
  options.drain_retry_ms = {2'500};
  HubWorld world(options);
  const SocketId a = world.member("room");
  const SocketId b = world.member("room");
  const SocketId unwelcomed = world.open();
  world.handle(hub_input::Drain{});
  for (const SocketId socket : {a, b, unwelcomed}) {
    // Nothing else: nobody hears that the others left.
    const auto goodbye = world.take_one<message::Goodbye>(socket);
    CHECK(goodbye.retry_in_ms == DurationMs{2'500});
    CHECK_FALSE(goodbye.text.empty());
    world.check_closed(socket, ErrorCode::restarting);
  }
  CHECK(world.hub().counts().peers == 0);
  CHECK(world.hub().counts().channels == 0);
  CHECK(world.hub().counts().memberships == 0);
  CHECK(world.hub().counts().connections == 3);
  CHECK_FALSE(world.hub().next_wakeup().has_value());
  for (const SocketId socket : {a, b, unwelcomed}) world.close(socket);
  CHECK(world.hub().counts().connections == 0);
}

TEST_CASE("who comes during a drain is sent away in the same words") {
  HubWorld world;
  world.handle(hub_input::Drain{});
  const SocketId late = world.open();
  CHECK(world.take_one<message::Goodbye>(late).retry_in_ms == DurationMs{1'000});
  world.check_closed(late, ErrorCode::restarting);
  CHECK(world.hub().counts().connections == 0);
}

TEST_CASE("a second drain does nothing") {
  HubWorld world;
  const SocketId socket = world.enter();
  world.handle(hub_input::Drain{});
  world.take(socket);
  world.handle(hub_input::Drain{});
  CHECK(world.take(socket).empty());
}

TEST_CASE("all are sent one and the same text") {
  Hub hub({}, {open_key()}, {});
  for (const std::uint64_t number : {1U, 2U}) {
    hub.handle(TimeMs{0}, hub_input::SocketOpened{SocketId(number), "a", "", {number, 6}});
  }
  hub.handle(TimeMs{0}, hub_input::Drain{});
  std::vector<std::shared_ptr<const std::string>> texts;
  while (auto output = hub.poll()) {
    if (const auto* frame = std::get_if<hub_output::SendFrame>(&*output))
      texts.push_back(frame->text);
  }
  REQUIRE(texts.size() == 2);
  CHECK(texts[0] == texts[1]);
}

}  // namespace
}  // namespace partyline
