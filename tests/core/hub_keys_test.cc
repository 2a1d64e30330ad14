// Publishable keys: from which pages, into which channels, and whether one may publish.
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "hub/key_access.h"
#include "hub_world.h"

namespace partyline {
namespace {

KeyOptions key(std::string id) {
  KeyOptions options;
  options.id = std::move(id);
  return options;
}

KeyOptions demo_key() {
  KeyOptions options = key("pk_demo");
  options.loopback_origins_only = true;
  return options;
}

// Says hello with a key from an origin and an address.
SocketId hello(HubWorld& world, std::string id, std::string origin,
               std::string address = "192.0.2.1") {
  const SocketId socket = world.open(std::move(address), std::move(origin));
  world.send(socket, message::Hello{1, std::move(id), "", "", {join("room")}});
  return socket;
}

TEST_CASE("an unknown key is refused in words, without being repeated") {
  HubWorld world({}, {key("pk_known")});
  for (const char* id : {"pk_secret", "pk_know", "pk_known_", "pk_knowm"}) {
    const SocketId socket = hello(world, id, "https://a.example");
    world.check_closed(socket, ErrorCode::key_unknown);
    CHECK(world.closed(socket)->reason.find(id) == std::string::npos);
  }
  CHECK(world.hub().counts().peers == 0);
  CHECK(world.hub().counts().channels == 0);
  CHECK_FALSE(world.closed(hello(world, "pk_known", "")).has_value());
}

TEST_CASE("no key and no token is ever in a log") {
  HubWorld world({}, {key("pk_known_secret")});
  hello(world, "pk_wrong_secret", "");
  hello(world, "pk_known_secret", "");
  const SocketId socket = world.open();
  world.send(socket, message::Hello{1, "", "token_secret", "", {}});
  REQUIRE_FALSE(world.logs().empty());
  for (const hub_output::Log& log : world.logs()) {
    for (const auto& [name, value] : log.fields) CHECK(value.find("secret") == std::string::npos);
  }
}

TEST_CASE("tokens are refused for as long as the endpoint takes none") {
  HubWorld world;
  const SocketId socket = world.open();
  world.send(socket, message::Hello{1, "", "a.b.c", "", {}});
  world.check_closed(socket, ErrorCode::token_refused);
}

TEST_CASE("a key with origins is for pages from these") {
  KeyOptions options = key("pk_page");
  options.origins = {"https://app.example", "https://app.example:8443"};
  HubWorld world({}, {options});
  CHECK_FALSE(world.closed(hello(world, "pk_page", "https://app.example")).has_value());
  CHECK_FALSE(world.closed(hello(world, "pk_page", "https://app.example:8443")).has_value());
  for (const char* origin : {"https://evil.example", "http://app.example",
                             "https://app.example.evil", "https://app.example:1", "null", ""}) {
    INFO(origin);
    world.check_closed(hello(world, "pk_page", origin), ErrorCode::origin_refused);
  }
}

TEST_CASE("the development key is for pages from this machine") {
  HubWorld world({}, {demo_key()});
  for (const char* origin :
       {"http://localhost", "http://localhost:7400", "https://localhost:1", "http://127.0.0.1:8080",
        "http://127.255.1.2", "http://[::1]", "http://[::1]:5173"}) {
    INFO(origin);
    // Wherever the page's browser is: the page is a developer's own.
    CHECK_FALSE(world.closed(hello(world, "pk_demo", origin)).has_value());
  }
  for (const char* origin :
       {"https://example.com", "http://localhost.evil.example", "http://127.0.0.1.evil.example",
        "http://127.0.0.256", "http://127.0.0", "http://127.0.0.1:99999", "http://localhost:",
        "http://localhost:80x", "ftp://localhost", "localhost", "http://", "http://[::1", "file://",
        "http://[::2]", "http://127.0.0.1@evil.example", "http://localhost/"}) {
    INFO(origin);
    world.check_closed(hello(world, "pk_demo", origin, "127.0.0.1"), ErrorCode::origin_refused);
  }
}

TEST_CASE("what is no page uses the development key from this machine only") {
  HubWorld world({}, {demo_key()});
  for (const char* address : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
    CHECK_FALSE(world.closed(hello(world, "pk_demo", "", address)).has_value());
    // A sandboxed frame of any site, or a file.
    world.check_closed(hello(world, "pk_demo", "null", address), ErrorCode::origin_refused);
  }
  for (const char* address : {"192.0.2.1", "::2", "::ffff:192.0.2.1", "127.0.0.1.evil", ""}) {
    world.check_closed(hello(world, "pk_demo", "", address), ErrorCode::origin_refused);
  }
}

TEST_CASE("a key's patterns say which channels may be joined") {
  KeyOptions options = key("pk_team");
  options.channels = {"lobby", "team/*"};
  HubWorld world({}, {options});
  const SocketId socket = world.enter({}, "pk_team");
  world.discard_frames();
  world.send(socket, join("team/red"));
  CHECK(world.take_one<message::Joined>(socket).channel == ChannelName("team/red"));
  for (const char* name : {"team/red/secret", "team", "other", "lobby2"}) {
    world.send(socket, join(name, 5));
    const auto refused = world.take_refusal(socket);
    CHECK(refused.code == ErrorCode::channel_not_allowed);
    CHECK(refused.channel == ChannelName(name));
    CHECK(refused.request == 5);
    CHECK(refused.text.find("lobby") == std::string::npos);
  }
  CHECK(world.hub().counts().channels == 1);
}

TEST_CASE("a key that may not publish joins without publications, and is told so") {
  KeyOptions options = key("pk_listener");
  options.may.publish = false;
  HubWorld world({}, {options, key("pk_open")});
  const SocketId witness = world.member("room");
  const SocketId listener = world.enter({}, "pk_listener");
  world.discard_frames();
  world.send(listener, message::Join{ChannelName("room"), 6, {}, {publication("camera")}});
  const auto frames = world.take(listener);
  REQUIRE(frames.size() == 3);
  CHECK(std::get<message::Joined>(frames[0]).request == 6);
  CHECK(std::get<message::PeerUpdated>(frames[2]).publishes == false);
  const auto refused = std::get<message::Refused>(frames[1]);
  CHECK(refused.code == ErrorCode::publish_not_allowed);
  CHECK(refused.channel == ChannelName("room"));
  // The join was granted, so this is not its answer.
  CHECK(refused.request == 0);
  CHECK(world.take_one<message::PeerJoined>(witness).member.publications.empty());

  world.send(listener, message::Update{ChannelName("room"), JsonText("1"),
                                       std::vector{publication("camera")}});
  const auto again = world.take(listener);
  REQUIRE(again.size() == 2);
  CHECK(std::get<message::Refused>(again[0]).code == ErrorCode::publish_not_allowed);
  // Everything else it may.
  const auto updated = world.take_one<message::PeerUpdated>(witness);
  CHECK(updated.metadata == JsonText("1"));
  CHECK_FALSE(updated.publications);
}

TEST_CASE("patterns of channel names") {
  const auto matches = [](std::string_view pattern, std::string_view name) {
    return matches_channel_pattern(pattern, name);
  };
  CHECK(matches("room", "room"));
  CHECK_FALSE(matches("room", "room2"));
  CHECK_FALSE(matches("room", "roo"));
  CHECK(matches("*", "room"));
  CHECK_FALSE(matches("*", "team/room"));
  CHECK(matches("**", "team/room"));
  CHECK(matches("team/*", "team/red"));
  CHECK_FALSE(matches("team/*", "team/red/1"));
  CHECK(matches("team/**", "team/red/1"));
  CHECK_FALSE(matches("team/**", "team"));
  CHECK(matches("*/red", "team/red"));
  CHECK(matches("team-*-room", "team-1-2-room"));
  CHECK(matches("a*b*c", "aXbYc"));
  CHECK_FALSE(matches("a*b*c", "aX/bYc"));
  CHECK(matches("a**c", "aX/bYc"));
  CHECK(matches("***", "a/b"));
  CHECK(matches("a*", "a"));
  CHECK_FALSE(matches("", "a"));
}

TEST_CASE("no pattern takes long, however many wildcards it has") {
  std::string pattern;
  for (int count = 0; count < 500; ++count) pattern += "*a";
  CHECK_FALSE(matches_channel_pattern(pattern, std::string(128, 'a')));
}

}  // namespace
}  // namespace partyline
