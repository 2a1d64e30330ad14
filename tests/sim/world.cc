#include "world.h"

#include <algorithm>
#include <utility>

#include "convergence.h"
#include "relays.h"

namespace partyline::sim {

namespace {

// More events than this at one moment are an endless loop.
constexpr std::uint64_t kStepsAtOnceMax = 20'000;
// How often a condition is looked at. It costs more than a step.
constexpr std::int64_t kLookMs = 250;
// Long enough for every acknowledgement.
constexpr std::int64_t kRestMs = 9'000;
// Of one client meanwhile. What is left of the end of the faults may need some.
constexpr std::uint64_t kRestWakeupsMax = 60;

HubOptions options(const Profile& profile) {
  HubOptions options;
  if (profile.relay_lifetime_ms != 0) options.relays = relays_of({profile.relay_lifetime_ms});
  return options;
}

}  // namespace

World::World(std::uint64_t seed, Profile profile)
    : context(seed, profile),
      ice(context),
      endpoint(context, options(profile), "endpoint", true),
      standby(context, options(profile), "standby", false),
      network(context) {
  endpoint.connect(network);
  standby.connect(network);
  network.serve(kEndpointUrl, endpoint);
  network.serve(kStandbyUrl, standby);
}

void World::fail_over(DurationMs gap) {
  context.trace("world", "FAULT the other endpoint takes over");
  active().stop();
  standing_by_ = !standing_by_;
  active().start_after(gap);
}

ClientHost& World::client(std::string name, std::string handed_over) {
  const int number = static_cast<int>(clients.size());
  clients.push_back(std::make_unique<ClientHost>(context, ice, network, std::move(name), number,
                                                 std::move(handed_over)));
  return *clients.back();
}

bool World::step(TimeMs limit) {
  if (!ok() || !context.scheduler.step(limit)) return false;
  if (context.scheduler.steps_at_this_time() > kStepsAtOnceMax) {
    context.violate("world", "endless events without time passing");
  }
  return ok();
}

void World::run_for(std::int64_t ms) {
  const TimeMs end = now() + DurationMs{ms};
  while (step(end)) {
  }
  if (ok()) context.scheduler.advance_to(end);
}

bool World::run_until(const std::function<bool()>& condition, std::int64_t cap_ms) {
  const TimeMs end = now() + DurationMs{cap_ms};
  while (ok()) {
    if (condition()) return true;
    if (now() >= end) return false;
    run_for(std::min(kLookMs, (end - now()).value));
  }
  return false;
}

void World::heal() {
  calm_down(context.profile);
  context.trace("world", "HEALED");
  healed_ = true;
  network.heal();
  ice.unblock_all();
  for (const auto& client : clients) {
    client->port().refused_until = TimeMs{-1};
    client->port().swallowed_until = TimeMs{-1};
    client->thaw();
    client->set_timer_grain(DurationMs{0});
    client->go_online();
  }
}

// Messages leave a window at a time, each of which takes as long as its answers.
std::int64_t World::queue_ms() const {
  static const CompanionOptions options;
  std::size_t most = 0;
  for (const auto& client : clients) {
    most = std::max(most, client->application().pending_calls());
  }
  return static_cast<std::int64_t>(most / options.messages_in_flight_max) * 2 *
         context.profile.frame_delay.most;
}

bool World::converge(std::int64_t cap_ms) {
  heal();
  cap_ms += queue_ms();
  const TimeMs start = now();
  std::string missing;
  const bool done = run_until(
      [&] {
        missing = what_is_missing(*this);
        return missing.empty();
      },
      cap_ms);
  converged_after_ = now() - start;
  if (!done && ok()) {
    context.violate("world", "not converged after " + std::to_string(cap_ms) + " ms: " + missing);
  }
  return done;
}

bool World::finish() {
  if (healed_) rest();
  for (const auto& client : clients) {
    if (ok() && !client->application().closed()) client->close();
  }
  // Whoever could not say goodbye is held for its time.
  run_for(20'000 + endpoint.options().hold_ms.value);
  for (const auto& client : clients) {
    if (client->application().pending_calls() != 0) {
      context.violate(client->name(), "a call was never answered");
    }
  }
  check_empty(endpoint);
  check_empty(standby);
  return ok();
}

void World::rest() {
  std::vector<std::uint64_t> before;
  for (const auto& client : clients) before.push_back(client->wakeups());
  run_for(kRestMs);
  for (std::size_t i = 0; ok() && i < before.size(); ++i) {
    if (clients[i]->wakeups() - before[i] > kRestWakeupsMax) {
      context.violate(clients[i]->name(), "timers run though nothing happens");
    }
  }
  if (ok()) network.watch.check_rest();
}

void World::check_empty(const EndpointHost& host) {
  const HubCounts counts = host.counts();
  if (counts.connections + counts.peers + counts.channels + counts.memberships != 0) {
    context.violate("endpoint", "something is left when everybody is gone");
  }
  if (host.next_wakeup()) context.violate("endpoint", "a timer runs for nobody");
}

std::string World::tail(std::size_t lines) const {
  const auto& all = context.transcript.lines();
  std::string text;
  for (std::size_t i = all.size() - std::min(lines, all.size()); i < all.size(); ++i) {
    text += all[i] + "\n";
  }
  return text;
}

}  // namespace partyline::sim
