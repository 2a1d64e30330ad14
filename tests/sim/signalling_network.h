// The sockets between clients and the endpoint: TCP keeps order and loses nothing while a socket
// lives, but sockets open late or never, die seen by both ends, by one, or by none.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "context.h"
#include "partyline/client_input.h"
#include "partyline/client_output.h"
#include "session_watch.h"

namespace partyline::sim {

class EndpointHost;

// Where clients look for endpoints, in this order.
inline constexpr const char* kEndpointUrl = "wss://party.example/v1";
inline constexpr const char* kStandbyUrl = "wss://standby.example/v1";

// Who opens sockets: a client's host, or a stranger's program.
struct Port {
  std::string who;
  std::string address;
  std::string origin;
  std::function<void(ClientInput)> deliver;
  bool online = true;
  TimeMs refused_until{-1};
  TimeMs swallowed_until{-1};
  // The next frame to it that contains this is lost, as one that the hub drops; empty: none.
  std::string lose_next;
};

// One WebSocket.
struct Wire {
  Port* port = nullptr;
  EndpointHost* endpoint = nullptr;
  SocketId client_id;
  SocketId endpoint_id;
  bool client_open = false;
  bool client_done = false;    // closed by the client, or it was told so
  bool endpoint_open = false;  // the hub knows it
  bool endpoint_closing = false;
  bool endpoint_done = false;  // the hub was told that it is closed
  // No packet passes any more, whoever may know.
  bool dead = false;
  // But what was under way then arrives after all, at the endpoint not before that time.
  bool late = false;
  TimeMs late_until{0};
  TimeMs up_clear{0};
  TimeMs down_clear{0};
  bool paused = false;
  std::deque<std::string> held;
  std::size_t held_bytes = 0;
};

// Whether both ends have it and it works.
[[nodiscard]] bool is_living(const Wire& wire);

class SignallingNetwork {
 public:
  explicit SignallingNetwork(Context& context) : watch(context), context_(context) {}
  // Whom a URL leads to.
  void serve(const std::string& url, EndpointHost& endpoint) { endpoints_[url] = &endpoint; }

  // ---- the client's orders ----
  void open(Port& port, SocketId socket, const std::string& url = kEndpointUrl);
  void send(Port& port, SocketId socket, const std::string& text);
  void close(Port& port, SocketId socket, std::uint16_t code);

  // ---- the endpoint's orders ----
  void send_down(Wire& wire, std::shared_ptr<const std::string> text);
  void close_down(Wire& wire, std::uint16_t code, const std::string& reason);
  void pause(Wire& wire, bool paused);

  // ---- faults ----
  // The port's living sockets die; each end that notices does so after a while.
  void cut(const Port& port, bool client_notices, bool endpoint_notices);
  // As cut(), but what is under way arrives late: when there may be another socket already.
  void strand(const Port& port, DurationMs delay);
  // The process at the other end is gone: every socket with it.
  void endpoint_died(const EndpointHost& endpoint);
  // From now on whoever still holds a dead socket finds out.
  void heal();

  // ---- observed ----
  [[nodiscard]] Wire* find(const Port& port, SocketId socket);
  // The port's newest socket that both ends have and that works; nullptr without one.
  [[nodiscard]] Wire* living(const Port& port);

  SessionWatch watch;

 private:
  void arrive(Wire& wire);
  void deliver_up(Wire& wire, std::string text);
  void tell_client(Wire& wire, DurationMs delay, std::uint16_t code, const std::string& reason);
  void tell_endpoint(Wire& wire, DurationMs delay, std::uint16_t code = 1006);
  [[nodiscard]] DurationMs notice() {
    return context_.random.within(context_.profile.close_notice);
  }

  Context& context_;
  std::map<std::string, EndpointHost*> endpoints_;
  std::vector<std::unique_ptr<Wire>> wires_;
  std::map<std::pair<const Port*, SocketId>, Wire*> by_client_;
  bool healed_ = false;
};

}  // namespace partyline::sim
