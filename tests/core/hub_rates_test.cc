// Who talks too fast is read more slowly, and not closed.
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "hub/token_bucket.h"
#include "hub_world.h"

namespace partyline {
namespace {

HubOptions slow_options() {
  HubOptions options;
  options.frames_per_second = 10;
  options.frames_burst = 20;
  options.bytes_per_second = 1'000;
  options.bytes_burst = 100'000;
  return options;
}

TEST_CASE("a burst is fine, more than that pauses reading, and time resumes it") {
  HubWorld world(slow_options());
  const SocketId socket = world.enter();  // the first frame of twenty
  for (int count = 1; count < 20; ++count) world.send(socket, message::Ping{});
  CHECK_FALSE(world.paused(socket));
  world.send(socket, message::Ping{});
  CHECK(world.paused(socket));
  // One frame over, and a quarter of a second's frames to go on with: 3.5 frames at 10 per second.
  world.run_for({349});
  CHECK(world.paused(socket));
  world.run_for({1});
  CHECK_FALSE(world.paused(socket));
  CHECK_FALSE(world.closed(socket).has_value());
}

TEST_CASE("frames that were on their way are handled, and lengthen the pause") {
  HubWorld world(slow_options());
  const SocketId socket = world.enter();
  world.discard_frames();
  for (int count = 0; count < 30; ++count) world.send(socket, message::Ping{});
  CHECK(world.take(socket).size() == 30);
  CHECK(world.paused(socket));
  world.run_for({1'349});
  CHECK(world.paused(socket));
  world.run_for({1});
  CHECK_FALSE(world.paused(socket));
}

TEST_CASE("what a frame makes the hub write to others is the sender's, and counts for its time") {
  HubOptions options;
  options.fanout_bytes_per_second = 10'000;
  options.fanout_bytes_burst = 45'000;
  HubWorld world(options);
  const SocketId a = world.member("room");
  const SocketId b = world.member("room");
  const SocketId c = world.member("room");
  const auto say = [&] {
    world.send(
        a, message::MessageTo{
               ChannelName("room"), 1, {}, false, "", "", "\"" + std::string(15'000, 'x') + "\""});
  };
  say();  // 30 kB of 45
  CHECK_FALSE(world.paused(a));
  say();
  CHECK(world.paused(a));
  CHECK_FALSE(world.paused(b));
  CHECK_FALSE(world.paused(c));
  CHECK_FALSE(world.closed(a).has_value());
  world.run_for({5'000});
  CHECK_FALSE(world.paused(a));
}

TEST_CASE("one frame is charged four seconds at most, however many it is for") {
  HubOptions options;
  options.fanout_bytes_per_second = 10'000;
  options.fanout_bytes_burst = 10'000;
  HubWorld world(options);
  const SocketId a = world.member("room");
  for (int count = 0; count < 20; ++count) world.member("room");
  world.run_for({5'000});
  world.send(
      a, message::MessageTo{
             ChannelName("room"), 1, {}, false, "", "", "\"" + std::string(60'000, 'x') + "\""});
  CHECK(world.paused(a));
  world.run_for({4'250});
  CHECK_FALSE(world.paused(a));
}

TEST_CASE("bytes are limited as frames are") {
  HubWorld world(slow_options());
  const SocketId a = world.member("room");
  const SocketId b = world.member("room");
  const message::SignalTo signal{ChannelName("room"), world.peer(b), world.incarnation(b, "room"),
                                 std::string(60'000, 'x')};
  world.send(a, signal);
  CHECK_FALSE(world.paused(a));
  world.send(a, signal);
  CHECK(world.paused(a));
  CHECK(world.take(b).size() == 2);
  CHECK_FALSE(world.paused(b));
  world.run_for({20'000});
  CHECK(world.paused(a));
  world.run_for({2'000});
  CHECK_FALSE(world.paused(a));
}

TEST_CASE("a steady talker at its rate is never paused") {
  HubWorld world(slow_options());
  const SocketId socket = world.enter();
  for (int count = 0; count < 200; ++count) {
    world.send(socket, message::Ping{});
    world.run_for({100});
    REQUIRE_FALSE(world.paused(socket));
  }
}

TEST_CASE("who is not read is not called silent") {
  HubOptions options = slow_options();
  options.silence_timeout_ms = {1'000};
  options.bytes_burst = 1'000;
  options.bytes_per_second = 10;
  HubWorld world(options);
  const SocketId socket = world.enter();
  world.send(
      socket,
      message::Join{ChannelName("room"), 1, JsonText('"' + std::string(2'000, 'x') + '"'), {}});
  REQUIRE(world.paused(socket));
  world.run_for({100'000});
  CHECK(world.paused(socket));
  CHECK_FALSE(world.closed(socket).has_value());
  while (world.paused(socket)) world.run_for({1});
  // The silence counts from when it may be heard again.
  world.run_for({999});
  CHECK_FALSE(world.closed(socket).has_value());
  world.run_for({1});
  world.check_closed(socket, ErrorCode::heartbeat_timeout);
}

TEST_CASE("a pause does not put off the hello") {
  HubOptions options = slow_options();
  options.bytes_burst = 1;
  options.bytes_per_second = 1;
  HubWorld world(options);
  const SocketId socket = world.enter({}, "pk_open");
  CHECK(world.paused(socket));
  CHECK_FALSE(world.closed(socket).has_value());
  const SocketId silent = world.open();
  world.run_for({10'000});
  world.check_closed(silent, ErrorCode::hello_timeout);
}

TEST_CASE("a socket that is closed while it is paused is not resumed") {
  HubWorld world(slow_options());
  const SocketId socket = world.enter();
  for (int count = 0; count < 20; ++count) world.send(socket, message::Ping{});
  REQUIRE(world.paused(socket));
  world.close(socket);
  world.run_for({10'000});
  CHECK(world.paused(socket));
  CHECK_FALSE(world.hub().next_wakeup().has_value());
}

TEST_CASE("a bucket is never fuller than full, whatever time does") {
  hub::TokenBucket bucket(10, 5, TimeMs{0});
  bucket.take(TimeMs{1'000'000'000'000}, 5);
  CHECK_FALSE(bucket.overdrawn());
  bucket.take(TimeMs{999'999'999'999}, 1);  // a clock that steps back gives nothing
  CHECK(bucket.overdrawn());
  CHECK(bucket.until_ready(TimeMs{1'000'000'000'000}) == DurationMs{350});
  CHECK(bucket.until_ready(TimeMs{1'000'000'000'350}) == DurationMs{0});
}

TEST_CASE("a bucket without a rate still fills some day") {
  hub::TokenBucket bucket(0, 0, TimeMs{0});
  bucket.take(TimeMs{0}, 2);
  CHECK(bucket.overdrawn());
  CHECK(bucket.until_ready(TimeMs{0}).value > 0);
  CHECK(bucket.until_ready(TimeMs{2'000}) == DurationMs{0});
}

}  // namespace
}  // namespace partyline
