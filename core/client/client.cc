// The client: routes each input to the machine that it is about, then lets every channel tell what
// has changed.
#include "partyline/client.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "client/channel.h"
#include "client/environment.h"
#include "client/signalling.h"
#include "partyline/limits.h"
#include "protocol/members.h"

namespace partyline {

namespace {

// The application's ICE servers before the endpoint's, as one array. Both are JSON arrays already.
JsonText joined_arrays(const JsonText& first, const JsonText& second) {
  if (first.text.size() <= 2) return second;
  if (second.text.size() <= 2) return first;
  return JsonText{first.text.substr(0, first.text.size() - 1) + "," + second.text.substr(1)};
}

std::size_t metadata_bytes(const message::Join& join) {
  std::size_t bytes = join.metadata.text.size();
  for (const PublicationInfo& info : join.publications) bytes += info.metadata.text.size();
  return bytes;
}

}  // namespace

class Client::Impl {
 public:
  Impl(ClientOptions options, std::uint64_t seed)
      : env_(std::move(options), seed), signalling_(env_) {}

  void handle(TimeMs now, const ClientInput& input) {
    env_.now = now;
    std::visit([this](const auto& concrete) { on(concrete); }, input);
    settle();
  }

  std::optional<ClientOutput> poll() { return env_.outputs.take(); }

  std::optional<TimeMs> next_wakeup() const {
    std::optional<TimeMs> next = signalling_.next_wakeup();
    for (const auto& [id, channel] : channels_) next = earlier(next, channel.next_wakeup());
    return next;
  }

 private:
  // ---- wishes ----

  void on(const input::Join& wish) {
    if (std::optional<Error> error = refusal(wish)) {
      env_.emit(output::CallDone{wish.call, std::move(error)});
      return;
    }
    Channel& channel = channels_.try_emplace(wish.channel, env_, wish).first->second;
    if (env_.ready) {
      env_.send(channel.ask());
    } else {
      signalling_.start();
    }
  }

  std::optional<Error> refusal(const input::Join& wish) const {
    if (signalling_.fatal()) return *signalling_.fatal();
    if (signalling_.state() == SignallingState::kClosed) {
      return Error{ErrorCode::closed, "this line was closed: make a new Partyline"};
    }
    if (!is_channel_name(wish.name.value)) {
      return Error{ErrorCode::channel_name_invalid,
                   "a channel's name has 1 to 128 bytes, no control characters, and no space at "
                   "either end"};
    }
    if (std::optional<Error> error = check_metadata(wish.metadata)) return error;
    for (const auto& [id, channel] : channels_) {
      if (id == wish.channel || channel.name() == wish.name) {
        return Error{ErrorCode::already_joined,
                     "this line is in '" + wish.name.value + "' already: use line.channels"};
      }
    }
    return std::nullopt;
  }

  void on(const input::Leave& wish) {
    if (Channel* channel = find(wish.channel)) leave(*channel);
  }
  void leave(Channel& channel) {
    if (channel.proposed()) left_since_hello_.push_back(channel.name());
    channel.leave();
  }

  void on(const input::Publish& wish) {
    if (Channel* channel = find(wish.channel)) {
      channel->publish(wish);
    } else {
      answer_left(wish.call);
    }
  }

  void on(const input::ReplaceTrack& wish) {
    if (Channel* channel = find(wish.channel)) {
      channel->replace_track(wish);
    } else {
      answer_left(wish.call);
    }
  }

