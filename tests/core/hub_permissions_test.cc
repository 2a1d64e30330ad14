// Every action tried with every permission missing, by key and by token: what is refused, with
// which code, and that nobody else hears of it. And what changes when the keys do.
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "hub_world.h"

namespace partyline {
namespace {

const ChannelName kRoom("room");

struct Missing {
  const char* name;
  Permissions may;
  std::string list;  // of a token
};

const std::vector<Missing>& missing() {
  static const std::vector<Missing> kAll = {
      {"nothing", {}, R"(["join","publish","subscribe","send"])"},
      {"join", {false, true, true, true}, R"(["publish","subscribe","send"])"},
      {"publish", {true, false, true, true}, R"(["join","subscribe","send"])"},
      {"subscribe", {true, true, false, true}, R"(["join","publish","send"])"},
      {"send", {true, true, true, false}, R"(["join","publish","subscribe"])"}};
  return kAll;
}

message::Hello hello_by_token(const Missing& one) {
  return {1,
          "",
          token("app", R"({"exp":9999999999,"sub":"ann","permissions":)" + one.list + "}"),
          "",
          {}};
}

KeyOptions limited_key(const Permissions& may) {
  KeyOptions key;
  key.id = "pk_limited";
  key.may = may;
  return key;
}

// A channel with a witness who publishes, and one who may not do everything.
struct Scene {
  Scene(const Missing& one, bool by_token) : world({}, keys(one), 7) {
    witness = world.enter();
    message::Join wish = join("room");
    wish.publications = {publication("camera")};
    world.send(witness, wish);
    limited = world.open();
    world.send(limited,
               by_token ? hello_by_token(one) : message::Hello{1, "pk_limited", "", "", {}});
    REQUIRE_FALSE(world.closed(limited));
    world.discard_frames();
  }
  static std::vector<KeyOptions> keys(const Missing& one) {
    KeyOptions app;
    app.id = "app";
    app.needs_token = true;
    return {open_key(), limited_key(one.may), app};
  }

