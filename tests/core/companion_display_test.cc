// What we show of others is told to them: when, and how often.
#include <catch2/catch_test_macros.hpp>

#include "companion/display.h"

namespace partyline {

namespace {

const ChannelId kRoom{1};
const PeerId kBob{"p_bob"};
const PublicationName kCamera{"camera"};

struct Page {
  Page() { displays.lane_opened(now, kRoom, kBob); }
  void show(std::uint64_t view, std::uint64_t width, std::uint64_t height) {
    displays.show(now, {ViewId{view}, kRoom, kBob, kCamera, width, height});
  }
  // What Bob is told now.
  std::vector<Display> told() {
    const auto said = displays.settle(now);
    if (said.empty()) return {};
    REQUIRE(said.size() == 1);
    CHECK(said[0].peer == kBob);
    return parse_displays(said[0].text).value();
  }
  void pass(std::int64_t ms) { now = now + DurationMs{ms}; }

  TimeMs now{1'000};
  Displays displays;
};

Display shown(std::uint64_t width, std::uint64_t height) {
  return {kCamera, width, height, false, true};
}

using Told = std::vector<Display>;

}  // namespace

TEST_CASE("display: without a view nothing is said") {
  Page page;
  CHECK(page.told().empty());
  CHECK_FALSE(page.displays.next_wakeup());
}

TEST_CASE("display: what grows is told at once, what shrinks after a moment") {
  Page page;
  page.show(1, 640, 360);
  CHECK(page.told().empty());
  CHECK(page.displays.next_wakeup() == page.now + Displays::kShrinkHold);
  page.pass(500);
  CHECK(page.told() == Told{shown(640, 360)});
  page.show(1, 641, 360);
  CHECK(page.told() == Told{shown(641, 360)});
  page.show(1, 0, 0);
  page.pass(499);
  CHECK(page.told().empty());
  // It scrolled by: nothing to say.
  page.show(1, 641, 360);
  CHECK_FALSE(page.displays.next_wakeup());
  page.show(1, 0, 0);
  page.pass(200);
  page.show(1, 100, 50);
  page.pass(300);
  CHECK(page.told() == Told{shown(100, 50)});
  page.pass(10'000);
  CHECK(page.told().empty());
}

TEST_CASE("display: the largest view counts; with the last one nobody watches") {
  Page page;
  page.show(1, 320, 180);
  page.show(2, 100, 400);
  page.pass(500);
  CHECK(page.told() == Told{shown(320, 400)});
  page.displays.end(page.now, {ViewId{1}});
  page.displays.end(page.now, {ViewId{2}});
  page.pass(500);
  CHECK(page.told() == Told{shown(0, 0)});
  CHECK(page.displays.unwatched(kRoom, kBob, kCamera));
  // Ended twice, or never there: nothing.
  page.displays.end(page.now, {ViewId{2}});
  page.displays.end(page.now, {ViewId{9}});
  CHECK_FALSE(page.displays.next_wakeup());
}

TEST_CASE("display: a view that is forgotten leaves the stream as it was, in full") {
  Page page;
  page.show(1, 0, 0);
  page.pass(500);
  CHECK(page.told() == Told{shown(0, 0)});
  page.displays.end(page.now, {ViewId{1}, true});
  const auto said = page.displays.settle(page.now);
  REQUIRE(said.size() == 1);
  CHECK(parse_displays(said[0].text).value().empty());
}

TEST_CASE("display: a view that shows another stream leaves the first") {
  Page page;
  page.show(1, 320, 180);
  page.pass(500);
  CHECK(page.told() == Told{shown(320, 180)});
  const PublicationName screen{"screen"};
  page.displays.show(page.now, {ViewId{1}, kRoom, kBob, screen, 320, 180});
  page.pass(500);
  CHECK(page.told() == Told{shown(0, 0), {screen, 320, 180, false, true}});
}

TEST_CASE("display: pausing waits a moment, resuming does not") {
  Page page;
  page.displays.set_paused(page.now, {kRoom, kBob, kCamera, true});
  page.pass(500);
  CHECK(page.told() == Told{{kCamera, 0, 0, true, false}});
  CHECK(page.displays.unwatched(kRoom, kBob, kCamera));
  page.displays.set_paused(page.now, {kRoom, kBob, kCamera, false});
  const auto said = page.displays.settle(page.now);
  REQUIRE(said.size() == 1);
  CHECK_FALSE(page.displays.unwatched(kRoom, kBob, kCamera));
}

TEST_CASE("display: a new lane is told everything at once, a closed one nothing") {
  Page page;
  page.show(1, 320, 180);
  page.pass(500);
  CHECK(page.told() == Told{shown(320, 180)});
  page.displays.lane_closed(kRoom, kBob);
  page.show(1, 640, 360);
  CHECK(page.told().empty());
  CHECK_FALSE(page.displays.next_wakeup());
  page.displays.lane_opened(page.now, kRoom, kBob);
  CHECK(page.told() == Told{shown(640, 360)});
  page.displays.lane_opened(page.now, kRoom, kBob);
  CHECK(page.told() == Told{shown(640, 360)});
}

TEST_CASE("display: views of who is not there yet wait; who left is forgotten") {
  Displays displays;
  const TimeMs now{5};
  displays.show(now, {ViewId{1}, kRoom, kBob, kCamera, 10, 10});
  CHECK(displays.settle(now).empty());
  displays.lane_opened(now, kRoom, kBob);
  CHECK(displays.settle(now).size() == 1);
  displays.peer_left(kRoom, kBob);
  displays.end(now, {ViewId{1}});
  displays.show(now, {ViewId{2}, kRoom, kBob, kCamera, 10, 10});
  displays.channel_left(kRoom);
  CHECK_FALSE(displays.next_wakeup());
}

TEST_CASE("display: there is a limit to views") {
  Displays displays;
  const TimeMs now{5};
  displays.lane_opened(now, kRoom, kBob);
  for (std::uint64_t view = 0; view <= Displays::kViewsMax; ++view) {
    displays.show(now, {ViewId{view}, kRoom, kBob, kCamera, view, 1});
  }
  const auto said = displays.settle(now + Displays::kShrinkHold);
  REQUIRE(said.size() == 1);
  CHECK(parse_displays(said[0].text).value()[0].width == Displays::kViewsMax - 1);
}

TEST_CASE("display: what a stranger says is looked at first") {
  for (const char* const text :
       {"", "[]", "{}", R"({"displays":7})", R"({"displays":[{}]})",
        R"({"displays":[{"name":"","width":1,"height":1,"paused":false,"sized":true}]})",
        R"({"displays":[{"name":"a","width":-1,"height":1,"paused":false,"sized":true}]})",
        R"({"displays":[{"name":"a","width":1e99,"height":1,"paused":false,"sized":true}]})"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_displays(text).ok());
  }
  const auto huge = parse_displays(
      R"({"displays":[{"name":"a","width":9007199254740991,"height":1,"paused":false,"sized":true}]})");
  REQUIRE(huge.ok());
  CHECK(huge.value()[0].width == 16'384);
  CHECK_FALSE(parse_displays(write_displays(std::vector<Display>(17, shown(1, 1)))).ok());
}

}  // namespace partyline
