// The companion: keeps what the client core says of its channels, and hands each input to the
// machine that it is about; then every channel settles.
#include "partyline/companion.h"

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

#include "companion/budget.h"
#include "companion/display.h"
#include "companion/environment.h"
#include "companion/members.h"
#include "companion/messages.h"
#include "partyline/protocol.h"
#include "protocol/error_names.h"

namespace partyline {

namespace companion {
namespace {

struct Channel {
  Channel(Environment& env, ChannelId id, const ChannelName& name) : messages(env, id, name) {}

  bool open = false;
  Members members;
  Messages messages;
};

}  // namespace
}  // namespace companion

class Companion::Impl {
 public:
  explicit Impl(CompanionOptions options) : env_(std::move(options)) {}

  void handle(TimeMs now, const CompanionInput& input) {
    env_.now = now;
    std::visit([this](const auto& concrete) { on(concrete); }, input);
    for (auto& [id, channel] : channels_) channel.messages.settle(channel.members, channel.open);
    settle_pictures();
  }

  std::optional<CompanionOutput> poll() { return env_.outputs.take(); }

  std::optional<TimeMs> next_wakeup() const { return displays_.next_wakeup(); }

 private:
  // ---- wishes ----

  void on(const input::SendMessage& wish) {
    companion::Channel* channel = find(wish.channel);
    if (channel == nullptr) {
      env_.emit(output::CallDone{wish.call, Error{ErrorCode::closed, "the channel was left"}});
      return;
    }
    // What is kept is counted over all of them.
    if (!companion::Messages::misuse(wish)) {
      for (auto& [id, each] : channels_) each.messages.make_room(wish.body.size());
    }
    channel->messages.send(wish);
  }

  // ---- channels ----

  void on(const output::ChannelRoute& route) {
    env_.number_above(route.numbers_above);
    companion::Channel& channel =
        channels_.try_emplace(route.channel, env_, route.channel, route.name).first->second;
    channel.open = route.open;
    for (auto& [id, member] : channel.members) {
      member.expected =
          std::find(route.expected.begin(), route.expected.end(), id) != route.expected.end();
    }
  }

  void on(const output::MembershipBegan& fact) {
    if (companion::Channel* channel = find(fact.channel)) channel->messages.on_membership(fact);
  }

  void on(const output::ChannelStateChanged& fact) {
    companion::Channel* channel = find(fact.channel);
    if (channel == nullptr || fact.to != ChannelState::kLeft) return;
    channel->messages.end(
        fact.code.empty()
            ? Error{ErrorCode::closed, "the channel was left before the message was sent"}
            : Error{error_from_name(fact.code).value_or(ErrorCode::internal), fact.reason});
    channels_.erase(fact.channel);
    displays_.channel_left(fact.channel);
    budget_.channel_left(fact.channel);
  }

  void on(const output::PeerJoined& fact) {
    companion::Channel* channel = find(fact.channel);
    if (channel != nullptr) channel->members[fact.member.peer] = {fact.member.incarnation, false};
  }

  void on(const output::PeerLeft& fact) {
    if (companion::Channel* channel = find(fact.channel)) channel->members.erase(fact.peer);
    displays_.peer_left(fact.channel, fact.peer);
    budget_.peer_left(fact.channel, fact.peer);
  }

  void on(const output::ChannelFrame& frame) {
    companion::Channel* channel = find(frame.channel);
    if (channel == nullptr) return;
    Result<MessageNews> parsed = parse_message_news(frame.text);
    if (!parsed) {
      env_.warn("a frame about messages was dropped: " + parsed.error().detail);
      return;
    }
    std::visit([&](const auto& news) { receive(*channel, news); }, parsed.value());
  }

  static void receive(companion::Channel& channel, const message::MessageFrom& message) {
    channel.messages.on_message(message, channel.members.contains(message.from));
  }
  static void receive(companion::Channel& channel, const message::Sent& sent) {
    channel.messages.on_sent(sent.request);
  }
  static void receive(companion::Channel& channel, const message::Delivered& delivered) {
    channel.messages.on_delivered(delivered);
  }
  static void receive(companion::Channel& channel, const message::Refused& refused) {
    channel.messages.on_refused(refused);
  }