  void on(const input::Unpublish& wish) {
    if (Channel* channel = find(wish.channel)) channel->unpublish(wish);
  }
  void on(const input::SetMuted& wish) {
    if (Channel* channel = find(wish.channel)) channel->set_muted(wish);
  }
  void on(const input::SetPublicationMetadata& wish) {
    if (Channel* channel = find(wish.channel)) channel->set_publication_metadata(wish);
  }
  void on(const input::SetMetadata& wish) {
    if (Channel* channel = find(wish.channel)) channel->set_metadata(wish);
  }
  void on(const input::ChannelFrame& frame) {
    if (Channel* channel = find(frame.channel)) channel->send_frame(frame);
  }
  void on(const input::NumbersUsed& fact) { env_.session.on_numbers_used(fact.last); }
  void on(const input::OpenDataChannel& wish) {
    if (Channel* channel = find(wish.channel)) {
      channel->open_data_channel(wish);
    } else {
      env_.emit(output::EndDataChannel{wish.data_channel});
    }
  }
  void on(const input::CloseDataChannel& wish) {
    for (auto& [id, channel] : channels_) {
      if (channel.close_data_channel(wish.data_channel)) return;
    }
  }
  void on(const input::RetryNow&) { signalling_.retry_now(); }

  void on(const input::Close&) {
    for (auto& [id, channel] : channels_) leave(channel);
    signalling_.close();
  }

  // ---- signalling ----

  void on(const input::SocketOpened& fact) {
    if (!signalling_.is_current(fact.socket)) return;
    std::vector<message::Join> joins;
    std::size_t bytes = 0;
    for (auto& [id, channel] : channels_) {
      // The rest is asked for after the welcome. One join has 68 kB of metadata at most.
      if (joins.size() == limits::kHelloJoinsMax || bytes > limits::kFrameBytesMax / 3) break;
      joins.push_back(channel.propose());
      bytes += metadata_bytes(joins.back());
    }
    signalling_.on_socket_opened(fact.socket, std::move(joins));
  }

  void on(const input::FrameReceived& fact) {
    if (!signalling_.is_current(fact.socket)) return;
    signalling_.on_frame(fact.socket);
    const Result<LineFrame> parsed = parse_line_frame(fact.text);
    if (!parsed) {
      env_.session.lose_count();
      signalling_.abandon("the endpoint sent what is no frame: " + parsed.error().detail);
      return;
    }
    const LineFrame& frame = parsed.value();
    if (!env_.ready && !may_come_first(frame)) {
      signalling_.abandon("the endpoint said something else before its welcome");
      return;
    }
    if (!is_new(frame.seq, fact.text.size())) return;
    // A newer endpoint may say things that we do not know.
    if (!frame.message) return;
    frame_ = &fact.text;
    std::visit([this](const auto& one) { receive(one); }, *frame.message);
  }

  static bool may_come_first(const LineFrame& frame) {
    return !frame.message || std::holds_alternative<message::Welcome>(*frame.message) ||
           std::holds_alternative<message::Goodbye>(*frame.message);
  }

  // Before the welcome numbers say nothing: they may be of another session.
  bool is_new(std::uint64_t seq, std::size_t bytes) {
    if (!env_.ready) return true;
    const Arrival arrival = env_.session.arrive(seq);
    if (arrival == Arrival::kNext) signalling_.on_numbered_frame(bytes);
    if (arrival == Arrival::kGap)
      signalling_.abandon("the endpoint counts frames that are not there");
    return arrival == Arrival::kNext || arrival == Arrival::kUnnumbered;
  }

  void on(const input::BinaryReceived& fact) {
    if (!signalling_.is_current(fact.socket)) return;
    signalling_.abandon("the endpoint sent a binary frame");
  }

  void on(const input::SocketClosed& fact) {
    signalling_.on_socket_closed(fact.socket, fact.code, fact.reason);
  }
  void on(const input::TokenReady& fact) { signalling_.on_token(fact.operation, fact.token); }
  void on(const input::TokenFailed& fact) {
    signalling_.on_token_failed(fact.operation, fact.text);
  }

