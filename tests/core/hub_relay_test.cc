// Relays: each peer has credentials of its own, and others before they end.
#include <string>
#include <utility>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "hub_world.h"

namespace partyline {
namespace {

using nlohmann::json;

HubOptions two_relays() {
  HubOptions options;
  options.ice_servers = JsonText(R"([{"urls":"stun:stun.example"}])");
  options.relays = {{JsonText(R"(["turn:a.example"])"), {60'000}},
                    {JsonText(R"("turns:b.example:443?transport=tcp")"), {20'000}}};
  return options;
}

HubWorld relayed(HubOptions options = two_relays(), KeyOptions key = open_key()) {
  return HubWorld(std::move(options), {std::move(key)}, 4711);
}

// The seconds since 1970 of the world's time.
std::int64_t unix_seconds(const HubWorld& world) {
  return (world.now().value + 1'700'000'000'000) / 1000;
}

// What the world's second relay is to say for the peer at this moment.
json second_server(const HubWorld& world, const PeerId& peer) {
  const std::string username = std::to_string(unix_seconds(world) + 20) + ":" + peer.value;
  return {{"urls", "turns:b.example:443?transport=tcp"},
          {"username", username},
          {"credential", "1 for " + username}};
}

TEST_CASE("a welcome has the relays, with credentials for that peer and that time") {
  HubWorld world = relayed();
  const SocketId a = world.enter({join("room")});
  const SocketId b = world.enter({join("room")});
  for (const SocketId socket : {a, b}) {
    const auto frames = world.take(socket);
    const auto& welcome = std::get<message::Welcome>(frames.at(0));
    const json servers = json::parse(welcome.ice_servers.text);
    REQUIRE(servers.size() == 3);
    CHECK(servers[0] == json{{"urls", "stun:stun.example"}});
    const std::string username =
        std::to_string(unix_seconds(world) + 60) + ":" + welcome.peer.value;
    CHECK(servers[1] == json{{"urls", {"turn:a.example"}},
                             {"username", username},
                             {"credential", "0 for " + username}});
    CHECK(servers[2] == second_server(world, welcome.peer));
  }
}

TEST_CASE("others follow in band when half of the shortest time has passed") {
  HubWorld world = relayed();
  const SocketId a = world.member("room");
  world.run_for({9'900});
  CHECK(world.take(a).empty());
  for (int renewals = 0; renewals < 3; ++renewals) {
    world.run_for({200});
    const json servers = json::parse(world.take_one<message::IceServers>(a).ice_servers.text);
    REQUIRE(servers.size() == 3);
    world.run_for({9'800});
    CHECK(servers[2]["username"].get<std::string>() > std::to_string(unix_seconds(world)));
  }
}

TEST_CASE("a socket that comes back has fresh ones with its welcome, and no more for the old one") {
  HubWorld world = relayed();
  const SocketId a = world.enter({join("room")});
  const auto before = world.take_one<message::Welcome>(a);
  world.run_for({9'000});
  world.close(a);
  world.run_for({12'000});
  world.discard_frames();
  const SocketId again = world.open();
  world.send(again, message::Hello{1, "pk_open", "", "", {}, message::Resume{before.ticket, 0}});
  const auto welcome = world.take_one<message::Welcome>(again);
  CHECK(welcome.session == message::SessionKind::kResumed);
  CHECK(json::parse(welcome.ice_servers.text)[2] == second_server(world, welcome.peer));
  world.run_for({10'100});
  CHECK(json::parse(world.take_one<message::IceServers>(again).ice_servers.text).size() == 3);
}

TEST_CASE("a key without relays has what all have, and is never told of others") {
  KeyOptions key = open_key();
  key.may_relay = false;
  HubWorld world = relayed(two_relays(), key);
  const SocketId a = world.enter({join("room")});
  CHECK(world.take_one<message::Welcome>(a).ice_servers == two_relays().ice_servers);
  world.run_for({60'000});
  CHECK(world.take(a).empty());
}

TEST_CASE("relays alone make a list, and without anybody to sign for them there are none") {
  HubOptions options = two_relays();
  options.ice_servers = JsonText("[]");
  HubWorld world = relayed(options);
  const SocketId a = world.enter();
  CHECK(json::parse(world.take_one<message::Welcome>(a).ice_servers.text).size() == 2);

  HubWorld unsigned_world(options);
  const SocketId b = unsigned_world.enter();
  CHECK(unsigned_world.take_one<message::Welcome>(b).ice_servers == JsonText("[]"));
}

TEST_CASE("no credential is in a log") {
  HubWorld world = relayed();
  const SocketId a = world.member("room");
  world.run_for({30'000});
  world.close(a);
  REQUIRE_FALSE(world.logs().empty());
  for (const hub_output::Log& log : world.logs()) {
    for (const auto& [name, value] : log.fields) CHECK(value.find(" for ") == std::string::npos);
  }
}

}  // namespace
}  // namespace partyline
