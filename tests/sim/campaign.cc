#include "campaign.h"

#include <utility>

#include "chaos.h"
#include "world.h"

namespace partyline::sim {

Outcome run_seed(std::uint64_t seed, const CampaignOptions& options) {
  // The profile has a generator of its own, so that overriding a part of it changes no other draw.
  Random profile_random(seed ^ 0x5EED5EED5EED5EEDULL);
  Profile profile = draw_profile(profile_random);
  // Parts of the worlds, in none of which a seed had failed before there was more to draw.
  if (seed % 4 == 3 || seed % 16 == 5) draw_newer(profile, profile_random);
  if (seed % 16 >= 4 && seed % 16 <= 6) draw_pages(profile, profile_random);
  if (seed % 16 == 0 || seed % 16 == 5) draw_relays(profile, profile_random);
  if (const auto part = seed % 32; part == 7 || part == 8 || part == 27 || part == 30) {
    draw_hub_tokens(profile, profile_random);
  }
  if (options.clients) profile.clients = *options.clients;
  if (options.chaos_ms) profile.chaos_ms = *options.chaos_ms;

  World world(seed, profile);
  world.context.transcript.keep(options.verbose);
  if (options.quick && !options.verbose) world.context.transcript.turn_off();
  Chaos chaos(world);
  chaos.run();
  if (world.ok()) world.converge();
  Outcome outcome;
  outcome.converged_after = world.converged_after();
  if (world.ok()) world.finish();
  outcome.seed = seed;
  outcome.violation = world.violation();
  outcome.transcript_hash = world.context.transcript.hash();
  outcome.steps = world.context.scheduler.steps();
  outcome.ended = world.now();
  outcome.transcript = world.context.transcript.lines();
  return outcome;
}

std::string replay_command(std::uint64_t seed, const CampaignOptions& options) {
  std::string command = "npm run sim -- --seed " + std::to_string(seed);
  if (options.clients) command += " --clients " + std::to_string(*options.clients);
  if (options.chaos_ms) {
    command += " --virtual-seconds " + std::to_string(*options.chaos_ms / 1'000);
  }
  return command + " --verbose";
}

}  // namespace partyline::sim