  void receive(const message::Welcome& welcome) {
    if (signalling_.state() != SignallingState::kAwaitingWelcome) return;
    if (!signalling_.on_welcome(welcome)) return;
    take_ice_servers(welcome.ice_servers);
    const bool resumed = welcome.session == message::SessionKind::kResumed;
    for (auto& [id, channel] : channels_) channel.on_welcome(welcome.session);
    if (!resumed) {
      for (const ChannelName& name : left_since_hello_) env_.send(message::Leave{name});
      for (const message::Joined& joined : welcome.joined) receive(joined);
    }
    left_since_hello_.clear();
    // Those who came too late for the hello.
    for (auto& [id, channel] : channels_) {
      if (!channel.asked()) env_.send(channel.ask());
    }
  }

  // A connection that has them when a path is lost looks for another one with the latest.
  void take_ice_servers(const JsonText& delivered) {
    JsonText all = joined_arrays(env_.options.ice_servers, delivered);
    if (all == env_.ice_servers) return;
    env_.ice_servers = std::move(all);
    env_.emit(output::SetIceServers{env_.ice_servers});
  }

  void receive(const message::Joined& joined) {
    if (Channel* channel = find(joined.channel)) channel->on_joined(joined);
  }
  void receive(const message::Refused& refused) {
    if (Channel* channel = find(refused.channel)) {
      // Messages have odd numbers.
      if (refused.request % 2 != 0) return channel->on_frame(*frame_);
      channel->on_refused(refused);
    } else {
      env_.log(output::Log::Level::kWarning, "the endpoint refused: " + refused.text);
    }
  }
  void receive(const message::PeerJoined& joined) {
    if (Channel* channel = find(joined.channel)) channel->on_peer_joined(joined);
  }
  void receive(const message::PeerUpdated& updated) {
    if (Channel* channel = find(updated.channel)) channel->on_peer_updated(updated);
  }
  void receive(const message::PeerLeft& left) {
    if (Channel* channel = find(left.channel)) channel->on_peer_left(left);
  }
  void receive(const message::SignalFrom& signal) {
    if (Channel* channel = find(signal.channel)) channel->on_signal(signal);
  }
  void receive(const message::AboutMessages& frame) {
    if (Channel* channel = find(frame.channel)) channel->on_frame(*frame_);
  }
  void receive(const message::PeerPresence& presence) {
    if (Channel* channel = find(presence.channel)) {
      channel->on_peer_away(presence.peer, presence.away);
    }
  }
  void receive(const message::Ping&) { env_.send_unnumbered(message::Pong{}); }
  void receive(const message::Ack& ack) { signalling_.on_ack(ack); }
  void receive(const message::Ticket& ticket) { env_.session.renew(ticket.ticket); }
  void receive(const message::IceServers& fresh) { take_ice_servers(fresh.ice_servers); }
  void receive(const message::Pong& pong) { signalling_.on_spread(pong.spread_ms); }
  void receive(const message::TokenExpiring&) { signalling_.on_token_expiring(); }
  void receive(const message::Removed& removed) {
    if (Channel* channel = find(removed.channel)) channel->on_removed(removed);
  }
  void receive(const message::Goodbye& goodbye) { signalling_.on_goodbye(goodbye); }

  // ---- peer connections ----

  void on(const input::OfferMade& fact) {
    if (Link* link = link_awaiting(fact.operation)) link->on_offer_made(fact);
  }
  void on(const input::AnswerMade& fact) {
    if (Link* link = link_awaiting(fact.operation)) link->on_answer_made(fact);
  }
  void on(const input::AnswerAccepted& fact) {
    if (Link* link = link_awaiting(fact.operation)) link->on_answer_accepted(fact);
  }
  void on(const input::OperationFailed& fact) {
    if (Link* link = link_awaiting(fact.operation)) link->on_operation_failed(fact);
  }
  void on(const input::CandidateGathered& fact) {
    if (Link* link = link_with(fact.connection)) link->on_candidate(fact);
  }
  void on(const input::GatheringComplete& fact) {
    if (Link* link = link_with(fact.connection)) link->on_gathering_complete();
  }
  void on(const input::ConnectionStateChanged& fact) {
    if (Link* link = link_with(fact.connection)) link->on_connection_state(fact.state);
  }

