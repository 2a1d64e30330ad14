// Tokens: who is let in with one, as whom, and what happens when it ends or another one comes.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "hub/token_claims.h"
#include "hub_world.h"
#include "partyline/limits.h"

namespace partyline {
namespace {

using message::SessionKind;

KeyOptions application(SameIdentity same_identity = SameIdentity::kReplace) {
  KeyOptions options;
  options.id = "app";
  options.needs_token = true;
  options.audience = "calls";
  options.same_identity = same_identity;
  return options;
}

// Members of the claims besides "aud" and "exp".
struct Tokens {
  explicit Tokens(SameIdentity same_identity = SameIdentity::kReplace)
      : world({}, {application(same_identity), open_key()}, 7) {}

  [[nodiscard]] std::int64_t seconds() const {
    return (HubWorld::kUnixOffset + world.now().value) / 1000;
  }
  [[nodiscard]] std::string make(std::string_view more, std::int64_t lifetime = 3600) const {
    std::string claims = R"({"aud":"calls","exp":)" + std::to_string(seconds() + lifetime);
    if (!more.empty()) claims += "," + std::string(more);
    return token("app", claims + "}");
  }
  SocketId hello(std::string text, std::optional<message::Resume> resume = {},
                 std::vector<message::Join> joins = {join("room")}) {
    const SocketId socket = world.open();
    world.send(socket,
               message::Hello{1, "", std::move(text), "", std::move(joins), std::move(resume)});
    return socket;
  }
  message::Welcome welcomed(SocketId socket) {
    const auto frames = world.take(socket);
    REQUIRE_FALSE(frames.empty());
    const auto* welcome = std::get_if<message::Welcome>(&frames.front());
    REQUIRE(welcome != nullptr);
    return *welcome;
  }

