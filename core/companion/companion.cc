// The companion: keeps what the client core says of its channels, and hands each input to the
// machine that it is about; then every channel settles.
#include "partyline/companion.h"

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

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
  }

  std::optional<CompanionOutput> poll() { return env_.outputs.take(); }

  std::optional<TimeMs> next_wakeup() const { return std::nullopt; }

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
  }

  void on(const output::PeerJoined& fact) {
    companion::Channel* channel = find(fact.channel);
    if (channel != nullptr) channel->members[fact.member.peer] = {fact.member.incarnation, false};
  }

  void on(const output::PeerLeft& fact) {
    if (companion::Channel* channel = find(fact.channel)) channel->members.erase(fact.peer);
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

  void on(const output::CreateConnection&) {}
  void on(const output::CloseConnection&) {}
  void on(const input::ConnectionStateChanged&) {}

  void on(const input::Wakeup&) {}

  companion::Channel* find(ChannelId id) {
    const auto found = channels_.find(id);
    return found == channels_.end() ? nullptr : &found->second;
  }

  companion::Environment env_;
  std::map<ChannelId, companion::Channel> channels_;
};

Companion::Companion(CompanionOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
Companion::~Companion() = default;

void Companion::handle(TimeMs now, const CompanionInput& input) { impl_->handle(now, input); }
std::optional<CompanionOutput> Companion::poll() { return impl_->poll(); }
std::optional<TimeMs> Companion::next_wakeup() const { return impl_->next_wakeup(); }

}  // namespace partyline
