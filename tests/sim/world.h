// A simulated world: clients, an endpoint, and everything between them, from one seed.
//
//   World w{seed};
//   ClientHost& ann = w.client("ann");
//   const ChannelId room = ann.join("room");
//   w.run_for(2'000);
//   w.cut(ann);
//   w.converge();
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client_host.h"
#include "context.h"
#include "endpoint_host.h"
#include "ice_network.h"
#include "signalling_network.h"

namespace partyline::sim {

class World {
 public:
  // Within this virtual time after the last fault everything must be as the applications want it.
  // The longest chain of waits: a path that failed unseen (15 s), the rebuild delay at its cap
  // (15 s), and a set-up whose far end has to give up first (16 s), with some seconds between them.
  // Messages that wait take their time beyond it.
  static constexpr std::int64_t kConvergenceMs = 60'000;

  explicit World(std::uint64_t seed, Profile profile = calm_profile());

  // `handed_over`: what the page before it in its tab left.
  ClientHost& client(std::string name, std::string handed_over = "");

  // ---- time ----
  void run_for(std::int64_t ms);
  // False when it did not come true in time, or a rule was broken.
  bool run_until(const std::function<bool()>& condition, std::int64_t cap_ms);
  // Faults off; then everything must come to be as it should. False where it does not, and then
  // violation() says what was missing.
  bool converge(std::int64_t cap_ms = kConvergenceMs);
  // Every client closes, and nothing may remain.
  bool finish();

  // ---- faults ----
  void cut(ClientHost& client) { network.cut(client.port(), true, true); }
  // The endpoint that runs is gone for good, and after `gap` the other one runs.
  void fail_over(DurationMs gap);
  void heal();

  // ---- observed ----
  // The endpoint that runs, or is about to.
  [[nodiscard]] EndpointHost& active() { return standing_by_ ? endpoint : standby; }
  [[nodiscard]] std::size_t memberships() const {
    return endpoint.counts().memberships + standby.counts().memberships;
  }
  [[nodiscard]] TimeMs now() const { return context.scheduler.now(); }
  [[nodiscard]] const std::string& violation() const { return context.violation; }
  [[nodiscard]] bool ok() const { return context.violation.empty(); }
  // The transcript's end, for a failing test.
  [[nodiscard]] std::string tail(std::size_t lines = 60) const;
  // How long the last converge() took.
  [[nodiscard]] DurationMs converged_after() const { return converged_after_; }

  Context context;
  IceNetwork ice;
  EndpointHost endpoint;
  // Knows the same secret and nothing else of the first.
  EndpointHost standby;
  SignallingNetwork network;
  std::vector<std::unique_ptr<ClientHost>> clients;

 private:
  bool step(TimeMs limit);
  // How long what waits to be sent needs at most, once it can be sent.
  [[nodiscard]] std::int64_t queue_ms() const;
  // Nothing happens for a while, and nothing should.
  void rest();
  void check_empty(const EndpointHost& host);

  bool standing_by_ = true;

  DurationMs converged_after_{0};
  bool healed_ = false;
};

}  // namespace partyline::sim
