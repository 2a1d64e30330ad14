#include "signalling_network.h"

#include <algorithm>
#include <utility>

#include "endpoint_host.h"
#include "partyline/limits.h"

namespace partyline::sim {

namespace {

// What one direction may hold back while reading is paused: a receive buffer and what the kernel
// keeps. A client that has more waiting than this was not slowed down by its core's own limits.
constexpr std::size_t kHeldBytesMax = 8 * 1024 * 1024;

}  // namespace

bool is_living(const Wire& wire) {
  return wire.client_open && !wire.client_done && wire.endpoint_open && !wire.endpoint_closing &&
         !wire.endpoint_done && !wire.dead;
}

// ---- the client's orders ----

void SignallingNetwork::open(Port& port, SocketId socket, const std::string& url) {
  if (by_client_.contains({&port, socket})) {
    return context_.violate(port.who, "socket id used twice");
  }
  wires_.push_back(std::make_unique<Wire>());
  Wire& wire = *wires_.back();
  wire.port = &port;
  wire.endpoint = endpoints_.at(url);
  wire.client_id = socket;
  by_client_[{&port, socket}] = &wire;
  const TimeMs now = context_.scheduler.now();
  if (port.online && now < port.swallowed_until) {
    wire.dead = true;
    return;
  }
  const DurationMs delay =
      port.online ? context_.random.within(context_.profile.open_delay) : DurationMs{1};
  context_.scheduler.after(delay, [this, &wire] {
    if (!wire.client_done && !wire.dead) arrive(wire);
  });
}

void SignallingNetwork::arrive(Wire& wire) {
  Port& port = *wire.port;
  const bool refused = context_.scheduler.now() < port.refused_until;
  if (!port.online || refused || !wire.endpoint->listening()) {
    wire.dead = true;
    return tell_client(wire, {0}, 1006, "");
  }
  wire.down_clear = context_.scheduler.now() + context_.random.within(context_.profile.frame_delay);
  wire.up_clear = context_.scheduler.now();
  context_.scheduler.at(wire.down_clear, [&wire] {
    if (wire.client_done || wire.dead) return;
    wire.client_open = true;
    wire.port->deliver(input::SocketOpened{wire.client_id});
  });
  wire.endpoint->accept(wire);
}

void SignallingNetwork::send(Port& port, SocketId socket, const std::string& text) {
  Wire* wire = find(port, socket);
  if (wire != nullptr) watch.client_says(*wire, text);
  // A page may not know yet that its socket is closed; what it sends then is lost.
  if (wire == nullptr || wire->client_done) return;
  if (text.size() > limits::kFrameBytesMax) {
    return context_.violate(port.who, "frame of " + std::to_string(text.size()) + " bytes");
  }
  if (wire->dead) {
    // Answered by a reset, once packets pass again.
    if (healed_) tell_client(*wire, notice(), 1006, "");
    return;
  }
  const TimeMs arrival =
      std::max(wire->up_clear,
               context_.scheduler.now() + context_.random.within(context_.profile.frame_delay));
  wire->up_clear = arrival;
  context_.scheduler.at(arrival, [this, wire, text] { deliver_up(*wire, text); });
}

void SignallingNetwork::deliver_up(Wire& wire, std::string text) {
  if (wire.late && context_.scheduler.now() < wire.late_until) {
    // Held up somewhere on the way; in order, as everything on a socket.
    context_.scheduler.at(wire.late_until,
                          [this, &wire, text = std::move(text)] { deliver_up(wire, text); });
    return;
  }
  if ((wire.dead && !wire.late) || !wire.endpoint_open || wire.endpoint_done) return;
  if (!wire.paused && wire.held.empty()) return wire.endpoint->receive(wire, std::move(text));
  wire.held_bytes += text.size();
  wire.held.push_back(std::move(text));
  if (wire.held_bytes > kHeldBytesMax) {
    context_.violate(wire.port->who, "more frames wait to be read than any limit allows");
  }
}

void SignallingNetwork::close(Port& port, SocketId socket, std::uint16_t code) {
  Wire* wire = find(port, socket);
  if (wire == nullptr || std::exchange(wire->client_done, true) || wire->dead) return;
  const TimeMs arrival =
      std::max(wire->up_clear,
               context_.scheduler.now() + context_.random.within(context_.profile.frame_delay));
  tell_endpoint(*wire, arrival - context_.scheduler.now(), code);
}

// ---- the endpoint's orders ----

void SignallingNetwork::send_down(Wire& wire, std::shared_ptr<const std::string> text) {
  watch.hub_says(wire, *text);
  if (wire.dead || wire.client_done) return;
  std::string& loss = wire.port->lose_next;
  if (!loss.empty() && text->find(loss) != std::string::npos) {
    context_.trace(wire.port->who, "FAULT a frame is lost");
    loss.clear();
    return;
  }
  const TimeMs arrival =
      std::max(wire.down_clear,
               context_.scheduler.now() + context_.random.within(context_.profile.frame_delay));
  wire.down_clear = arrival;
  context_.scheduler.at(arrival, [&wire, text = std::move(text)] {
    // A host may still have taken a frame from a socket that its core has given up.
    if ((wire.dead && !wire.late) || (wire.client_done && !wire.late)) return;
    wire.port->deliver(input::FrameReceived{wire.client_id, *text});
  });
}

void SignallingNetwork::close_down(Wire& wire, std::uint16_t code, const std::string& reason) {
  wire.endpoint_closing = true;
  const TimeMs arrival = std::max(wire.down_clear, context_.scheduler.now() + notice());
  if (!wire.dead) tell_client(wire, arrival - context_.scheduler.now(), code, reason);
  tell_endpoint(wire, arrival - context_.scheduler.now() + notice());
}

void SignallingNetwork::pause(Wire& wire, bool paused) {
  wire.paused = paused;
  if (paused) return;
  context_.scheduler.after({0}, [this, &wire] {
    // Handling one may pause it again.
    while (!wire.paused && !wire.held.empty() && !wire.dead && !wire.endpoint_done) {
      std::string text = std::move(wire.held.front());
      wire.held.pop_front();
      wire.held_bytes -= text.size();
      wire.endpoint->receive(wire, std::move(text));
    }
  });
}

// ---- faults ----

void SignallingNetwork::tell_client(Wire& wire, DurationMs delay, std::uint16_t code,
                                    const std::string& reason) {
  context_.scheduler.after(delay, [&wire, code, reason] {
    if (std::exchange(wire.client_done, true)) return;
    wire.port->deliver(input::SocketClosed{wire.client_id, code, reason});
  });
}

void SignallingNetwork::tell_endpoint(Wire& wire, DurationMs delay, std::uint16_t code) {
  context_.scheduler.after(delay, [this, &wire, code] {
    if (!wire.endpoint_open || std::exchange(wire.endpoint_done, true)) return;
    wire.endpoint->closed(wire, code);
  });
}

void SignallingNetwork::cut(const Port& port, bool client_notices, bool endpoint_notices) {
  for (const auto& wire : wires_) {
    if (wire->port != &port || wire->dead || wire->client_done) continue;
    wire->dead = true;
    if (client_notices) tell_client(*wire, notice(), 1006, "");
    if (endpoint_notices || healed_) tell_endpoint(*wire, notice());
  }
}

void SignallingNetwork::strand(const Port& port, DurationMs delay) {
  for (const auto& wire : wires_) {
    if (wire->port != &port || wire->dead || wire->client_done || !wire->client_open) continue;
    wire->dead = wire->late = true;
    // Later than all that is under way, which keeps its order.
    wire->late_until = std::max(context_.scheduler.now(), wire->up_clear) + delay + DurationMs{1};
    tell_client(*wire, notice(), 1006, "");
    tell_endpoint(*wire, wire->late_until - context_.scheduler.now() + notice());
  }
}

void SignallingNetwork::endpoint_died(const EndpointHost& endpoint) {
  for (const auto& wire : wires_) {
    // One that is being opened meets whoever listens when it arrives.
    if (wire->endpoint != &endpoint || !wire->endpoint_open) continue;
    if (std::exchange(wire->endpoint_done, true) || wire->dead) continue;
    wire->dead = true;
    tell_client(*wire, notice(), 1006, "");
  }
}

void SignallingNetwork::heal() {
  healed_ = true;
  for (const auto& wire : wires_) {
    if (!wire->dead) continue;
    // The kernel of the endpoint asks a peer that says nothing (TCP keep-alive).
    tell_endpoint(*wire, notice());
    // A socket that never opened is the core's to give up.
  }
}

// ---- observed ----

Wire* SignallingNetwork::find(const Port& port, SocketId socket) {
  const auto it = by_client_.find({&port, socket});
  return it == by_client_.end() ? nullptr : it->second;
}

Wire* SignallingNetwork::living(const Port& port) {
  Wire* newest = nullptr;
  for (const auto& wire : wires_) {
    if (wire->port == &port && is_living(*wire)) newest = wire.get();
  }
  return newest;
}

}  // namespace partyline::sim
