// Runs the world of a seed from its chaos to its end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "partyline/time.h"

namespace partyline::sim {

struct CampaignOptions {
  // Keeps the transcript as text.
  bool verbose = false;
  // Compares no two runs: there is no hash, and worlds are quicker.
  bool quick = false;
  // Instead of what the seed draws.
  std::optional<int> clients;
  std::optional<std::int64_t> chaos_ms;
};

struct Outcome {
  std::uint64_t seed = 0;
  // Empty where everything held.
  std::string violation;
  std::uint64_t transcript_hash = 0;
  std::uint64_t steps = 0;
  TimeMs ended;
  DurationMs converged_after;
  std::vector<std::string> transcript;

  [[nodiscard]] bool ok() const { return violation.empty(); }
};

[[nodiscard]] Outcome run_seed(std::uint64_t seed, const CampaignOptions& options = {});

// The command that replays it.
[[nodiscard]] std::string replay_command(std::uint64_t seed, const CampaignOptions& options = {});

}  // namespace partyline::sim
