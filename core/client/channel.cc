#include "client/channel.h"

#include <algorithm>
#include <utility>

#include "client/check.h"
#include "protocol/members.h"

namespace partyline {

namespace {

constexpr std::size_t kEndedLinksMax = 64;

}  // namespace

Channel::Channel(Environment& env, const input::Join& wish)
    : env_(env), id_(wish.channel), name_(wish.name), call_(wish.call), metadata_(wish.metadata) {}

void Channel::set_state(ChannelState next, std::string_view code, const std::string& reason) {
  PARTYLINE_CHECK(allows(kChannelTransitions, state_, next));
  const ChannelState from = std::exchange(state_, next);
  env_.emit(output::ChannelStateChanged{id_, from, next, std::string(code), reason});
}

void Channel::answer(std::optional<Error> error) {
  if (!call_) return;
  env_.emit(output::CallDone{*std::exchange(call_, std::nullopt), std::move(error)});
}

// ---- signalling ----

std::unique_ptr<Channel::Asked> Channel::make_request() {
  auto asked = std::make_unique<Asked>();
  asked->join = message::Join{name_, env_.session.new_request(), metadata_, publications_.infos()};
  return asked;
}

const message::Join& Channel::ask() {
  timers_.stop(Timer::kRejoin);
  asked_ = make_request();
  return asked_->join;
}

const message::Join& Channel::propose() {
  proposed_ = make_request();
  if (env_.session.is_held(env_.now)) proposed_->join.incarnation = incarnation_;
  return proposed_->join;
}

void Channel::on_socket_lost(const std::string& reason) {
  timers_.stop(Timer::kRejoin);
  timers_.stop(Timer::kReturn);
  // Media paths do not need the endpoint: links stay as they are until there is a new roster.
  if (state_ == ChannelState::kJoined) set_state(ChannelState::kReconnecting, "", reason);
}

void Channel::on_welcome(message::SessionKind session) {
  if (session == message::SessionKind::kResumed) {
    proposed_.reset();
    if (!asked_ || !asked_->granted) return;
    set_state(ChannelState::kJoined, "", "");
    for (auto& [end, link] : links_) link.on_reachable();
    wait_for_returns();
    return;
  }
  restored_ = session == message::SessionKind::kRestored;
  restart_ |= session != message::SessionKind::kResynced;
  asked_ = std::move(proposed_);
}

void Channel::on_joined(const message::Joined& joined) {
  if (!asked_ || joined.request != asked_->join.request || asked_->granted) return;
  asked_->granted = true;
  // Another incarnation of ours is a stranger to those who stayed: they begin anew with it.
  if (joined.incarnation != incarnation_) {
    std::vector<LinkEnd> ends;
    for (const auto& [end, link] : links_) ends.push_back(end);
    for (const LinkEnd& end : ends) remove_link(end);
    ended_.clear();
    hidden_ = false;
  }
  incarnation_ = joined.incarnation;
  set_state(ChannelState::kJoined, "", "");
  env_.emit(output::MembershipBegan{id_, ++membership_, env_.me, incarnation_,
                                    std::exchange(restart_, false), joined.missed});
  answer(std::nullopt);
  reconcile(joined.members);
  for (auto& [end, link] : links_) link.on_reachable();
}

void Channel::reconcile(const std::vector<MemberInfo>& members) {
  const auto stayed = [&](const MemberInfo& known) {
    return std::any_of(members.begin(), members.end(), [&](const MemberInfo& member) {
      return member.peer == known.peer && member.incarnation == known.incarnation;
    });
  };
  std::vector<PeerId> gone;
  for (auto& [id, peer] : peers_) {
    if (stayed(peer.member())) continue;
    const bool replaced =
        std::any_of(members.begin(), members.end(),
                    // clang 14 lets no lambda refer to `id`.
                    [&peer_id = id](const auto& member) { return member.peer == peer_id; });
    if ((restored_ || peer.expected()) && !replaced && links_.contains(Mesh::carrier_of(id))) {
      peer.expect_return();
      links_.find(Mesh::carrier_of(id))->second.set_away(true);
    } else {
      gone.push_back(id);
    }
  }
  for (const PeerId& id : gone) {
    remove_peer(id, std::string(leave_reason_name(message::LeaveReason::kDisconnected)));
  }
  for (const MemberInfo& member : members) {
    const auto known = peers_.find(member.peer);
    if (known == peers_.end()) {
      add_peer(member);
      continue;
    }
    update_peer(known->second, member);
    if (!links_.contains(Mesh::carrier_of(member.peer))) add_link(member);
  }
  wait_for_returns();
}

void Channel::update_peer(Peer& peer, const MemberInfo& member) {
  peer.set_metadata(member.metadata);
  peer.set_publications(member.publications);
  set_receives(peer, member.receives);
  set_away(peer, member.away);
}

void Channel::set_receives(Peer& peer, bool receives) {
  if (peer.member().receives == receives) return;
  peer.set_receives(receives);
  want(peer);
}

void Channel::set_away(Peer& peer, bool away) {
  peer.set_away(away);
  const auto link = links_.find(Mesh::carrier_of(peer.member().peer));
  if (link != links_.end()) link->second.set_away(away);
}

void Channel::wait_for_returns() {
  const bool any = std::any_of(peers_.begin(), peers_.end(),
                               [](const auto& entry) { return entry.second.expected(); });
  if (any) timers_.set(Timer::kReturn, env_.now + env_.session.hold());
}

void Channel::give_up_returns() {
  std::vector<PeerId> gone;
  for (const auto& [id, peer] : peers_) {
    if (peer.expected()) gone.push_back(id);
  }
  for (const PeerId& id : gone) {
    remove_peer(id, std::string(leave_reason_name(message::LeaveReason::kDisconnected)));
  }
}

void Channel::on_refused(const message::Refused& refused) {
  const Error error{refused.code, refused.text};
  if (refused.request == 0) {
    // A signal to somebody who is leaving: the roster is about to say so, and it is no error.
    if (refused.code == ErrorCode::peer_not_found) return;
    if (state_ == ChannelState::kJoined) {
      env_.emit(output::ChannelError{id_, refused.peer, error});
    }
    return;
  }
  if (!asked_ || refused.request != asked_->join.request) return;
  if (state_ == ChannelState::kReconnecting && is_retryable(refused.code)) {
    // We were in and the reason may pass: keep asking, the application sees "reconnecting".
    asked_.reset();
    const DurationMs delay = env_.options.rejoin_delay_ms;
    timers_.set(Timer::kRejoin, env_.now + delay + env_.random.up_to(delay));
    return;
  }
  fail(error);
}

// Said before the answer to our join, it is about an earlier membership.
void Channel::on_removed(const message::Removed& removed) {
  if (asked_ && asked_->granted) fail(Error{removed.code, removed.text});
}

void Channel::on_peer_joined(const message::PeerJoined& joined) {
  if (state_ != ChannelState::kJoined || joined.member.peer == env_.me) return;
  const auto known = peers_.find(joined.member.peer);
  if (known != peers_.end()) {
    if (known->second.expected() &&
        known->second.member().incarnation == joined.member.incarnation) {
      update_peer(known->second, joined.member);
      return;
    }
    remove_peer(joined.member.peer,
                std::string(leave_reason_name(message::LeaveReason::kDisconnected)));
  }
  add_peer(joined.member);
}

void Channel::on_peer_updated(const message::PeerUpdated& updated) {
  if (state_ == ChannelState::kJoined && updated.publishes) {
    // Others are told of nothing that we publish, so nothing is sent.
    hidden_ = !*updated.publishes;
    for (const auto& [id, peer] : peers_) want(peer);
    return;
  }
  const auto peer = peers_.find(updated.peer);
  if (state_ != ChannelState::kJoined || peer == peers_.end()) return;
  if (updated.metadata) peer->second.set_metadata(*updated.metadata);
  if (updated.publications) peer->second.set_publications(*updated.publications);
  if (updated.receives) set_receives(peer->second, *updated.receives);
}

void Channel::on_peer_away(const PeerId& id, bool away) {
  const auto peer = peers_.find(id);
  if (state_ == ChannelState::kJoined && peer != peers_.end()) set_away(peer->second, away);
}

void Channel::on_peer_left(const message::PeerLeft& left) {
  if (state_ != ChannelState::kJoined) return;
  remove_peer(left.peer, std::string(leave_reason_name(left.reason)));
}

void Channel::on_signal(const message::SignalFrom& signal) {
  const auto peer = peers_.find(signal.from);
  if (state_ != ChannelState::kJoined || peer == peers_.end()) return;
  if (peer->second.member().incarnation != signal.incarnation) return;
  const auto link = links_.find(signal.from);
  if (link == links_.end()) return;
  const Result<Signal> parsed = parse_signal(signal.body);
  if (!parsed) {
    env_.log(output::Log::Level::kWarning,
             "a signal from " + signal.from.value + " was dropped: " + parsed.error().detail);
    return;
  }
  link->second.on_signal(parsed.value());
}

void Channel::on_frame(const std::string& text) {
  if (state_ == ChannelState::kJoined) env_.emit(output::ChannelFrame{id_, text});
}

void Channel::send_frame(const input::ChannelFrame& frame) {
  if (frame.membership == membership_ && asked_ && asked_->granted) env_.send_text(frame.text);
}

// ---- members ----

void Channel::add_peer(const MemberInfo& member) {
  const auto [peer, added] = peers_.try_emplace(member.peer, env_, id_, member);
  PARTYLINE_CHECK(added);
  peer->second.announce();
  add_link(member);
}

void Channel::remove_peer(const PeerId& id, const std::string& reason) {
  const auto peer = peers_.find(id);
  if (peer == peers_.end()) return;
  remove_link(Mesh::carrier_of(id));
  peer->second.retire(reason);
  peers_.erase(peer);
}

void Channel::add_link(const MemberInfo& member) {
  const LinkEnd end = Mesh::carrier_of(member.peer);
  // Incarnations grow in the order of joining, so both sides agree on who is the elder.
  const Link::Identity identity{id_, name_, end, member.incarnation,
                                incarnation_ < member.incarnation};
  const auto [link, added] = links_.try_emplace(end, env_, identity);
  PARTYLINE_CHECK(added);
  link->second.set_away(member.away);
  link->second.start(wanted_by(member), next_generation(member.incarnation));
}

std::uint64_t Channel::next_generation(std::uint64_t incarnation) const {
  std::uint64_t next = 1;
  for (const EndedLink& link : ended_) {
    if (link.incarnation == incarnation) next = link.generation + 1;
  }
  return next;
}

void Channel::remove_link(const LinkEnd& end) {
  const auto link = links_.find(end);
  if (link == links_.end()) return;
  ended_.push_back({link->second.incarnation(), link->second.generation()});
  if (ended_.size() > kEndedLinksMax) ended_.erase(ended_.begin());
  link->second.close();
  links_.erase(link);
}

Link* Channel::link_with(ConnectionId connection) {
  for (auto& [end, link] : links_) {
    if (link.has(connection)) return &link;
  }
  return nullptr;
}

Link* Channel::link_awaiting(OperationId operation) {
  for (auto& [end, link] : links_) {
    if (link.awaits(operation)) return &link;
  }
  return nullptr;
}

// ---- wishes ----

void Channel::leave() {
  if (state_ == ChannelState::kLeft) return;
  if (asked_) env_.send(message::Leave{name_});
  end();
  set_state(ChannelState::kLeft, "", "left by the application");
  answer(Error{ErrorCode::aborted, "the channel was left before the join was answered"});
}

void Channel::fail(const Error& error) {
  if (state_ == ChannelState::kLeft) return;
  end();
  set_state(ChannelState::kLeft, error_name(error.code), error.detail);
  if (call_) {
    answer(error);
  } else {
    env_.emit(output::ChannelError{id_, PeerId{}, error});
  }
}

void Channel::end() {
  asked_.reset();
  proposed_.reset();
  timers_.stop_all();
  // The application left: it is not told of each peer and stream, but its data channels do end.
  for (auto& [end, link] : links_) link.close();
  links_.clear();
  for (auto& [id, peer] : peers_) peer.end_data_channels();
  peers_.clear();
}

void Channel::publish(const input::Publish& wish) {
  std::optional<Error> error = publications_.publish(env_, wish);
  const bool published = !error;
  env_.emit(output::CallDone{wish.call, std::move(error)});
  if (published) tracks_changed();
}

void Channel::unpublish(const input::Unpublish& wish) {
  publications_.unpublish(wish.name);
  tracks_changed();
}

void Channel::set_muted(const input::SetMuted& wish) {
  publications_.set_muted(wish);
  tracks_changed();
}

void Channel::replace_track(const input::ReplaceTrack& wish) {
  std::optional<Error> error = publications_.replace_track(wish);
  const bool replaced = !error;
  env_.emit(output::CallDone{wish.call, std::move(error)});
  if (replaced) tracks_changed();
}

void Channel::set_publication_metadata(const input::SetPublicationMetadata& wish) {
  if (accepts(wish.metadata)) publications_.set_metadata(wish);
}

void Channel::set_metadata(const input::SetMetadata& wish) {
  if (accepts(wish.metadata)) metadata_ = wish.metadata;
}

// The endpoint would refuse all that is told together with it, and the next join.
bool Channel::accepts(const JsonText& metadata) {
  const std::optional<Error> error = check_metadata(metadata);
  if (error) env_.emit(output::ChannelError{id_, PeerId{}, *error});
  return !error;
}

void Channel::open_data_channel(const input::OpenDataChannel& wish) {
  const auto peer = peers_.find(wish.peer);
  const auto link = links_.find(Mesh::carrier_of(wish.peer));
  if (peer == peers_.end() || link == links_.end()) {
    env_.emit(output::EndDataChannel{wish.data_channel});
    return;
  }
  peer->second.open_data_channel(wish.data_channel, wish.label, wish.init, link->second);
}

bool Channel::close_data_channel(DataChannelId id) {
  for (auto& [peer_id, peer] : peers_) {
    if (peer.close_data_channel(id)) return true;
  }
  return false;
}

void Channel::tracks_changed() {
  // The roster first, so that who is offered a track knows already what it is. After an outage it
  // may be told later; the far end waits for it.
  tell_endpoint();
  for (const auto& [id, peer] : peers_) want(peer);
}

// Who may not subscribe is sent nothing: only its word to the endpoint is there to trust otherwise.
std::vector<WantedTrack> Channel::wanted_by(const MemberInfo& member) const {
  const bool sends = member.receives && !hidden_;
  return sends ? publications_.wanted() : std::vector<WantedTrack>();
}

void Channel::want(const Peer& peer) {
  const auto link = links_.find(Mesh::carrier_of(peer.member().peer));
  if (link != links_.end()) link->second.want(wanted_by(peer.member()));
}

// ---- after every input ----

void Channel::tell_endpoint() {
  if (!open()) return;
  message::Update update{name_, std::nullopt, std::nullopt};
  std::vector<PublicationInfo> infos = publications_.infos();
  if (metadata_ != asked_->join.metadata) update.metadata = asked_->join.metadata = metadata_;
  if (infos != asked_->join.publications) {
    update.publications = asked_->join.publications = std::move(infos);
  }
  if (update.metadata || update.publications) env_.send(update);
}

bool Channel::open() const { return state_ == ChannelState::kJoined && asked_ && env_.ready; }

void Channel::tell_companion() {
  output::ChannelRoute route{id_, name_, env_.session.numbers_above(), open(), {}};
  for (const auto& [id, peer] : peers_) {
    if (peer.expected()) route.expected.push_back(id);
  }
  if (told_route_ == route) return;
  told_route_ = route;
  env_.emit(std::move(route));
}

void Channel::on_network_change() {
  for (auto& [end, link] : links_) link.on_network_change();
}

bool Channel::on_statistics(const input::StatisticsRead& read) {
  for (auto& [id, peer] : peers_) {
    const auto link = links_.find(Mesh::carrier_of(id));
    if (link == links_.end() || !link->second.has(read.connection)) continue;
    link->second.on_statistics(read, peer.live_lines(link->second));
    return true;
  }
  return false;
}

void Channel::settle() {
  tell_endpoint();
  tell_companion();
  for (auto& [id, peer] : peers_) {
    const auto link = links_.find(Mesh::carrier_of(id));
    if (link != links_.end()) peer.settle(link->second);
  }
}

void Channel::on_time() {
  if (timers_.take(Timer::kRejoin, env_.now) && env_.ready) env_.send(ask());
  if (timers_.take(Timer::kReturn, env_.now)) give_up_returns();
  for (auto& [end, link] : links_) link.on_time();
}

std::optional<TimeMs> Channel::next_wakeup() const {
  std::optional<TimeMs> next = timers_.next();
  for (const auto& [end, link] : links_) next = earlier(next, link.next_wakeup());
  return next;
}

}  // namespace partyline
