// The small parts of the client: backoff, candidates, batches, m-lines.
#include <catch2/catch_test_macros.hpp>

#include "client/backoff.h"
#include "client/candidate_buffer.h"
#include "client/media_lines.h"
#include "client/signal_batch.h"
#include "client/timers.h"
#include "partyline/limits.h"

namespace partyline {

namespace {

IceCandidate candidate(const std::string& text, const std::string& ufrag) {
  return IceCandidate{text, Mid{"0"}, ufrag};
}

WantedTrack track(std::uint64_t slot, MediaKind kind) {
  return WantedTrack{SlotId{slot}, PublicationName{"camera"}, kind, TrackId{slot}};
}

}  // namespace

TEST_CASE("backoff ceilings double and never pass the cap, however many attempts") {
  Backoff backoff(DurationMs{300}, DurationMs{20'000});
  Random random(1);
  std::int64_t expected = 300;
  for (int i = 0; i < 100; ++i) {
    REQUIRE(backoff.ceiling().value == expected);
    REQUIRE(backoff.next(random).value <= expected);
    expected = std::min<std::int64_t>(expected * 2, 20'000);
  }
  backoff.reset();
  CHECK(backoff.ceiling().value == 300);
}

TEST_CASE("candidates of a description that was replaced are forgotten, of a coming one kept") {
  CandidateBuffer buffer;
  buffer.add({candidate("a", "first"), candidate("b", "second"), candidate("c", "")});
  CHECK(buffer.take().empty());
  buffer.applied({"first"});
  CHECK(buffer.take().size() == 2);
  buffer.add({candidate("d", "first")});
  buffer.applied({"second"});
  const auto ready = buffer.take();
  REQUIRE(ready.size() == 1);
  CHECK(ready[0].candidate == "b");
  buffer.clear();
  buffer.add({candidate("e", "second")});
  CHECK(buffer.take().empty());
}

TEST_CASE("a flood of candidates is bounded, the oldest go") {
  CandidateBuffer buffer;
  for (std::size_t i = 0; i < 1'000; ++i) buffer.add({candidate(std::to_string(i), "u")});
  buffer.applied({"u"});
  const auto kept = buffer.take();
  CHECK(kept.size() == limits::kCandidatesBufferedMax);
  CHECK(kept.back().candidate == "999");
}

TEST_CASE("a batch holds early candidates for the description and never exceeds a signal's limit") {
  const ClientOptions options;
  SignalBatch batch;
  const TimeMs now{0};
  for (std::size_t i = 0; i < limits::kCandidatesPerSignalMax + 1; ++i) {
    batch.put(now, options, candidate("c", "u"));
  }
  CHECK_FALSE(batch.deadline());
  Description answer;
  answer.type = DescriptionType::kAnswer;
  batch.put(now, options, answer);
  CHECK(batch.deadline() == now + options.candidate_gap_ms);
  batch.gathering_complete(now);
  CHECK(batch.deadline() == now);
  const Signal first = batch.take(now);
  CHECK(first.description);
  CHECK(first.candidates.size() == limits::kCandidatesPerSignalMax);
  CHECK(batch.deadline() == now);
  CHECK(batch.take(now).candidates.size() == 1);
  CHECK_FALSE(batch.deadline());
}

TEST_CASE(
    "the first candidate of a reflector and of a relay goes at once, further ones in a batch") {
  const TimeMs now{1'000};
  const auto of = [](const char* kind) {
    return candidate(std::string("1 1 udp 1 1.2.3.4 5 typ ") + kind, "u");
  };
  ClientOptions options;
  SignalBatch batch;
  batch.put(now, options, of("relay"));
  CHECK_FALSE(batch.deadline());  // not before the description
  batch.put(now, options, Description{});
  CHECK(batch.take(now).candidates.size() == 1);
  batch.put(now, options, of("relay"));
  CHECK(batch.deadline() == now + options.candidate_batch_ms);
  batch.put(now, options, of("srflx"));
  CHECK(batch.deadline() == now);
  CHECK(batch.take(now).candidates.size() == 2);
  batch.put(now, options, of("srflx"));
  CHECK(batch.deadline() == now + options.candidate_batch_ms);
  static_cast<void>(batch.take(now));
  batch.gather_again();
  batch.put(now, options, of("relay"));
  CHECK(batch.deadline() == now);
}

TEST_CASE("an answer is not held for candidates where only relays are allowed") {
  const TimeMs now{1'000};
  Description answer;
  answer.type = DescriptionType::kAnswer;
  ClientOptions options;
  SignalBatch batch;
  batch.put(now, options, answer);
  CHECK(batch.deadline() == now + options.answer_hold_ms);
  batch.clear();
  options.ice_transport_policy = "relay";
  batch.put(now, options, answer);
  CHECK(batch.deadline() == now);
}

TEST_CASE("an offer is told at once, and its candidates in a batch") {
  const ClientOptions options;
  SignalBatch batch;
  const TimeMs now{0};
  batch.put(now, options, candidate("c", "u"));
  batch.put(now, options, Description{});
  CHECK(batch.deadline() == now);
  CHECK(batch.take(now).candidates.size() == 1);
  batch.put(now, options, candidate("d", "u"));
  CHECK(batch.deadline() == now + options.candidate_batch_ms);
}

TEST_CASE("m-lines are reused by kind, in offers added where none is free") {
  MediaLines lines;
  CHECK(lines.want({track(1, MediaKind::kAudio), track(2, MediaKind::kVideo)}).attach);
  lines.learn({MediaBinding{Mid{"0"}, PublicationName{"x"}, MediaKind::kVideo}});
  const auto attached = lines.attach_for_offer();
  REQUIRE(attached.size() == 2);
  CHECK_FALSE(attached[0].mid);
  CHECK(attached[1].mid == Mid{"0"});
  CHECK(lines.incomplete());
  lines.bind({{SlotId{1}, Mid{"1"}}, {SlotId{2}, Mid{"0"}}});
  CHECK_FALSE(lines.incomplete());
  CHECK(lines.bindings().size() == 2);

  const auto changes = lines.want({track(2, MediaKind::kVideo)});
  CHECK(changes.detach == std::vector{SlotId{1}});
  CHECK_FALSE(changes.attach);
  lines.reset();
  CHECK(lines.incomplete());
  CHECK(lines.attach_for_offer().size() == 1);
}

TEST_CASE("however many m-lines the other side names, so many are kept") {
  MediaLines lines;
  for (int i = 0; i < 1'000; ++i) {
    lines.learn({MediaBinding{Mid{std::to_string(i)}, PublicationName{"x"}, MediaKind::kVideo}});
  }
  for (std::uint64_t i = 1; i <= 2 * limits::kLinesMax; ++i) {
    std::vector<WantedTrack> wanted;
    for (std::uint64_t slot = 1; slot <= i; ++slot)
      wanted.push_back(track(slot, MediaKind::kVideo));
    static_cast<void>(lines.want(std::move(wanted)));
    const auto attached = lines.attach_for_offer();
    REQUIRE(attached.size() == 1);
    CHECK(attached[0].mid.has_value() == (i <= limits::kLinesMax));
  }
}

TEST_CASE("a timer fires once, when it is due") {
  enum class Timer : std::uint8_t { kOne, kTwo, kCount };
  Timers<Timer> timers;
  timers.set(Timer::kOne, TimeMs{10});
  timers.set(Timer::kTwo, TimeMs{5});
  CHECK(timers.next() == TimeMs{5});
  CHECK_FALSE(timers.take(Timer::kOne, TimeMs{9}));
  CHECK(timers.take(Timer::kOne, TimeMs{10}));
  CHECK_FALSE(timers.take(Timer::kOne, TimeMs{11}));
  timers.stop_all();
  CHECK_FALSE(timers.next());
}

}  // namespace partyline