  // ---- connections ----

  void on(const output::CreateConnection& fact) {
    connections_[fact.connection] = Connection{fact.channel, fact.peer, false};
  }
  void on(const output::CloseConnection& fact) {
    on(input::LaneClosed{fact.connection});
    connections_.erase(fact.connection);
    budget_.connection_closed(fact.connection);
  }
  void on(const input::ConnectionStateChanged&) {}

  // ---- pictures ----

  void on(const input::ShowView& wish) { displays_.show(env_.now, wish); }
  void on(const input::EndView& wish) { displays_.end(env_.now, wish); }
  void on(const input::SetPaused& wish) { displays_.set_paused(env_.now, wish); }

  void on(const input::LaneOpened& fact) {
    const auto found = connections_.find(fact.connection);
    if (found == connections_.end()) return;
    found->second.lane = true;
    displays_.lane_opened(env_.now, found->second.channel, found->second.peer);
  }
  void on(const input::LaneClosed& fact) {
    const auto found = connections_.find(fact.connection);
    if (found == connections_.end() || !found->second.lane) return;
    found->second.lane = false;
    if (lane_to(found->second.channel, found->second.peer) == nullptr) {
      displays_.lane_closed(found->second.channel, found->second.peer);
    }
  }
  void on(const input::LaneTextReceived& fact) {
    const auto found = connections_.find(fact.connection);
    if (found == connections_.end()) return;
    Result<std::vector<Display>> displays = parse_displays(fact.text);
    if (!displays) return env_.warn("a word of a peer was dropped: " + displays.error().detail);
    budget_.displayed(found->second.channel, found->second.peer, std::move(displays.value()));
    rebudget_ = true;
  }

  void on(const input::SetSending& wish) {
    budget_.set_sending(wish);
    rebudget_ = true;
  }
  void on(const input::SetBudget& wish) {
    budget_.set_budget(wish);
    rebudget_ = true;
  }
  void on(const input::SendersRead& fact) {
    if (!connections_.contains(fact.connection)) return;
    budget_.read(env_.now, fact);
    rebudget_ = true;
  }

  void settle_pictures() {
    for (Displays::Said& said : displays_.settle(env_.now)) {
      if (const ConnectionId* connection = lane_to(said.channel, said.peer)) {
        env_.emit(output::SendLaneText{*connection, std::move(said.text)});
      }
    }
    if (!std::exchange(rebudget_, false)) return;
    for (output::SetEncoding& change : budget_.settle(env_.now)) env_.emit(std::move(change));
  }

  // The newest lane that is open.
  [[nodiscard]] const ConnectionId* lane_to(ChannelId channel, const PeerId& peer) const {
    const ConnectionId* found = nullptr;
    for (const auto& [id, connection] : connections_) {
      if (connection.lane && connection.channel == channel && connection.peer == peer) found = &id;
    }
    return found;
  }

  void on(const input::Wakeup&) {}

  companion::Channel* find(ChannelId id) {
    const auto found = channels_.find(id);
    return found == channels_.end() ? nullptr : &found->second;
  }

  struct Connection {
    ChannelId channel;
    PeerId peer;
    bool lane = false;
  };

  companion::Environment env_;
  Displays displays_;
  Budget budget_;
  bool rebudget_ = false;
  std::map<ConnectionId, Connection> connections_;
  std::map<ChannelId, companion::Channel> channels_;
};

Companion::Companion(CompanionOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
Companion::~Companion() = default;

void Companion::handle(TimeMs now, const CompanionInput& input) { impl_->handle(now, input); }
std::optional<CompanionOutput> Companion::poll() { return impl_->poll(); }
std::optional<TimeMs> Companion::next_wakeup() const { return impl_->next_wakeup(); }

}  // namespace partyline
