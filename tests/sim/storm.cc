#include "storm.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "partyline/client.h"
#include "partyline/hub.h"
#include "random.h"
#include "scheduler.h"

namespace partyline::sim {
namespace {

constexpr DurationMs kMinute{60'000};

// The first thousand meet in pairs, so that somebody would see them leave.
std::size_t room_of(std::size_t client) { return client < 1'000 ? client / 2 : client; }

struct Member {
  std::unique_ptr<Client> client;
  SocketId socket;      // of the client's
  SocketId hub_socket;  // the same at the hub; 0 while there is none
  PeerId id;
  PeerId id_before;
  bool welcomed = false;
  bool left_seen = false;
  TimeMs wakeup;
};

class Storm {
 public:
  explicit Storm(const StormOptions& options) : options_(options), random_(options.seed) {
    start_hub();
    members_.resize(options.clients);
    for (std::size_t i = 0; i < members_.size(); ++i) {
      ClientOptions client;
      client.endpoints = {"wss://party.example"};
      client.key = "pk_sim";
      members_[i].client = std::make_unique<Client>(client, random_.next());
      scheduler_.after(DurationMs{random_.between(0, 20'000)}, [this, i] {
        tell(i, input::Join{CallId{1}, ChannelId{1},
                            ChannelName{"room-" + std::to_string(room_of(i))}, JsonText{}});
      });
    }
  }

  StormOutcome run() {
    pass(kMinute);
    for (Member& member : members_) member.id_before = member.id;
    lose();
    const TimeMs lost = scheduler_.now();
    scheduler_.after(options_.down, [this] { start_hub(); });
    returned_ = lost + options_.down;
    pass(DurationMs{5 * kMinute.value});
    return outcome();
  }

 private:
  [[nodiscard]] DurationMs way() { return DurationMs{random_.between(5, 60)}; }

  void pass(DurationMs span) {
    const TimeMs end = scheduler_.now() + span;
    while (scheduler_.step(end)) {
    }
    scheduler_.advance_to(end);
  }

  // ---- the endpoint ----

  void start_hub() {
    HubOptions options;
    options.connections_max = options_.clients;
    options.connections_per_address_max = options_.clients;
    options.channels_max = options_.clients;
    KeyOptions key;
    key.id = "pk_sim";
    hub_ = std::make_unique<Hub>(
        options, std::vector<KeyOptions>{key},
        HubRun{static_cast<std::uint32_t>(random_.next()), 0, [](std::string_view text) {
                 return std::to_string(std::hash<std::string_view>{}(text));
               }});
    hub_wakeup_ = TimeMs{-1};
  }

  void lose() {
    hub_.reset();
    for (std::size_t i = 0; i < members_.size(); ++i) {
      members_[i].hub_socket = {};
      members_[i].welcomed = false;
      scheduler_.after(way(), [this, i, socket = members_[i].socket] {
        tell(i, input::SocketClosed{socket, 1006, ""});
      });
    }
    by_socket_.clear();
    losing_ = true;
  }

  void tell_hub(const HubInput& input) {
    if (!hub_) return;
    hub_->handle(scheduler_.now(), input);
    while (auto output = hub_->poll()) {
      const auto* frame = std::get_if<hub_output::SendFrame>(&*output);
      if (frame == nullptr) continue;
      const auto member = by_socket_.find(frame->socket.value);
      if (member == by_socket_.end()) continue;
      scheduler_.after(
          way_in_order(member->second),
          [this, i = member->second, socket = members_[member->second].socket, text = frame->text] {
            tell(i, input::FrameReceived{socket, *text});
          });
    }
    const std::optional<TimeMs> next = hub_->next_wakeup();
    if (!next || *next == hub_wakeup_) return;
    hub_wakeup_ = *next;
    scheduler_.at(*next, [this, hub = hub_.get(), time = *next] {
      if (hub_.get() == hub && hub_wakeup_ == time) tell_hub(hub_input::Wakeup{});
    });
  }

  // One delay for each client, so that frames keep their order.
  [[nodiscard]] DurationMs way_in_order(std::size_t i) const {
    return DurationMs{5 + static_cast<std::int64_t>(i % 56)};
  }

  // ---- the clients ----

  void tell(std::size_t i, ClientInput input) {
    Member& member = members_[i];
    member.client->handle(scheduler_.now(), input);
    while (auto output = member.client->poll()) {
      std::visit([&](const auto& order) { execute(i, order); }, *output);
    }
    const std::optional<TimeMs> next = member.client->next_wakeup();
    if (!next || *next == member.wakeup) return;
    member.wakeup = *next;
    scheduler_.at(*next, [this, i, time = *next] {
      if (members_[i].wakeup == time) tell(i, input::Wakeup{});
    });
  }

  void execute(std::size_t i, const output::OpenSocket& order) {
    members_[i].socket = order.socket;
    if (losing_) attempts_.push_back(scheduler_.now());
    scheduler_.after(way(), [this, i, socket = order.socket] {
      if (members_[i].socket != socket) return;
      if (!hub_) {
        tell(i, input::SocketClosed{socket, 1006, ""});
        return;
      }
      members_[i].hub_socket = SocketId{++sockets_};
      by_socket_[sockets_] = i;
      hub_input::SocketOpened opened{members_[i].hub_socket, "10.0.0.1", "", {}};
      opened.entropy[0] = random_.next();
      opened.entropy[1] = random_.next();
      tell_hub(opened);
      tell(i, input::SocketOpened{socket});
    });
  }
  void execute(std::size_t i, const output::SendFrame& order) {
    scheduler_.after(way_in_order(i), [this, socket = members_[i].hub_socket, text = order.text] {
      if (socket != SocketId{}) tell_hub(hub_input::FrameReceived{socket, text});
    });
  }
  void execute(std::size_t i, const output::Identified& told) { members_[i].id = told.peer; }
  void execute(std::size_t i, const output::ChannelStateChanged& change) {
    if (change.to != ChannelState::kJoined) return;
    members_[i].welcomed = true;
    if (losing_) back_.push_back(scheduler_.now());
  }
  void execute(std::size_t i, const output::PeerLeft&) { members_[i].left_seen = true; }
  // There is no browser: whatever is ordered of it never ends.
  template <class Order>
  void execute(std::size_t, const Order&) {}

  // ---- what came of it ----

  [[nodiscard]] std::size_t most_within(DurationMs span) const {
    std::size_t most = 0;
    std::size_t first = 0;
    for (std::size_t last = 0; last < attempts_.size(); ++last) {
      while (attempts_[last] - attempts_[first] >= span) ++first;
      most = std::max(most, last - first + 1);
    }
    return most;
  }

  [[nodiscard]] StormOutcome outcome() const {
    StormOutcome outcome;
    for (const Member& member : members_) {
      if (!member.welcomed) continue;
      ++outcome.back;
      if (member.id == member.id_before && !member.left_seen) ++outcome.same;
    }
    outcome.attempts = attempts_.size();
    outcome.peak_second = most_within(DurationMs{1'000});
    outcome.peak_tenth = most_within(DurationMs{100});
    if (!back_.empty()) {
      outcome.half = back_[back_.size() / 2] - returned_;
      outcome.last = back_.back() - returned_;
    }
    return outcome;
  }

  StormOptions options_;
  Random random_;
  Scheduler scheduler_;
  std::unique_ptr<Hub> hub_;
  TimeMs hub_wakeup_{-1};
  std::vector<Member> members_;
  std::unordered_map<std::uint64_t, std::size_t> by_socket_;
  std::uint64_t sockets_ = 0;
  bool losing_ = false;
  TimeMs returned_;
  std::vector<TimeMs> attempts_;
  std::vector<TimeMs> back_;
};

}  // namespace

StormOutcome run_storm(const StormOptions& options) { return Storm(options).run(); }

}  // namespace partyline::sim
