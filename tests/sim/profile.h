// What kind of world a seed draws: how slow, how faulty, and which things happen in it how often.
// Swarm testing (Groce et al. 2012): a world in which some faults and actions are missing reaches
// states that one with all of them at once never does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "random.h"

namespace partyline::sim {

// What the chaos of a seed is made of.
enum class Action : std::uint8_t {
  // The application's.
  kJoin,
  kLeave,
  kPublish,
  kUnpublish,
  kMute,
  kReplaceTrack,
  kSetMetadata,
  kSetPublicationMetadata,
  kOpenDataChannel,
  kCloseDataChannel,
  kRetryNow,
  kCloseClient,
  // The network's.
  kCut,
  kHalfOpenAtClient,
  kHalfOpenAtEndpoint,
  kRefuseSockets,
  kSwallowSockets,
  kOffline,
  kBlockPath,
  // The endpoint's.
  kEndpointRestart,
  kEndpointDrain,
  kSlowReader,
  // The host's.
  kFreeze,
  kHideTab,
  // Of strangers and broken software.
  kHostileFrame,
  kStranger,
  kStaleInput,
  // The host's network, once more: appended, so that older seeds stay what they were.
  kMoveHost,
  kDeafen,
  kSend,
  // Of the newer worlds only (see draw_newer).
  kSleep,
  kClockJump,
  kHideLong,
  kFailOver,
  kStrand,
  kPartition,
  // Of worlds with pages (see draw_pages).
  kReload,
  kPutAside,
  kCount
};
[[nodiscard]] std::string_view action_name(Action action);
[[nodiscard]] bool is_fault(Action action);

struct Profile {
  int clients = 2;
  int channel_names = 1;
  // How long things happen before the world calms down, and the mean time between two of them.
  std::int64_t chaos_ms = 20'000;
  std::int64_t gap_ms = 400;

  // The way to the endpoint.
  Span open_delay{1, 20};
  Span frame_delay{1, 20};
  Span close_notice{1, 50};

  // The browser: each step of an operation, gathering, checks until connected.
  Span operation_delay{1, 6};
  Span gather_delay{1, 15};
  int candidates_most = 3;
  Span connect_delay{5, 60};
  // Whether one side knowing a candidate of the other is enough (RFC 8445 §7.3.1.3), as it is
  // without firewalls on both sides.
  bool peer_reflexive = true;
  int firefox_per_mille = 300;
  int operation_fails_per_mille = 0;
  int operation_stuck_per_mille = 0;
  int operation_slow_per_mille = 0;
  Span operation_slow_delay{500, 9'000};
  Span timer_lateness{0, 3};

  // Clients have a list of two endpoints, of which one runs.
  bool standby = false;
  // Clients have a tokenProvider instead of a key.
  bool tokens = false;
  int token_fails_per_mille = 0;
  // The hub looks at the tokens, and asks for others before they end; else a gate before it does.
  bool hub_tokens = false;
  bool token_subjects = false;  // they say who their bearer is
  Span token_delay{1, 300};
  Span token_lifetime{1'000, 60'000};

  // Of the credentials for relays; 0 where there are no relays.
  std::int64_t relay_lifetime_ms = 0;

  // Nothing goes wrong in this world, so nobody may be told that something did.
  bool faultless = false;

  std::array<int, static_cast<std::size_t>(Action::kCount)> weights{};

  [[nodiscard]] int weight(Action action) const {
    return weights[static_cast<std::size_t>(action)];
  }
};

// A quiet one for stories: nothing happens that the story does not say.
[[nodiscard]] inline Profile calm_profile() { return {}; }

// The one of a seed.
[[nodiscard]] Profile draw_profile(Random& random);

// What was thought of later, into a part of the worlds: the others stay what they were, and with
// them the seeds that once failed.
void draw_newer(Profile& profile, Random& random);

// Pages that are loaded anew, or put aside for the back button.
void draw_pages(Profile& profile, Random& random);

// Relays, into some of the worlds, in none of which a seed has failed before there were any.
void draw_relays(Profile& profile, Random& random);

// The same for tokens that the hub looks at.
void draw_hub_tokens(Profile& profile, Random& random);

// Stops what goes wrong by itself; delays stay as they are.
void calm_down(Profile& profile);

}  // namespace partyline::sim
