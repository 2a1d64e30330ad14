// The endpoint: a hub that lives in a process which can die and come back with an empty memory.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "context.h"
#include "partyline/hub.h"
#include "signalling_network.h"
#include "wakeup.h"

namespace partyline::sim {

class EndpointHost {
 public:
  // One that is not `running` is another machine, which stands by.
  EndpointHost(Context& context, HubOptions options, std::string name, bool running);
  // Sockets need a network, which needs an endpoint.
  void connect(SignallingNetwork& network) { network_ = &network; }

  // ---- of the network ----
  void accept(Wire& wire);
  void receive(Wire& wire, std::string text);
  void closed(Wire& wire, std::uint16_t code);
  void queue_full(const Wire& wire);

  // ---- faults ----
  // Killed: memory and sockets are gone, and for `down` nobody listens.
  void crash(DurationMs down);
  // Killed, and not started again.
  void stop();
  // Where nothing runs yet, it does after `delay`.
  void start_after(DurationMs delay);
  // Shut down gracefully, and replaced by a new process after `down`.
  void drain(DurationMs down);

  // ---- observed ----
  [[nodiscard]] bool listening() const { return hub_ != nullptr; }
  [[nodiscard]] HubCounts counts() const { return hub_ ? hub_->counts() : HubCounts{}; }
  [[nodiscard]] std::optional<TimeMs> next_wakeup() const {
    return hub_ ? hub_->next_wakeup() : std::nullopt;
  }
  [[nodiscard]] const HubOptions& options() const { return options_; }

 private:
  void start();
  void step(const HubInput& input);
  void execute(const HubOutput& output);
  void note_relays(SocketId socket, std::string_view frame);
  void check_relays();
  Wire* wire_of(SocketId socket, std::string_view order);

  Context& context_;
  std::string name_;
  HubOptions options_;
  SignallingNetwork* network_ = nullptr;
  std::unique_ptr<Hub> hub_;
  std::map<SocketId, Wire*> wires_;
  // The credentials that each socket was sent last.
  std::map<SocketId, TimeMs> relays_until_;
  WakeupTimer wakeup_;
  std::uint64_t sockets_ = 0;
  std::uint64_t lives_ = 0;
  bool draining_ = false;
};

}  // namespace partyline::sim
