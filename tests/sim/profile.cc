#include "profile.h"

namespace partyline::sim {

namespace {

struct Kind {
  std::string_view name;
  bool fault;
  int weight;        // when it happens at all
  int on_per_mille;  // how many worlds have it
};

constexpr std::array<Kind, static_cast<std::size_t>(Action::kCount)> kKinds{{
    {"join", false, 30, 1000},
    {"leave", false, 12, 800},
    {"publish", false, 30, 950},
    {"unpublish", false, 12, 700},
    {"mute", false, 15, 600},
    {"replace-track", false, 10, 500},
    {"set-metadata", false, 6, 400},
    {"set-publication-metadata", false, 5, 300},
    {"open-data-channel", false, 6, 300},
    {"close-data-channel", false, 4, 300},
    {"retry-now", false, 4, 300},
    {"close-client", false, 3, 350},
    {"cut", true, 8, 450},
    {"half-open-at-client", true, 3, 200},
    {"half-open-at-endpoint", true, 3, 200},
    {"refuse-sockets", true, 3, 200},
    {"swallow-sockets", true, 2, 150},
    {"offline", true, 4, 250},
    {"block-path", true, 4, 250},
    {"endpoint-restart", true, 2, 200},
    {"endpoint-drain", true, 1, 150},
    {"slow-reader", true, 2, 150},
    {"freeze", true, 4, 200},
    {"hide-tab", true, 3, 150},
    {"hostile-frame", true, 2, 150},
    {"stranger", true, 4, 200},
    {"stale-input", true, 6, 300},
    {"move-host", true, 3, 200},
    {"deafen", true, 3, 200},
    {"send", false, 60, 600},
    {"sleep", true, 4, 300},
    {"clock-jump", true, 2, 200},
    {"hide-long", true, 2, 200},
    {"fail-over", true, 2, 250},
    {"strand", true, 6, 350},
    {"partition", true, 3, 250},
    {"reload", false, 6, 800},
    {"put-aside", true, 3, 500},
}};
constexpr auto kFirstNewer = static_cast<std::size_t>(Action::kSleep);
constexpr auto kFirstOfPages = static_cast<std::size_t>(Action::kReload);

void draw_weights(Profile& profile, Random& random, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    const Kind& kind = kKinds[i];
    if (!random.chance(kind.on_per_mille)) continue;
    profile.weights[i] = static_cast<int>(random.between(1, kind.weight * 2));
  }
}

// Seldom slow, so that most seeds are quick and some are strange.
Span draw_delay(Random& random, std::int64_t fast, std::int64_t slow) {
  const std::int64_t most = random.chance(150) ? slow : fast;
  return {random.between(0, most / 4), random.between(most / 4 + 1, most)};
}

void draw_browser(Profile& profile, Random& random) {
  profile.operation_delay = draw_delay(random, 10, 400);
  profile.gather_delay = draw_delay(random, 25, 1'500);
  profile.connect_delay = draw_delay(random, 80, 3'000);
  profile.candidates_most = static_cast<int>(random.between(1, 8));
  profile.peer_reflexive = random.chance(700);
  profile.firefox_per_mille = static_cast<int>(random.between(0, 2)) * 500;
  profile.timer_lateness = draw_delay(random, 4, 50);
  if (random.chance(250)) {
    profile.operation_fails_per_mille = static_cast<int>(random.between(5, 150));
  }
  if (random.chance(100)) {
    profile.operation_stuck_per_mille = static_cast<int>(random.between(5, 60));
  }
  if (random.chance(150)) {
    profile.operation_slow_per_mille = static_cast<int>(random.between(20, 300));
  }
}

}  // namespace

std::string_view action_name(Action action) {
  return kKinds[static_cast<std::size_t>(action)].name;
}

bool is_fault(Action action) { return kKinds[static_cast<std::size_t>(action)].fault; }

Profile draw_profile(Random& random) {
  Profile profile;
  profile.clients = static_cast<int>(random.chance(400) ? 2 : random.between(1, 5));
  profile.channel_names = static_cast<int>(random.chance(600) ? 1 : random.between(2, 3));
  profile.chaos_ms = random.between(2'000, 40'000);
  profile.gap_ms = random.chance(300) ? random.between(5, 60) : random.between(100, 2'000);
  profile.open_delay = draw_delay(random, 40, 2'000);
  profile.frame_delay = draw_delay(random, 40, 800);
  profile.close_notice = draw_delay(random, 60, 3'000);
  draw_browser(profile, random);
  const bool faults = random.chance(750);
  for (std::size_t i = 0; i < kFirstNewer; ++i) {
    const Kind& kind = kKinds[i];
    if (!random.chance(kind.on_per_mille) || (kind.fault && !faults)) continue;
    profile.weights[i] = static_cast<int>(random.between(1, kind.weight * 2));
  }
  const bool steady = profile.operation_fails_per_mille + profile.operation_stuck_per_mille +
                          profile.operation_slow_per_mille ==
                      0;
  profile.faultless = !faults && steady;
  // Bursts are shorter, so that every world costs about the same.
  if (profile.gap_ms < 100) profile.chaos_ms = random.between(1'000, 5'000);
  return profile;
}

void draw_newer(Profile& profile, Random& random) {
  profile.tokens = random.chance(350);
  profile.token_delay = draw_delay(random, 300, 9'000);
  if (profile.faultless) return;
  if (random.chance(500)) {
    profile.token_fails_per_mille = static_cast<int>(random.between(20, 500));
  }
  draw_weights(profile, random, kFirstNewer, kFirstOfPages);
  profile.standby = profile.weight(Action::kFailOver) > 0;
  // Tabs are hidden and laptops sleep for minutes.
  if (random.chance(300)) {
    profile.chaos_ms = random.between(60'000, 600'000);
    profile.gap_ms = random.between(2'000, 15'000);
  }
}

void draw_pages(Profile& profile, Random& random) {
  // To put a page aside is a fault to the others.
  draw_weights(profile, random, kFirstOfPages,
               profile.faultless ? kFirstOfPages + 1 : kKinds.size());
}

void draw_relays(Profile& profile, Random& random) {
  profile.relay_lifetime_ms = random.between(8'000, 60'000);
}

void draw_hub_tokens(Profile& profile, Random& random) {
  profile.tokens = profile.hub_tokens = true;
  profile.token_subjects = random.chance(500);
  profile.token_delay = draw_delay(random, 300, 9'000);
  profile.token_lifetime = {random.between(2'000, 10'000), random.between(10'000, 60'000)};
  if (!profile.faultless && random.chance(300)) {
    profile.token_fails_per_mille = static_cast<int>(random.between(20, 500));
  }
}

void calm_down(Profile& profile) {
  profile.token_fails_per_mille = 0;
  profile.operation_fails_per_mille = 0;
  profile.operation_stuck_per_mille = 0;
  profile.operation_slow_per_mille = 0;
}

}  // namespace partyline::sim