  // Both are alive meanwhile.
  void run_for(DurationMs span, SocketId a, SocketId b) {
    for (const TimeMs end = world.now() + span; world.now() < end;) {
      world.run_for(std::min(end - world.now(), DurationMs{100'000}));
      world.send(a, message::Ping{});
      world.send(b, message::Ping{});
    }
  }

  HubWorld world;
};

TEST_CASE("a token lets its bearer in, as whom it says") {
  Tokens tokens;
  const SocketId witness = tokens.world.member("room");
  tokens.world.discard_frames();
  const SocketId ann = tokens.hello(tokens.make(R"("sub":"ann","metadata":{"name":"Ann"})"));
  CHECK(tokens.welcomed(ann).peer == PeerId("ann"));
  const auto joined = tokens.world.take_one<message::PeerJoined>(witness);
  CHECK(joined.member.peer == PeerId("ann"));
  CHECK(joined.member.metadata == JsonText(R"({"name":"Ann"})"));
  // Without "sub" it is anybody.
  CHECK(tokens.welcomed(tokens.hello(tokens.make(""))).peer.value.starts_with("p_"));
}

TEST_CASE("what the token says of its bearer nobody changes, and the rest is the bearer's") {
  Tokens tokens;
  const SocketId witness = tokens.world.member("room");
  tokens.world.discard_frames();
  message::Join wish = join("room");
  wish.metadata = JsonText(R"({"mood":"good","name":"Eve"})");
  const SocketId ann =
      tokens.hello(tokens.make(R"("sub":"ann","metadata":{"name":"Ann"})"), {}, {wish});
  CHECK(tokens.world.take_one<message::PeerJoined>(witness).member.metadata ==
        JsonText(R"({"mood":"good","name":"Ann"})"));
  tokens.world.send(ann, message::Update{ChannelName("room"), JsonText(R"({"name":"Eve"})"), {}});
  CHECK(tokens.world.take_one<message::PeerUpdated>(witness).metadata ==
        JsonText(R"({"name":"Ann"})"));
  // Metadata that has no members gives way.
  tokens.world.send(ann, message::Update{ChannelName("room"), JsonText("1"), {}});
  CHECK(tokens.world.take(witness).empty());
}

TEST_CASE("what is no token of this endpoint is refused in one and the same way") {
  Tokens tokens;
  const SocketId first = tokens.hello("nonsense");
  tokens.world.check_closed(first, ErrorCode::token_refused);
  const std::string reason = tokens.world.closed(first)->reason;
  for (const std::string& text :
       {std::string("a.b.c"), token("nobody", "{}"), token("pk_open", R"({"exp":9999999999})")}) {
    const SocketId socket = tokens.hello(text);
    tokens.world.check_closed(socket, ErrorCode::token_refused);
    CHECK(tokens.world.closed(socket)->reason == reason);
  }
  CHECK(tokens.world.hub().counts().peers == 0);
}

TEST_CASE("a key that is for tokens lets nobody in by itself") {
  Tokens tokens;
  tokens.world.check_closed(tokens.world.enter({}, "app"), ErrorCode::key_unknown);
}

TEST_CASE("claims are judged one by one") {
  const hub::TokenRules rules{"calls", 1'000'000, 10'000};
  const auto judge = [&](std::string_view claims) { return hub::read_token_claims(claims, rules); };
  CHECK(judge(R"({"aud":"calls","exp":1000})"));
  CHECK(judge(R"({"aud":["other","calls"],"exp":990.5})"));
  CHECK(judge(R"({"aud":"calls","exp":1000,"nbf":1010})"));
  CHECK(judge(R"({"aud":"calls","exp":1000,"unknown":{"x":[1]}})"));
  CHECK(judge(R"({"aud":"calls","exp":990})").error().code == ErrorCode::token_expired);

  struct Case {
    const char* claims;
    const char* word;
  };
  for (const Case& one : std::vector<Case>{
           {R"(nonsense)", "claims"},
           {R"([])", "claims"},
           {R"({"aud":"calls"})", "exp"},
           {R"({"aud":"calls","exp":"soon"})", "exp"},
           {R"({"aud":"calls","exp":-1})", "exp"},
           {R"({"aud":"calls","exp":1e300})", "exp"},
           {R"({"aud":"calls","exp":1000,"nbf":1011})", "nbf"},
           {R"({"aud":"other","exp":1000})", "aud"},
           {R"({"aud":{"calls":1},"exp":1000})", "aud"},
           {R"({"exp":1000})", "aud"},
           {R"({"aud":"calls","exp":1000,"sub":7})", "sub"},
           {R"({"aud":"calls","exp":1000,"sub":"p_someone"})", "sub"},
           {R"({"aud":"calls","exp":1000,"sub":"ann~Ab3dEf9h"})", "sub"},
           {R"({"aud":"calls","exp":1000,"limits":{"channels_max":0}})", "channels_max"},
           {R"({"aud":"calls","exp":1000,"limits":{"channel_max":1}})", "limits"},
           {R"({"aud":"calls","exp":1000,"metadata":"text"})", "metadata"},
           {R"({"aud":"calls","exp":1000,"metadata":[[[[[[[[[1]]]]]]]]]})", "metadata"},
           {R"({"aud":"calls","exp":1000,"channels":"room"})", "channels"},
           {R"({"aud":"calls","exp":1000,"channels":[""]})", "channels"},
           {R"({"aud":"calls","exp":1000,"permissions":["pubish"]})", "permissions"},
           {R"({"aud":"calls","exp":1000,"limits":{"channels_max":"many"}})", "channels_max"},
           {R"({"aud":"calls","exp":1000,"relay":"yes"})", "relay"},
           {R"({"aud":"calls","exp":1000,"ice_servers":{}})", "ice_servers"},
       }) {
    INFO(one.claims);
    const auto read = judge(one.claims);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ErrorCode::token_refused);
    CHECK(read.error().detail.find(one.word) != std::string::npos);
  }
  const std::string long_name(limits::kPeerIdBytesMax, 'a');
  CHECK_FALSE(judge(R"({"aud":"calls","exp":1000,"sub":")" + long_name + "\"}"));
}

TEST_CASE("the same bearer on another page: replaced, refused or let in beside") {
  SECTION("replace") {
    Tokens tokens;
    const SocketId first = tokens.hello(tokens.make(R"("sub":"ann")"));
    tokens.world.discard_frames();
    const message::Welcome welcome =
        tokens.welcomed(tokens.hello(tokens.make(R"("sub":"ann","jti":"2")")));
    CHECK(welcome.peer == PeerId("ann"));
    CHECK(welcome.session == SessionKind::kResynced);
    tokens.world.check_closed(first, ErrorCode::session_taken);
  }
  SECTION("reject") {
    Tokens tokens(SameIdentity::kReject);
    const SocketId first = tokens.hello(tokens.make(R"("sub":"ann")"));
    tokens.world.discard_frames();
    tokens.world.check_closed(tokens.hello(tokens.make(R"("sub":"ann")")),
                              ErrorCode::identity_contested);
    tokens.world.send(first, message::Pong{});
    tokens.world.check_closed(tokens.hello(tokens.make(R"("sub":"ann")")),
                              ErrorCode::identity_in_use);
  }
  SECTION("allow") {
    Tokens tokens(SameIdentity::kAllow);
    const SocketId first = tokens.hello(tokens.make(R"("sub":"ann")"));
    const auto ticket = tokens.welcomed(first).ticket;
    const SocketId second = tokens.hello(tokens.make(R"("sub":"ann")"));
    const message::Welcome beside = tokens.welcomed(second);
    CHECK(beside.peer.value.starts_with("ann~"));
    CHECK_FALSE(tokens.world.closed(first));
    // It comes back as who it was.
    tokens.world.close(second);
    const SocketId again =
        tokens.hello(tokens.make(R"("sub":"ann")"), message::Resume{beside.ticket, 0});
    CHECK(tokens.world.peer(again) == beside.peer);
    // With the same id nobody else does.
    tokens.world.close(again);
    const SocketId other =
        tokens.hello(tokens.make(R"("sub":"an")"), message::Resume{beside.ticket, 0});
    CHECK(tokens.world.peer(other) == PeerId("an"));
  }
}

TEST_CASE("a ticket is of no use with a token of somebody else, or with a key") {
  Tokens tokens;
  const SocketId ann = tokens.hello(tokens.make(R"("sub":"ann")"));
  const std::string ticket = tokens.welcomed(ann).ticket;
  tokens.world.close(ann);
  const SocketId eve = tokens.hello(tokens.make(R"("sub":"eve")"), message::Resume{ticket, 0});
  const message::Welcome welcome = tokens.welcomed(eve);
  CHECK(welcome.peer == PeerId("eve"));
  CHECK(welcome.session == SessionKind::kNew);
  const SocketId keyed = tokens.world.open();
  tokens.world.send(keyed, message::Hello{1, "pk_open", "", "", {}, message::Resume{ticket, 0}});
  CHECK(tokens.world.peer(keyed) != PeerId("ann"));
  // Hers still finds her session.
  const SocketId again = tokens.hello(tokens.make(R"("sub":"ann")"), message::Resume{ticket, 0});
  CHECK(tokens.world.peer(again) == PeerId("ann"));
  CHECK_FALSE(tokens.world.closed(again));
}

TEST_CASE("another key's bearer does not become a peer by its name") {
  KeyOptions other = application();
  other.id = "other";
  HubWorld world({}, {application(), other}, 7);
  const std::string claims = R"({"aud":"calls","exp":9999999999,"sub":"ann"})";
  const SocketId ann = world.open();
  world.send(ann, message::Hello{1, "", token("app", claims), "", {}});
  const SocketId eve = world.open();
  world.send(eve, message::Hello{1, "", token("other", claims), "", {}});
  world.check_closed(eve, ErrorCode::identity_in_use);
  CHECK_FALSE(world.closed(ann));
}

TEST_CASE("another token is asked for before this one ends, and the session goes on with it") {
  Tokens tokens;
  const SocketId witness = tokens.world.member("room");
  const SocketId ann = tokens.hello(tokens.make(R"("sub":"ann")", 1000));
  tokens.world.discard_frames();
  tokens.run_for({939'000}, ann, witness);
  tokens.world.discard_frames();
  tokens.world.run_for({1'000});
  CHECK(tokens.world.take_one<message::TokenExpiring>(ann) == message::TokenExpiring{});
  tokens.world.send(ann, message::Token{tokens.make(R"("sub":"ann")", 1000)});
  tokens.run_for({930'000}, ann, witness);
  CHECK_FALSE(tokens.world.closed(ann));
  for (const HubMessage& frame : tokens.world.take(witness)) {
    CHECK_FALSE(std::holds_alternative<message::PeerLeft>(frame));
    CHECK_FALSE(std::holds_alternative<message::PeerPresence>(frame));
  }
}

TEST_CASE("a token that ends is the end of its socket, and the session waits for the next one") {
  Tokens tokens;
  const SocketId witness = tokens.world.member("room");
  const SocketId ann = tokens.hello(tokens.make(R"("sub":"ann")", 100));
  const std::string ticket = tokens.welcomed(ann).ticket;
  tokens.world.run_for({109'000});
  CHECK_FALSE(tokens.world.closed(ann));
  tokens.world.run_for({1'000});
  tokens.world.check_closed(ann, ErrorCode::token_expired);
  tokens.world.send(witness, message::Ping{});
  tokens.world.discard_frames();
  const SocketId again = tokens.hello(tokens.make(R"("sub":"ann")"), message::Resume{ticket, 0});
  CHECK(tokens.welcomed(again).session == SessionKind::kResumed);
  CHECK(tokens.world.take(witness).empty());
}

TEST_CASE("a newer token that is no good ends the socket") {
  Tokens tokens;
  for (const std::string& text : {std::string("nonsense"), tokens.make(R"("sub":"eve")"),
                                  tokens.make(""), tokens.make(R"("sub":"ann")", -60)}) {
    const SocketId ann = tokens.hello(tokens.make(R"("sub":"ann")"));
    tokens.world.send(ann, message::Token{text});
    const auto closed = tokens.world.closed(ann);
    REQUIRE(closed);
    CHECK(retry_policy(closed->code) == RetryPolicy::kNewToken);
  }
  // Who came with a key cannot become somebody.
  const SocketId keyed = tokens.world.enter();
  tokens.world.send(keyed, message::Token{tokens.make(R"("sub":"ann")")});
  tokens.world.check_closed(keyed, ErrorCode::token_refused);
}

TEST_CASE("what a newer token allows counts at once") {
  Tokens tokens;
  const SocketId witness = tokens.world.member("room-1");
  const SocketId ann =
      tokens.hello(tokens.make(R"("sub":"ann")"), {}, {join("room-1"), join("other")});
  tokens.world.send(ann,
                    message::Update{ChannelName("room-1"), {}, std::vector{publication("camera")}});
  tokens.world.discard_frames();
  tokens.world.send(
      ann, message::Token{tokens.make(
               R"("sub":"ann","channels":["room-*"],"permissions":["join","subscribe"])")});
  const auto told = tokens.world.take(ann);
  REQUIRE(told.size() == 3);
  CHECK(std::get<message::Refused>(told[0]).code == ErrorCode::publish_not_allowed);
  CHECK(std::get<message::PeerUpdated>(told[1]).publishes == false);
  const auto removed = std::get<message::Removed>(told[2]);
  CHECK(removed.channel == ChannelName("other"));
  CHECK(removed.code == ErrorCode::channel_not_allowed);
  CHECK(tokens.world.take_one<message::PeerUpdated>(witness).publications->empty());
  CHECK(tokens.world.hub().counts().channels == 1);
  // And comes back with the next one, since it is wished for still.
  tokens.world.send(ann, message::Token{tokens.make(R"("sub":"ann")")});
  CHECK(tokens.world.take_one<message::PeerUpdated>(witness).publications->size() == 1);
  CHECK(tokens.world.take_one<message::PeerUpdated>(ann).publishes == true);
}

TEST_CASE("a ticket from before is of no use once the bearer came without one") {
  Tokens tokens;
  const SocketId laptop = tokens.hello(tokens.make(R"("sub":"ann")"));
  const std::string ticket = tokens.welcomed(laptop).ticket;
  tokens.world.close(laptop);
  tokens.world.run_for({31'000});
  const SocketId phone = tokens.hello(tokens.make(R"("sub":"ann")"));
  tokens.world.discard_frames();
  // It sleeps through the end of its session and wakes up: another page, then, and not the same.
  const SocketId again = tokens.hello(tokens.make(R"("sub":"ann")"), message::Resume{ticket, 0});
  CHECK(tokens.welcomed(again).session == SessionKind::kResynced);
  tokens.world.check_closed(phone, ErrorCode::session_taken);
  Tokens strict(SameIdentity::kReject);
  const SocketId first = strict.hello(strict.make(R"("sub":"ann")"));
  const std::string old = strict.welcomed(first).ticket;
  strict.world.close(first);
  strict.world.run_for({31'000});
  const SocketId other = strict.hello(strict.make(R"("sub":"ann")"));
  strict.world.check_closed(strict.hello(strict.make(R"("sub":"ann")"), message::Resume{old, 0}),
                            ErrorCode::identity_contested);
  CHECK_FALSE(strict.world.closed(other));
}

TEST_CASE(
    "a hello without a ticket that comes late does not take the session from a newer socket") {
  Tokens tokens;
  const SocketId late = tokens.world.open();
  const SocketId present = tokens.hello(tokens.make(R"("sub":"ann")"));
  tokens.world.send(late, message::Hello{1, "", tokens.make(R"("sub":"ann")"), "", {}});
  tokens.world.check_closed(late, ErrorCode::hello_timeout);
  CHECK_FALSE(tokens.world.closed(present));
}

TEST_CASE("who no longer signs has its bearers put out, and the others stay") {
  KeyOptions app = application();
  app.kids = {"", "2027"};
  HubWorld world({}, {app}, 7);
  const SocketId ann = world.open();
  const std::string claims = R"({"aud":"calls","exp":9999999999,"sub":"ann"})";
  world.send(ann, message::Hello{1, "", token("app", claims), "", {}});
  app.kids = {"", "2028"};
  world.handle(hub_input::KeysChanged{{app}});
  CHECK_FALSE(world.closed(ann));
  app.kids = {"2028"};
  world.handle(hub_input::KeysChanged{{app}});
  world.check_closed(ann, ErrorCode::token_refused);
}

TEST_CASE("a token that ends no later than the one before is not asked for again") {
  Tokens tokens;
  const SocketId ann = tokens.hello(tokens.make(R"("sub":"ann","jti":"1")", 20));
  tokens.world.discard_frames();
  const std::string same_end = tokens.make(R"("sub":"ann","jti":"2")", 20);
  tokens.world.run_for({16'500});
  CHECK(tokens.world.take_one<message::TokenExpiring>(ann) == message::TokenExpiring{});
  tokens.world.send(ann, message::Token{same_end});
  tokens.world.run_for({13'000});
  CHECK(tokens.world.take(ann).empty());
  tokens.world.run_for({1'000});
  tokens.world.check_closed(ann, ErrorCode::token_expired);
}

TEST_CASE("tokens are dear: who sends one after the other is read more slowly") {
  Tokens tokens;
  const SocketId ann = tokens.hello(tokens.make(R"("sub":"ann")"));
  for (int i = 0; i < 25; ++i) {
    tokens.world.send(ann, message::Token{tokens.make(R"("sub":"ann")", 3600 + i)});
  }
  CHECK(tokens.world.paused(ann));
}

TEST_CASE("as many pages of one bearer as the key allows peers") {
  KeyOptions app = application(SameIdentity::kAllow);
  app.limits.peers_max = 2;
  HubWorld world({}, {app}, 7);
  const auto hello = [&] {
    const SocketId socket = world.open();
    world.send(socket, message::Hello{1,
                                      "",
                                      token("app", R"({"aud":"calls","exp":9999999999,)"
                                                   R"("sub":"ann"})"),
                                      "",
                                      {}});
    return socket;
  };
  CHECK_FALSE(world.closed(hello()));
  CHECK_FALSE(world.closed(hello()));
  world.check_closed(hello(), ErrorCode::too_many_connections);
}

TEST_CASE("tokens go by the system's clock, which may be set") {
  Tokens tokens;
  const SocketId ann = tokens.hello(tokens.make(R"("sub":"ann")", 1000));
  tokens.world.discard_frames();
  tokens.world.handle(hub_input::ClockSet{HubWorld::kUnixOffset + 995'000});
  tokens.world.run_for({0});
  CHECK(tokens.world.take_one<message::TokenExpiring>(ann) == message::TokenExpiring{});
  tokens.world.handle(hub_input::ClockSet{HubWorld::kUnixOffset + 1'100'000});
  tokens.world.run_for({0});
  tokens.world.check_closed(ann, ErrorCode::token_expired);
}

TEST_CASE("a token's servers are given with those of the endpoint") {
  HubOptions options;
  options.ice_servers = JsonText(R"([{"urls":"stun:a"}])");
  HubWorld world(options, {application()}, 7);
  const SocketId socket = world.open();
  world.send(socket, message::Hello{1,
                                    "",
                                    token("app", R"({"aud":"calls","exp":9999999999,)"
                                                 R"("ice_servers":[{"urls":"turn:b"}]})"),
                                    "",
                                    {}});
  CHECK(world.take_one<message::Welcome>(socket).ice_servers ==
        JsonText(R"([{"urls":"stun:a"},{"urls":"turn:b"}])"));
}

}  // namespace
}  // namespace partyline
