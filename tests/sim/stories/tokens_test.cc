// A tokenProvider that fails in every way in which one can, and an endpoint that refuses tokens.
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "story.h"
#include "token_gate.h"

namespace partyline::sim {

namespace {

using Fate = TokenProvider::Fate;

Profile with_tokens() {
  Profile profile = calm_profile();
  profile.tokens = true;
  profile.token_lifetime = {3'600'000, 3'600'000};
  return profile;
}

}  // namespace

TEST_CASE("whatever the provider does first, a good token lets in") {
  const Fate fate = GENERATE(Fate::kGood, Fate::kThrows, Fate::kHangs, Fate::kStale,
                             Fate::kNonsense, Fate::kEmpty);
  StoryWorld w(1, with_tokens());
  ClientHost& ann = w.client("ann");
  ClientHost& bob = w.client("bob");
  ann.tokens().decide({fate, fate});
  ann.join("room");
  bob.join("room");
  w.run_for(200);
  CHECK((ann.observer().line() == LineState::kConnected) == (fate == Fate::kGood));
  // Two that hang cost their time-out of 15 s each.
  CONVERGES_WITHIN(w, fate == Fate::kHangs ? 32'000 : 5'000);
  ENDS_CLEAN(w);
}

TEST_CASE("a token that is refused is asked for again, as refused") {
  StoryWorld w(2, with_tokens());
  ClientHost& ann = w.client("ann");
  ann.tokens().decide({Fate::kStale, Fate::kNonsense});
  ann.join("room");
  CONVERGES_WITHIN(w, 5'000);
  CHECK(ann.tokens().asked(TokenReason::kFirst) == 1);
  CHECK(ann.tokens().asked(TokenReason::kRefused) == 2);
  ENDS_CLEAN(w);
}

TEST_CASE("a token that expires during an outage: the provider is asked once, the call goes on") {
  Profile profile = with_tokens();
  profile.token_lifetime = {10'000, 10'000};
  StoryWorld w(3, profile);
  ClientHost& ann = w.client("ann");
  ClientHost& bob = w.client("bob");
  ann.publish(ann.join("room"), "camera");
  bob.publish(bob.join("room"), "camera");
  CONVERGES_WITHIN(w, 3'000);
  w.run_for(11'000);
  const PeerId me = ann.observer().me();
  const int connections = w.lines("ann", "< create-connection");
  w.cut(ann);
  w.run_for(100);
  // At once: it may have been good when it was made.
  CONVERGES_WITHIN(w, 1'500);
  CHECK(ann.tokens().asked(TokenReason::kFirst) == 1);
  CHECK(ann.tokens().asked(TokenReason::kRefused) == 1);
  CHECK(ann.observer().me() == me);
  CHECK(w.lines("ann", "< create-connection") == connections);
  CHECK(bob.observer().count("peer-left") == 0);
  ENDS_CLEAN(w);
}

TEST_CASE("a provider that fails for minutes is asked ever more seldom") {
  StoryWorld w(4, with_tokens());
  ClientHost& ann = w.client("ann");
  ann.tokens().decide(std::deque<Fate>(100, Fate::kThrows));
  ann.join("room");
  w.run_for(300'000);
  // Backoff reaches 20 s, ten on average.
  CHECK(ann.tokens().asked(TokenReason::kFirst) > 15);
  CHECK(ann.tokens().asked(TokenReason::kFirst) < 60);
  ann.tokens().decide({});
  CONVERGES_WITHIN(w, 25'000);
  ENDS_CLEAN(w);
}

TEST_CASE("closed while a token is on its way: nothing comes after it") {
  StoryWorld w(5, with_tokens());
  ClientHost& ann = w.client("ann");
  ann.join("room");
  ann.close();
  w.run_for(1'000);
  CHECK(ann.sockets_ordered() == 0);
  ENDS_CLEAN(w);
}

TEST_CASE("an endpoint drains when it has just refused a token, at any moment") {
  const auto after = GENERATE(range<std::int64_t>(0, 40, 2));
  StoryWorld w(6, with_tokens());
  ClientHost& ann = w.client("ann");
  ann.tokens().decide({Fate::kStale});
  ann.join("room");
  const auto refused = [&] { return w.lines("endpoint", "a token is refused") == 1; };
  while (!refused() && w.now() < TimeMs{1'000}) w.run_for(1);
  REQUIRE(refused());
  w.run_for(after);
  w.endpoint.drain({500});
  CONVERGES_WITHIN(w, 10'000);
  ENDS_CLEAN(w);
}

TEST_CASE("a token that ends in the middle of a call is replaced, and nobody notices") {
  const bool subjects = GENERATE(false, true);
  Profile profile = with_tokens();
  profile.hub_tokens = true;
  profile.token_subjects = subjects;
  profile.token_lifetime = {10'000, 10'000};
  StoryWorld w(7, profile);
  ClientHost& ann = w.client("ann");
  ClientHost& bob = w.client("bob");
  ann.publish(ann.join("room"), "camera");
  bob.publish(bob.join("room"), "camera");
  CONVERGES_WITHIN(w, 3'000);
  const int connections = w.lines("ann", "< create-connection");
  w.run_for(60'000);
  CHECK(ann.tokens().asked(TokenReason::kExpiring) >= 5);
  CHECK(ann.tokens().asked(TokenReason::kExpiring) <= 8);
  CHECK(ann.tokens().asked(TokenReason::kRefused) == 0);
  CHECK(ann.sockets_ordered() == 1);
  CHECK(w.lines("ann", "< create-connection") == connections);
  CHECK(bob.observer().count("peer-left") == 0);
  if (subjects) CHECK(ann.observer().me() == PeerId("ann"));
  CONVERGES_WITHIN(w, 1'000);
  ENDS_CLEAN(w);
}

TEST_CASE("a provider that fails until the token ends: the socket goes, and the call stays") {
  Profile profile = with_tokens();
  profile.hub_tokens = true;
  profile.token_subjects = true;
  profile.token_lifetime = {10'000, 10'000};
  StoryWorld w(8, profile);
  ClientHost& ann = w.client("ann");
  ClientHost& bob = w.client("bob");
  ann.publish(ann.join("room"), "camera");
  bob.publish(bob.join("room"), "camera");
  CONVERGES_WITHIN(w, 3'000);
  const int connections = w.lines("ann", "< create-connection");
  ann.tokens().decide({Fate::kThrows, Fate::kHangs, Fate::kEmpty, Fate::kThrows});
  w.run_for(40'000);
  CONVERGES_WITHIN(w, 3'000);
  CHECK(ann.sockets_ordered() > 1);
  CHECK(w.lines("ann", "< create-connection") == connections);
  CHECK(bob.observer().count("peer-left") == 0);
  ENDS_CLEAN(w);
}

TEST_CASE("a provider that fails before a token ends is asked ever more seldom") {
  Profile profile = with_tokens();
  profile.hub_tokens = true;
  profile.token_delay = {1, 1};
  profile.token_lifetime = {300'000, 300'000};
  StoryWorld w(9, profile);
  ClientHost& ann = w.client("ann");
  ann.join("room");
  CONVERGES_WITHIN(w, 3'000);
  ann.tokens().decide(std::deque<Fate>(1000, Fate::kThrows));
  w.run_for(295'000);
  CHECK(ann.tokens().asked(TokenReason::kExpiring) > 4);
  CHECK(ann.tokens().asked(TokenReason::kExpiring) < 30);
  CHECK(ann.sockets_ordered() == 1);
  ann.tokens().decide({});
  CONVERGES_WITHIN(w, 30'000);
  ENDS_CLEAN(w);
}

TEST_CASE("the gate lets in with good tokens only") {
  const auto hello = [](const std::string& token) {
    message::Hello hello;
    hello.version = 1;
    hello.token = token;
    hello.client = "x";
    return write_message(ClientMessage{hello});
  };
  const TimeMs now{100};
  CHECK(judge_token(now, hello(make_token(TimeMs{100})), "pk").code == 0);
  CHECK(judge_token(now, hello(make_token(TimeMs{100})), "pk").text.find("\"key\":\"pk\"") !=
        std::string::npos);
  CHECK(judge_token(now, hello(make_token(TimeMs{99})), "pk").code == 4200);
  CHECK(judge_token(now, hello("nonsense"), "pk").code == 4201);
  CHECK(judge_token(now, "{\"type\":\"ping\"}", "pk").text == "{\"type\":\"ping\"}");
}

}  // namespace partyline::sim
