#include "endpoint_host.h"

#include <functional>
#include <string>
#include <utility>
#include <variant>

#include "describe.h"
#include "relays.h"
#include "token_gate.h"

namespace partyline::sim {

namespace {

// One input answers a whole channel at most, with a few messages to each.
constexpr int kOutputsPerStepMax = 2'000;

constexpr const char* kKey = "pk_sim";
constexpr const char* kApplication = "app";

std::vector<KeyOptions> keys() {
  KeyOptions key;
  key.id = kKey;
  KeyOptions application;
  application.id = kApplication;
  application.needs_token = true;
  return {key, application};
}

}  // namespace

EndpointHost::EndpointHost(Context& context, HubOptions options, std::string name, bool running)
    : context_(context),
      name_(std::move(name)),
      options_(std::move(options)),
      wakeup_(context, name_, [this] { step(hub_input::Wakeup{}); }) {
  if (running) start();
}

void EndpointHost::start() {
  draining_ = false;
  ++lives_;
  hub_ = std::make_unique<Hub>(
      options_, keys(),
      HubRun{static_cast<std::uint32_t>(context_.random.next()), 0,
             [](std::string_view text) {
               // As good as a signature among those who do not forge.
               return std::to_string(std::hash<std::string_view>{}(text));
             },
             relay_credential,
             [](std::string_view token) { return read_token(token, kApplication); }});
}

// ---- of the network ----

void EndpointHost::accept(Wire& wire) {
  hub_input::SocketOpened input;
  input.socket = SocketId{++sockets_};
  input.address = wire.port->address;
  input.origin = wire.port->origin;
  input.entropy[0] = context_.random.next();
  input.entropy[1] = context_.random.next();
  wire.endpoint_id = input.socket;
  wire.endpoint_open = true;
  wires_[input.socket] = &wire;
  step(input);
}

void EndpointHost::receive(Wire& wire, std::string text) {
  Admission admission = context_.profile.hub_tokens
                            ? Admission{std::move(text), 0}
                            : judge_token(context_.scheduler.now(), std::move(text), kKey);
  if (admission.code != 0) {
    context_.trace(name_, "a token is refused: " + std::to_string(admission.code));
    if (wire.endpoint_closing) return;
    network_->close_down(wire, admission.code, "the token is not good");
    // The hub did not order that, and must not go on believing that the socket is open.
    wire.endpoint_done = true;
    return closed(wire, admission.code);
  }
  if (!wire.endpoint_closing) network_->watch.hub_hears(wire, admission.text);
  step(hub_input::FrameReceived{wire.endpoint_id, std::move(admission.text)});
}

void EndpointHost::closed(Wire& wire, std::uint16_t code) {
  wires_.erase(wire.endpoint_id);
  relays_until_.erase(wire.endpoint_id);
  step(hub_input::SocketClosed{wire.endpoint_id, code});
}

void EndpointHost::queue_full(const Wire& wire) {
  step(hub_input::SendQueueFull{wire.endpoint_id});
}

// ---- faults ----

void EndpointHost::crash(DurationMs down) {
  if (!hub_) return;
  stop();
  start_after(down);
}

void EndpointHost::stop() {
  // Whatever was to start it is over, too.
  ++lives_;
  if (!hub_) return;
  context_.trace(name_, "CRASH");
  network_->endpoint_died(*this);
  wires_.clear();
  wakeup_.stop();
  hub_.reset();
}

void EndpointHost::start_after(DurationMs delay) {
  context_.trace(name_, "STARTS in " + std::to_string(delay.value) + " ms");
  context_.scheduler.after(delay, [this, life = lives_] {
    if (life == lives_ && !hub_) start();
  });
}

void EndpointHost::drain(DurationMs down) {
  if (!hub_ || draining_) return;
  context_.trace(name_, "DRAIN");
  draining_ = true;
  step(hub_input::Drain{});
  // The process ends when its sockets are closed, or when its time is up.
  context_.scheduler.after(DurationMs{3'000}, [this, down, life = lives_] {
    if (life == lives_) crash(down);
  });
}

// ---- steps ----

void EndpointHost::step(const HubInput& input) {
  if (!hub_ || !context_.violation.empty()) return;
  if (context_.transcript.on()) context_.trace(name_, describe(input));
  hub_->handle(context_.scheduler.now(), input);
  int outputs = 0;
  while (auto output = hub_->poll()) {
    if (context_.transcript.on()) context_.trace(name_, describe(*output));
    execute(*output);
    if (++outputs > kOutputsPerStepMax) context_.violate(name_, "too many outputs in one step");
    if (!context_.violation.empty()) return;
  }
  wakeup_.set(hub_->next_wakeup());
  check_relays();
}

void EndpointHost::note_relays(SocketId socket, std::string_view frame) {
  if (options_.relays.empty()) return;
  const bool is_welcome = frame.find(R"("type":"welcome")") != std::string_view::npos;
  if (!is_welcome && frame.find(R"("type":"ice-servers")") == std::string_view::npos) return;
  const std::optional<TimeMs> until = good_until(frame);
  if (!until) return context_.violate(name_, "relays without credentials");
  relays_until_[socket] = *until;
}

// Whoever is there has credentials that are good.
void EndpointHost::check_relays() {
  for (const auto& [socket, until] : relays_until_) {
    const auto it = wires_.find(socket);
    if (it == wires_.end() || it->second->endpoint_closing) continue;
    if (until > context_.scheduler.now()) continue;
    context_.violate(name_, "credentials for relays ended while their socket was there");
  }
}

Wire* EndpointHost::wire_of(SocketId socket, std::string_view order) {
  const auto it = wires_.find(socket);
  if (it != wires_.end() && !it->second->endpoint_closing) return it->second;
  context_.violate(
      name_, std::string(order) + " on unknown or closed socket " + std::to_string(socket.value));
  return nullptr;
}

void EndpointHost::execute(const HubOutput& output) {
  if (const auto* send = std::get_if<hub_output::SendFrame>(&output)) {
    note_relays(send->socket, *send->text);
    if (Wire* wire = wire_of(send->socket, "send")) network_->send_down(*wire, send->text);
  } else if (const auto* close = std::get_if<hub_output::CloseSocket>(&output)) {
    if (close->reason.size() > 123) context_.violate(name_, "close reason too long");
    if (Wire* wire = wire_of(close->socket, "close")) {
      network_->close_down(*wire, close->code, close->reason);
    }
  } else if (const auto* paused = std::get_if<hub_output::PauseReading>(&output)) {
    if (Wire* wire = wire_of(paused->socket, "pause")) network_->pause(*wire, true);
  } else if (const auto* resumed = std::get_if<hub_output::ResumeReading>(&output)) {
    if (Wire* wire = wire_of(resumed->socket, "resume")) network_->pause(*wire, false);
  }
}

}  // namespace partyline::sim