  void on(const input::StatisticsRead& fact) {
    for (auto& [id, channel] : channels_) {
      if (channel.on_statistics(fact)) return;
    }
  }

  // ---- the host ----

  void on(const input::WentOnline&) {
    signalling_.on_online();
    for (auto& [id, channel] : channels_) channel.on_network_change();
  }
  void on(const input::Resumed&) { signalling_.on_resumed(); }
  void on(const input::WentOffline&) { signalling_.on_offline(); }
  // Browsers that keep a page for the back button keep none that has a connection to a peer, though
  // they say so. Were it kept all the same, it would come back as one that had left.
  void on(const input::PageHidden& fact) {
    // Who has tokens may have changed until the next page.
    const std::string text = env_.options.key.empty() ? "" : env_.session.hand_over();
    if (!text.empty()) env_.emit(output::HandOver{text});
    if (!fact.persisted) {
      on(input::Close{});
    } else if (std::any_of(channels_.begin(), channels_.end(),
                           [](const auto& entry) { return entry.second.has_links(); })) {
      signalling_.step_out();
    }
  }
  void on(const input::Wakeup&) {
    signalling_.on_time();
    for (auto& [id, channel] : channels_) channel.on_time();
  }

  // ---- after every input ----

  void settle() {
    if (std::exchange(env_.suspicious, false)) signalling_.suspect();
    if (was_ready_ && !env_.ready) {
      for (auto& [id, channel] : channels_) {
        channel.on_socket_lost("the connection to the endpoint was lost");
      }
    }
    if (!env_.ready && signalling_.state() != SignallingState::kAwaitingWelcome) {
      // A hello that was never answered: its joins were never asked.
      for (auto& [id, channel] : channels_) channel.withdraw();
      left_since_hello_.clear();
    }
    was_ready_ = env_.ready;
    if (signalling_.fatal()) {
      for (auto& [id, channel] : channels_) channel.fail(*signalling_.fatal());
    }
    std::erase_if(channels_, [](const auto& entry) { return entry.second.left(); });
    for (auto& [id, channel] : channels_) channel.settle();
  }

  // ---- finding ----

  Channel* find(ChannelId id) {
    const auto found = channels_.find(id);
    return found == channels_.end() ? nullptr : &found->second;
  }
  Channel* find(const ChannelName& name) {
    for (auto& [id, channel] : channels_) {
      if (channel.name() == name) return &channel;
    }
    return nullptr;
  }
  Link* link_with(ConnectionId connection) {
    for (auto& [id, channel] : channels_) {
      if (Link* link = channel.link_with(connection)) return link;
    }
    return nullptr;
  }
  Link* link_awaiting(OperationId operation) {
    for (auto& [id, channel] : channels_) {
      if (Link* link = channel.link_awaiting(operation)) return link;
    }
    return nullptr;
  }
  void answer_left(CallId call) {
    env_.emit(output::CallDone{call, Error{ErrorCode::closed, "the channel was left"}});
  }

  Environment env_;
  Signalling signalling_;
  std::map<ChannelId, Channel> channels_;
  // Channels that the hello on its way asks for, and nobody wants any more.
  std::vector<ChannelName> left_since_hello_;
  bool was_ready_ = false;
  const std::string* frame_ = nullptr;  // that is being handled
};

Client::Client(ClientOptions options, std::uint64_t seed)
    : impl_(std::make_unique<Impl>(std::move(options), seed)) {}
Client::~Client() = default;

void Client::handle(TimeMs now, const ClientInput& input) { impl_->handle(now, input); }
std::optional<ClientOutput> Client::poll() { return impl_->poll(); }
std::optional<TimeMs> Client::next_wakeup() const { return impl_->next_wakeup(); }

}  // namespace partyline