  HubWorld world;
  SocketId witness;
  SocketId limited;
};

template <class Message>
const Message* find(const std::vector<HubMessage>& frames) {
  for (const HubMessage& frame : frames) {
    if (const auto* message = std::get_if<Message>(&frame)) return message;
  }
  return nullptr;
}

TEST_CASE("every action with every missing permission") {
  for (const bool by_token : {false, true}) {
    for (const Missing& one : missing()) {
      INFO(one.name << (by_token ? " of a token" : " of a key"));
      Scene scene(one, by_token);
      HubWorld& world = scene.world;
      const Permissions may = one.may;

      // To join, with a publication.
      message::Join wish = join("room", 3);
      wish.publications = {publication("screen")};
      world.send(scene.limited, wish);
      auto told = world.take(scene.limited);
      auto seen = world.take(scene.witness);
      if (!may.join) {
        REQUIRE(told.size() == 1);
        const auto* refused = find<message::Refused>(told);
        REQUIRE(refused != nullptr);
        CHECK(refused->code == ErrorCode::join_not_allowed);
        CHECK(refused->request == 3);
        CHECK(seen.empty());
        CHECK(world.hub().counts().memberships == 1);
        // Nor anything else, in a channel that one is not in.
        world.send(scene.limited, message::Update{kRoom, JsonText("1"), std::nullopt});
        CHECK(world.take_refusal(scene.limited).code == ErrorCode::not_in_channel);
        world.send(scene.limited, message::MessageTo{kRoom, 4, {}, false, "", "", "1"});
        CHECK(world.take_refusal(scene.limited).code == ErrorCode::not_in_channel);
        world.send(scene.limited, message::SignalTo{kRoom, world.peer(scene.witness),
                                                    world.incarnation(scene.witness, "room"), "x"});
        CHECK(world.take_refusal(scene.limited).code == ErrorCode::not_in_channel);
        CHECK(world.take(scene.witness).empty());
        continue;
      }
      const auto* joined = find<message::Joined>(told);
      REQUIRE(joined != nullptr);
      CHECK(joined->members.at(0).publications.empty() == !may.subscribe);
      const auto* refused = find<message::Refused>(told);
      CHECK((refused != nullptr) == !may.publish);
      if (refused != nullptr) CHECK(refused->code == ErrorCode::publish_not_allowed);
      const auto* newcomer = find<message::PeerJoined>(seen);
      REQUIRE(newcomer != nullptr);
      CHECK(newcomer->member.publications.empty() == !may.publish);
      CHECK(newcomer->member.receives == may.subscribe);

      // To publish more.
      world.send(scene.limited,
                 message::Update{kRoom, {}, std::vector{publication("a"), publication("b")}});
      seen = world.take(scene.witness);
      if (may.publish) {
        REQUIRE(seen.size() == 1);
        CHECK(world.take(scene.limited).empty());
      } else {
        const auto answers = world.take(scene.limited);
        CHECK(find<message::Refused>(answers)->code == ErrorCode::publish_not_allowed);
        CHECK(find<message::PeerUpdated>(answers)->publishes == false);
        CHECK(seen.empty());
      }

      // To see what others publish.
      world.send(scene.witness,
                 message::Update{kRoom, JsonText("2"), std::vector{publication("c")}});
      const auto update = world.take_one<message::PeerUpdated>(scene.limited);
      CHECK(update.metadata == JsonText("2"));
      CHECK(update.publications.has_value() == may.subscribe);
      world.send(scene.witness, message::Update{kRoom, {}, std::vector<PublicationInfo>()});
      CHECK(world.take(scene.limited).size() == (may.subscribe ? 1 : 0));
      const SocketId third = world.enter();
      message::Join of_third = join("room");
      of_third.publications = {publication("d")};
      world.send(third, of_third);
      const auto third_joined = world.take_one<message::PeerJoined>(scene.limited);
      CHECK(third_joined.member.publications.empty() == !may.subscribe);
      world.discard_frames();

      // To send.
      world.send(scene.limited, message::MessageTo{kRoom, 9, {}, false, "", "", "\"hello\""});
      if (may.send) {
        CHECK(world.take_one<message::Sent>(scene.limited).request == 9);
        CHECK(world.take(scene.witness).size() == 1);
      } else {
        const auto answer = world.take_refusal(scene.limited);
        CHECK(answer.code == ErrorCode::send_not_allowed);
        CHECK(answer.request == 9);
        CHECK(world.take(scene.witness).empty());
      }
      world.discard_frames();

      // To connect: whoever is in the channel may, since that is how it receives.
      world.send(scene.limited, message::SignalTo{kRoom, world.peer(scene.witness),
                                                  world.incarnation(scene.witness, "room"), "x"});
      CHECK(world.take_one<message::SignalFrom>(scene.witness).body == "x");
      CHECK(world.take(scene.limited).empty());
    }
  }
}

TEST_CASE("a token allows nothing that its key does not") {
  KeyOptions app;
  app.id = "app";
  app.needs_token = true;
  app.channels = {"room"};
  app.may = {true, false, true, true};
  app.limits.channels_max = 1;
  HubWorld world({}, {app}, 7);
  const SocketId ann = world.open();
  world.send(ann, message::Hello{1,
                                 "",
                                 token("app", R"({"exp":9999999999,"channels":["**"],)"
                                              R"("limits":{"channels_max":9}})"),
                                 "",
                                 {}});
  world.discard_frames();
  world.send(ann, join("other"));
  CHECK(world.take_refusal(ann).code == ErrorCode::channel_not_allowed);
  message::Join wish = join("room");
  wish.publications = {publication("camera")};
  world.send(ann, wish);
  CHECK(world.take(ann).size() == 3);
  world.send(ann, join("room2"));
  CHECK(world.take_refusal(ann).code == ErrorCode::channel_not_allowed);
}

TEST_CASE("limits of a key: channels, members, peers, and how fast one may talk") {
  KeyOptions key = limited_key({});
  key.limits = {2, 1, 1, 2};
  HubOptions options;
  options.frames_per_second = 10;
  options.frames_burst = 20;
  HubWorld world(options, {key, open_key()}, 7);
  const SocketId a = world.enter({join("room")}, "pk_limited");
  const SocketId b = world.enter({join("room")}, "pk_limited");
  world.check_closed(world.enter({}, "pk_limited"), ErrorCode::too_many_connections);
  world.discard_frames();
  world.send(a, join("second"));
  CHECK(world.take_refusal(a).code == ErrorCode::too_many_channels);
  // Who came with another key makes the channel no larger for those with this one.
  const SocketId other = world.enter({join("room")});
  CHECK_FALSE(world.closed(other));
  world.send(b, message::Leave{kRoom});
  world.discard_frames();
  world.send(b, join("room"));
  CHECK(world.take_refusal(b).code == ErrorCode::channel_full);
  // A tenth of the endpoint's rate, and of its burst.
  for (int i = 0; i < 4; ++i) world.send(a, message::Ping{});
  CHECK(world.paused(a));
  for (int i = 0; i < 4; ++i) world.send(other, message::Ping{});
  CHECK_FALSE(world.paused(other));
}

TEST_CASE("keys that change: those who are in stay, with what they may do from now on") {
  HubWorld world({}, {open_key(), limited_key({})}, 7);
  const SocketId witness = world.member("room");
  message::Join wish = join("room");
  wish.publications = {publication("camera")};
  const SocketId peer = world.enter({wish, join("other")}, "pk_limited");
  world.discard_frames();

  SECTION("nothing that concerns them") {
    KeyOptions key = limited_key({});
    key.origins = {"https://app.example"};
    world.handle(hub_input::KeysChanged{{open_key(), key}});
    world.check_quiet();
  }
  SECTION("less is allowed, and more again") {
    KeyOptions key = limited_key({true, false, false, true});
    key.channels = {"room"};
    world.handle(hub_input::KeysChanged{{open_key(), key}});
    const auto told = world.take(peer);
    CHECK(find<message::Refused>(told)->code == ErrorCode::publish_not_allowed);
    CHECK(find<message::Removed>(told)->channel == ChannelName("other"));
    const auto seen = world.take(witness);
    REQUIRE(seen.size() == 2);
    CHECK(std::get<message::PeerUpdated>(seen[0]).publications->empty());
    CHECK(std::get<message::PeerUpdated>(seen[1]).receives == false);
    world.handle(hub_input::KeysChanged{{open_key(), limited_key({})}});
    const auto again = world.take(witness);
    REQUIRE(again.size() == 2);
    CHECK(std::get<message::PeerUpdated>(again[0]).publications->size() == 1);
    CHECK(std::get<message::PeerUpdated>(again[1]).receives == true);
  }
  SECTION("their key is gone, or no longer for their page") {
    KeyOptions elsewhere = limited_key({});
    elsewhere.origins = {"https://elsewhere.example"};
    const bool gone = GENERATE(true, false);
    world.handle(hub_input::KeysChanged{gone ? std::vector{open_key()}
                                             : std::vector{open_key(), elsewhere}});
    world.check_closed(peer, gone ? ErrorCode::key_unknown : ErrorCode::origin_refused);
    CHECK(world.take_one<message::PeerLeft>(witness).peer == world.peer(peer));
    CHECK_FALSE(world.closed(witness));
  }
  SECTION("a peer without a socket is judged as well") {
    world.close(peer);
    world.handle(hub_input::KeysChanged{{open_key()}});
    CHECK(world.hub().counts().peers == 1);
  }
}

}  // namespace
}  // namespace partyline
