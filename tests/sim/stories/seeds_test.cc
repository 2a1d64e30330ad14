// A slice of the seeds, those that once failed, and that a seed is a whole story.
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "campaign.h"

namespace partyline::sim {

namespace {

// PARTYLINE_SIM_SEEDS runs more, or fewer where everything is slow.
std::uint64_t slice() {
  const char* text = std::getenv("PARTYLINE_SIM_SEEDS");
  return text == nullptr ? 2'000 : std::strtoull(text, nullptr, 10);
}

void require(const Outcome& outcome) {
  INFO("seed " << outcome.seed << " at " << outcome.ended.value << " ms: " << outcome.violation);
  INFO("replay: " << replay_command(outcome.seed));
  REQUIRE(outcome.ok());
}

}  // namespace

TEST_CASE("seeds that once failed", "[seeds]") {
  std::ifstream file(PARTYLINE_SIM_SEEDS_FILE);
  REQUIRE(file.good());
  int count = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::uint64_t seed = 0;
    std::istringstream(line) >> seed;
    REQUIRE(seed != 0);
    require(run_seed(seed));
    ++count;
  }
  CHECK(count > 0);
}

TEST_CASE("a slice of the seeds", "[seeds]") {
  for (std::uint64_t seed = 1; seed <= slice(); ++seed) require(run_seed(seed));
}

TEST_CASE("a seed is the same story every time", "[seeds]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Outcome first = run_seed(seed);
    const Outcome second = run_seed(seed);
    CHECK(first.steps == second.steps);
    CHECK(first.transcript_hash == second.transcript_hash);
    // Keeping the text changes nothing.
    CampaignOptions verbose;
    verbose.verbose = true;
    CHECK(run_seed(seed, verbose).transcript_hash == first.transcript_hash);
  }
}

TEST_CASE("another seed is another story", "[seeds]") {
  CHECK(run_seed(1).transcript_hash != run_seed(2).transcript_hash);
}

}  // namespace partyline::sim
