// How much each receiver gets: by what it shows, by what is wished, and by what all may take
// together.
#include <map>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "companion/budget.h"

namespace partyline {

namespace {

const ChannelId kRoom{1};
const PublicationName kCamera{"camera"};
constexpr std::uint64_t k360p = 640 * 360;

PeerId peer(std::uint64_t number) { return PeerId{"p_" + std::to_string(number)}; }

// A page that sends a camera to some others; each connection has the slots 1 (sound) and 2
// (pictures).
struct Sender {
  explicit Sender(std::uint64_t others, std::uint64_t width = 640, std::uint64_t height = 360)
      : width_(width), height_(height) {
    for (std::uint64_t i = 1; i <= others; ++i) read(i);
  }
  void read(std::uint64_t to, bool cpu = false, bool bandwidth = false,
            std::optional<std::uint64_t> available = std::nullopt) {
    budget.read(now,
                {ConnectionId{to},
                 kRoom,
                 peer(to),
                 available,
                 {{SlotId{1}, kCamera, MediaKind::kAudio, 0, 0, 0, false, false},
                  {SlotId{2}, kCamera, MediaKind::kVideo, width_, height_, 30, cpu, bandwidth}}});
  }
  void shows(std::uint64_t who, std::uint64_t width, std::uint64_t height, bool paused = false) {
    budget.displayed(kRoom, peer(who), {{kCamera, width, height, paused, true}});
  }
  void settle() {
    changes = budget.settle(now);
    for (const output::SetEncoding& each : changes) {
      encodings[{each.connection.value, each.slot.value}] = each;
    }
  }
  const output::SetEncoding& pictures(std::uint64_t to) {
    settle();
    return encodings.at({to, 2});
  }
  // Pixels a second to all.
  std::uint64_t rate() {
    settle();
    std::uint64_t sum = 0;
    for (const auto& [key, each] : encodings) {
      if (key.second != 2 || !each.active) continue;
      sum += width_ * height_ * 10'000 / (each.scale_percent * each.scale_percent) *
             each.framerate_max.value_or(30);
    }
    return sum;
  }
  void pass(std::int64_t ms) { now = now + DurationMs{ms}; }

