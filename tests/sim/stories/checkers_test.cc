// That the checkers bite: each is shown what it must not let pass.
#include <functional>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "world.h"

namespace partyline::sim {

namespace {

// An observer and a browser with nothing behind them.
struct Bench {
  Bench()
      : context(1, calm_profile()),
        ice(context),
        browser(context, ice, "ann", 0, [](const ClientInput&) {}),
        observer(context, "ann", application, browser) {
    const input::Join wish = application.join("room", "null");
    channel = wish.channel;
    call = wish.call;
    observer.joining(channel);
  }

  void joined() {
    observer.told(output::ChannelStateChanged{channel, ChannelState::kJoining,
                                              ChannelState::kJoined, "", ""});
  }
  void peer() {
    MemberInfo member;
    member.peer = PeerId{"p_bob"};
    observer.told(output::PeerJoined{channel, member});
  }
  void connection(std::uint64_t id) {
    browser.execute(output::CreateConnection{
        ConnectionId{id}, channel, PeerId{"p_" + std::to_string(id)}, JsonText{"[]"}, "all"});
  }
  void settle() {
    while (context.scheduler.step(TimeMs{1'000'000})) {
    }
  }
  [[nodiscard]] bool found(const std::string& words) const {
    INFO("found instead: " << context.violation);
    CHECK(context.violation.find(words) != std::string::npos);
    return context.violation.find(words) != std::string::npos;
  }

  Context context;
  IceNetwork ice;
  Application application;
  FakeBrowser browser;
  Observer observer;
  ChannelId channel;
  CallId call;
};

Attachment attachment(std::uint64_t slot, std::uint64_t track) {
  return {SlotId{slot}, MediaKind::kAudio, TrackId{track}, "s", std::nullopt};
}

}  // namespace

TEST_CASE("checkers of calls and states") {
  Bench b;
  SECTION("a call answered twice") {
    b.observer.told(output::CallDone{b.call, std::nullopt});
    CHECK(b.context.violation.empty());
    b.observer.told(output::CallDone{b.call, std::nullopt});
    CHECK(b.found("not waiting"));
  }
  SECTION("a call that fails without a reason") {
    b.observer.told(output::CallDone{b.call, Error{ErrorCode::internal, ""}});
    CHECK(b.found("should not"));
  }
  SECTION("a state that does not follow") {
    b.observer.told(output::LineStateChanged{LineState::kConnecting, LineState::kConnected, "", "",
                                             std::nullopt});
    CHECK(b.found("illegal change of the line"));
  }
  SECTION("a channel that ends by itself") {
    b.observer.told(output::ChannelStateChanged{b.channel, ChannelState::kJoining,
                                                ChannelState::kLeft, "internal", ""});
    CHECK(b.found("ended by itself"));
  }
}

TEST_CASE("checkers of peers and streams") {
  Bench b;
  b.joined();
  SECTION("a peer that joins twice") {
    b.peer();
    b.peer();
    CHECK(b.found("peer-joined twice"));
  }
  SECTION("a peer that leaves without having been there") {
    b.observer.told(output::PeerLeft{b.channel, PeerId{"p_bob"}, "left"});
    CHECK(b.found("who is not there"));
  }
  SECTION("an event after leave") {
    static_cast<void>(b.application.leave(b.channel));
    b.peer();
    CHECK(b.found("was left"));
  }
  SECTION("a stream of nobody") {
    b.observer.told(
        output::StreamAdded{b.channel, PeerId{"p_bob"}, PublicationName{"camera"}, JsonText{}, {}});
    CHECK(b.found("who is not there"));
  }
  SECTION("a stream whose track is nowhere") {
    b.peer();
    b.observer.told(output::StreamAdded{b.channel,
                                        PeerId{"p_bob"},
                                        PublicationName{"camera"},
                                        JsonText{},
                                        {{ConnectionId{1}, Mid{"0"}, MediaKind::kAudio}}});
    CHECK(b.found("not on the peer's connection"));
  }
  SECTION("a change that is none") {
    b.peer();
    b.observer.told(output::PeerMetadataChanged{b.channel, PeerId{"p_bob"}, JsonText{}});
    CHECK(b.found("without a change"));
  }
}

TEST_CASE("checkers of orders to the browser") {
  Bench b;
  SECTION("an order on a connection that is not there") {
    b.browser.execute(output::CloseConnection{ConnectionId{9}});
    CHECK(b.found("unknown or closed connection"));
  }
  SECTION("two operations at once") {
    b.connection(1);
    b.browser.execute(output::MakeOffer{OperationId{1}, ConnectionId{1}, {}, false});
    b.browser.execute(output::MakeOffer{OperationId{2}, ConnectionId{1}, {}, false});
    CHECK(b.found("while operation 1 is under way"));
  }
  SECTION("candidates before their description") {
    b.connection(1);
    b.browser.execute(output::AddCandidates{ConnectionId{1}, {{"candidate:1", Mid{"0"}, "early"}}});
    CHECK(b.found("no remote description"));
  }
  SECTION("a slot that was never attached") {
    b.connection(1);
    b.browser.execute(output::SetTrack{ConnectionId{1}, SlotId{5}, TrackId{1}});
    CHECK(b.found("unknown slot"));
  }
  SECTION("a second connection to the same peer") {
    b.connection(1);
    b.browser.execute(
        output::CreateConnection{ConnectionId{2}, b.channel, PeerId{"p_1"}, JsonText{"[]"}, "all"});
    CHECK(b.found("two open connections"));
  }
  SECTION("an answer where there was no offer") {
    b.connection(1);
    b.browser.execute(output::AcceptAnswer{OperationId{1}, ConnectionId{1}, "v=0\r\n"});
    b.settle();
    CHECK(b.found("failed by itself"));
  }
}

TEST_CASE("the checker of muted tracks") {
  Bench b;
  static_cast<void>(b.application.publish(b.channel, "camera", true, false, "null"));
  b.connection(1);
  b.browser.execute(output::MakeOffer{OperationId{1}, ConnectionId{1}, {attachment(1, 1)}, false});
  b.observer.check_senders();
  CHECK(b.context.violation.empty());
  static_cast<void>(
      b.application.set_muted(b.channel, PublicationName{"camera"}, std::nullopt, true));
  b.observer.check_senders();
  CHECK(b.found("attached though it is muted"));
}

TEST_CASE("the checker of generations") {
  FakeConnection first(1);
  FakeConnection second(2);
  FakeConnection other(3);
  REQUIRE_FALSE(first.set_remote_offer(second.set_local_offer(false).sdp));
  static_cast<void>(first.set_local_answer());
  REQUIRE_FALSE(first.set_remote_offer(other.set_local_offer(false).sdp));
  CHECK(first.misuse().find("after those of") != std::string::npos);
}

TEST_CASE("the checker of answers") {
  FakeConnection offerer(1);
  FakeConnection answerer(2);
  const std::string stale = offerer.set_local_offer(false).sdp;
  REQUIRE_FALSE(answerer.set_remote_offer(stale));
  const std::string answer = answerer.set_local_answer().sdp;
  static_cast<void>(offerer.set_local_offer(false));
  REQUIRE_FALSE(offerer.set_remote_answer(answer));
  CHECK(offerer.misuse().find("another offer") != std::string::npos);
}

TEST_CASE("the checker of spinning timers") {
  Context context(1, calm_profile());
  context.profile.timer_lateness = {0, 0};
  WakeupTimer* self = nullptr;
  WakeupTimer timer(context, "ann", [&] { self->set(TimeMs{0}); });
  self = &timer;
  timer.set(TimeMs{0});
  for (int i = 0; i < 1'000 && context.scheduler.step(TimeMs{10}); ++i) {
  }
  CHECK(context.violation.find("spin") != std::string::npos);
}

TEST_CASE("liveness: a set-up that can never come about is found") {
  World w(1);
  ClientHost& ann = w.client("ann");
  ClientHost& bob = w.client("bob");
  ann.join("room");
  bob.join("room");
  w.run_for(1'000);
  // Behind the world's back: ann's application wants what her core was never told.
  static_cast<void>(ann.application().publish(ChannelId{1}, "camera", true, true, "null"));
  CHECK_FALSE(w.converge(5'000));
  CHECK(w.violation().find("not converged") != std::string::npos);
}

}  // namespace partyline::sim