  TimeMs now{1'000};
  Budget budget;
  std::vector<output::SetEncoding> changes;
  std::map<std::pair<std::uint64_t, std::uint64_t>, output::SetEncoding> encodings;

 private:
  std::uint64_t width_;
  std::uint64_t height_;
};

}  // namespace

TEST_CASE("budget: who says nothing gets all; sound has priority; what is told is told once") {
  Sender ann(1);
  const output::SetEncoding pictures = ann.pictures(1);
  CHECK(pictures.active);
  CHECK(pictures.scale_percent == 100);
  CHECK(pictures.bitrate_max == bitrate_for(k360p));
  CHECK_FALSE(pictures.framerate_max);
  CHECK(pictures.priority == "low");
  CHECK(ann.encodings.at({1, 1}).priority == "high");
  CHECK(ann.encodings.at({1, 1}).active);
  ann.read(1);
  ann.settle();
  CHECK(ann.changes.empty());
}

TEST_CASE("budget: a small tile gets a small picture, a large one no more than there is") {
  Sender ann(1);
  ann.shows(1, 320, 180);
  CHECK(ann.pictures(1).scale_percent == 200);
  CHECK(ann.pictures(1).bitrate_max == bitrate_for(320 * 180));
  // Never coarser than what is shown.
  ann.shows(1, 330, 180);
  CHECK(ann.pictures(1).scale_percent == 150);
  ann.shows(1, 1920, 1080);
  CHECK(ann.pictures(1).scale_percent == 100);
  ann.shows(1, 100, 56);
  CHECK(ann.pictures(1).scale_percent == 600);
  CHECK(ann.pictures(1).framerate_max == 15);
  // All of the element is covered, by its larger side.
  ann.shows(1, 640, 10);
  CHECK(ann.pictures(1).scale_percent == 100);
}

TEST_CASE("budget: hidden costs nothing but sound, paused not even that") {
  Sender ann(2);
  ann.shows(1, 0, 0);
  CHECK_FALSE(ann.pictures(1).active);
  CHECK(ann.encodings.at({1, 1}).active);
  CHECK(ann.pictures(2).active);
  ann.shows(1, 320, 180, true);
  CHECK_FALSE(ann.pictures(1).active);
  CHECK_FALSE(ann.encodings.at({1, 1}).active);
  ann.shows(1, 640, 360);
  CHECK(ann.pictures(1).active);
  CHECK(ann.encodings.at({1, 1}).active);
}

TEST_CASE("budget: what a receiver says of one stream is not about another") {
  Sender ann(1);
  ann.budget.displayed(kRoom, peer(1), {{PublicationName{"screen"}, 0, 0, true, true}});
  CHECK(ann.pictures(1).active);
}

TEST_CASE("budget: wishes of the application are limits") {
  Sender ann(1, 1280, 720);
  SendingWishes wishes;
  wishes.video_bitrate_max = 300'000;
  wishes.audio_bitrate_max = 20'000;
  wishes.framerate_max = 10;
  wishes.height_max = 360;
  wishes.degradation = "maintain-resolution";
  ann.budget.set_sending({kRoom, kCamera, wishes});
  output::SetEncoding pictures = ann.pictures(1);
  CHECK(pictures.bitrate_max == 300'000);
  CHECK(pictures.framerate_max == 10);
  CHECK(pictures.scale_percent == 200);
  CHECK(pictures.degradation == "maintain-resolution");
  CHECK(ann.encodings.at({1, 1}).bitrate_max == 20'000);
  // Even where the receiver shows more, and less where it shows less.
  ann.shows(1, 1280, 720);
  CHECK(ann.pictures(1).scale_percent == 200);
  ann.shows(1, 160, 90);
  CHECK(ann.pictures(1).scale_percent == 800);
  CHECK(ann.pictures(1).bitrate_max == bitrate_for(160 * 90));
  ann.budget.set_sending({kRoom, kCamera, {}});
  ann.shows(1, 1280, 720);
  CHECK(ann.pictures(1).scale_percent == 100);
  // A generous limit is taken at its word where nobody says what is shown.
  Sender bob(1);
  wishes = {};
  wishes.video_bitrate_max = 3'000'000;
  bob.budget.set_sending({kRoom, kCamera, wishes});
  CHECK(bob.pictures(1).bitrate_max == 3'000'000);
}

TEST_CASE("budget: a level that is fair lets the small ones have what they want") {
  CHECK_FALSE(fair_level({10, 20, 30}, 60));
  CHECK(fair_level({10, 20, 31}, 60) == 30);
  CHECK(fair_level({30, 30, 30}, 60) == 20);
  CHECK(fair_level({1, 100, 100}, 61) == 30);
  CHECK(fair_level({5}, 0) == 0);
  CHECK_FALSE(fair_level({}, 0));
}

TEST_CASE("budget: a sixth peer makes all a little smaller, none dark, and small tiles stay") {
  const std::uint64_t budget = 4 * k360p * 30;
  for (std::uint64_t others = 1; others <= 12; ++others) {
    CAPTURE(others);
    Sender ann(others);
    ann.budget.set_budget({std::nullopt, budget});
    CHECK(ann.rate() <= budget);
    for (std::uint64_t i = 1; i <= others; ++i) CHECK(ann.pictures(i).active);
    if (others <= 4) CHECK(ann.pictures(1).scale_percent == 100);
  }
  Sender ann(5);
  ann.budget.set_budget({std::nullopt, 2 * k360p * 30});
  ann.shows(1, 160, 90);
  ann.shows(2, 160, 90);
  CHECK(ann.rate() <= 2 * k360p * 30);
  CHECK(ann.pictures(1).scale_percent == 400);
  CHECK(ann.pictures(3).scale_percent == 133);
}

TEST_CASE("budget: an uplink is shared the same way") {
  Sender ann(4);
  ann.shows(1, 160, 90);
  ann.budget.set_budget({1'500'000, std::nullopt});
  ann.settle();
  std::uint64_t sum = 0;
  for (std::uint64_t i = 1; i <= 4; ++i) sum += *ann.pictures(i).bitrate_max;
  CHECK(sum <= 1'500'000);
  CHECK(sum >= 1'400'000);
  CHECK(ann.pictures(1).bitrate_max == bitrate_for(160 * 90));
  ann.budget.set_budget({400'000, std::nullopt});
  CHECK(ann.pictures(2).scale_percent > 100);
  ann.budget.set_budget({});
  CHECK(ann.pictures(2).bitrate_max == bitrate_for(k360p));
}

TEST_CASE("budget: a slow processor is spared at once, and tried again after a while") {
  Sender ann(4);
  const std::uint64_t all = ann.rate();
  ann.read(2, true);
  const std::uint64_t cut = ann.rate();
  CHECK(cut < all);
  // The browser needs a moment to notice.
  ann.pass(1'000);
  ann.read(2, true);
  CHECK(ann.rate() == cut);
  for (int i = 0; i < 20; ++i) {
    ann.pass(4'000);
    ann.read(2, true);
  }
  CHECK(ann.rate() < cut);
  CHECK(ann.rate() > 0);
  for (std::uint64_t i = 1; i <= 4; ++i) CHECK(ann.pictures(i).active);
  ann.pass(15'000);
  ann.read(2);
  const std::uint64_t spared = ann.rate();
  for (int i = 0; i < 300; ++i) {
    ann.pass(1'000);
    ann.read(2);
  }
  CHECK(ann.rate() > spared);
  CHECK(ann.rate() == all);
}

TEST_CASE("budget: a path that carries little gets smaller pictures, and the limit of bits stays") {
  Sender ann(2);
  for (int i = 0; i < 4; ++i) ann.read(1, false, true, 200'000);
  // Every path begins like that.
  CHECK(ann.pictures(1).scale_percent == 100);
  ann.read(1, false, true, 200'000);
  CHECK(ann.pictures(1).scale_percent > 150);
  CHECK(ann.pictures(2).scale_percent == 100);
  CHECK(ann.pictures(1).active);
  for (int i = 0; i < 60; ++i) {
    ann.pass(1'000);
    ann.read(1, false, false, 2'000'000);
  }
  CHECK(ann.pictures(1).scale_percent == 100);
}

TEST_CASE("budget: another connection is told anew; what the receiver shows stays") {
  Sender ann(1);
  ann.shows(1, 320, 180);
  CHECK(ann.pictures(1).scale_percent == 200);
  ann.budget.connection_closed(ConnectionId{1});
  ann.settle();
  CHECK(ann.changes.empty());
  ann.budget.read(ann.now, {ConnectionId{9},
                            kRoom,
                            peer(1),
                            std::nullopt,
                            {{SlotId{2}, kCamera, MediaKind::kVideo, 640, 360, 30, false, false}}});
  CHECK(ann.pictures(9).scale_percent == 200);
  ann.budget.peer_left(kRoom, peer(1));
  CHECK(ann.pictures(9).scale_percent == 100);
  ann.budget.channel_left(kRoom);
}

TEST_CASE("budget: a track that was never measured has a usual size") {
  Sender ann(1, 0, 0);
  ann.shows(1, 320, 180);
  CHECK(ann.pictures(1).scale_percent == 200);
}

}  // namespace partyline
