#include "observer.h"

#include <algorithm>
#include <utility>

namespace partyline::sim {

namespace {

template <class State>
using Table = std::set<std::pair<State, State>>;

const Table<LineState>& line_table() {
  using enum LineState;
  static const Table<LineState> table{
      {kIdle, kConnecting},
      {kIdle, kClosed},
      {kConnecting, kConnected},
      {kConnecting, kReconnecting},
      {kConnecting, kClosed},
      {kConnected, kReconnecting},
      {kConnected, kClosed},
      {kReconnecting, kConnected},
      {kReconnecting, kClosed},
      // Another attempt has another retry_in_ms, which the application is told.
      {kConnecting, kConnecting},
      {kReconnecting, kReconnecting}};
  return table;
}

const Table<ChannelState>& channel_table() {
  using enum ChannelState;
  static const Table<ChannelState> table{{kJoining, kJoined},      {kJoining, kLeft},
                                         {kJoined, kReconnecting}, {kJoined, kLeft},
                                         {kReconnecting, kJoined}, {kReconnecting, kLeft}};
  return table;
}

const Table<PeerState>& peer_table() {
  using enum PeerState;
  static const Table<PeerState> table{{kConnecting, kConnected},
                                      {kConnecting, kAway},
                                      {kConnecting, kLeft},
                                      {kConnected, kReconnecting},
                                      {kConnected, kAway},
                                      {kConnected, kLeft},
                                      {kReconnecting, kConnected},
                                      {kReconnecting, kAway},
                                      {kReconnecting, kLeft},
                                      {kAway, kConnecting},
                                      {kAway, kConnected},
                                      {kAway, kReconnecting},
                                      {kAway, kLeft}};
  return table;
}

}  // namespace

ToldChannel* Observer::living(ChannelId id, const char* event) {
  ++counts_[event];
  const auto it = channels_.find(id);
  if (it != channels_.end() && it->second.state != ChannelState::kLeft) {
    const IntendedChannel* intended = application_.current(id);
    if (intended != nullptr) return &it->second;
  }
  wrong(std::string(event) + " of a channel that was left or never joined");
  return nullptr;
}

ToldPeer* Observer::peer(ChannelId id, const PeerId& peer, const char* event) {
  ToldChannel* channel = living(id, event);
  if (channel == nullptr) return nullptr;
  const auto it = channel->peers.find(peer);
  if (it != channel->peers.end()) return &it->second;
  wrong(std::string(event) + " of " + peer.value + ", who is not there");
  return nullptr;
}

// ---- calls and the line ----

void Observer::told(const output::CallDone& event) {
  const std::string wrongness =
      application_.call_done(event.call, event.error, context_.profile.faultless);
  if (!wrongness.empty()) wrong(wrongness);
}

void Observer::told(const output::LineStateChanged& event) {
  ++counts_["line-state"];
  if (event.from != line_ || !line_table().contains({event.from, event.to})) {
    wrong("illegal change of the line's state");
  }
  if (event.to == LineState::kClosed && !application_.closed()) {
    wrong("the line closed by itself: " + event.code + " " + event.reason);
  }
  if (event.retry_in_ms) retry_delays_.push_back(*event.retry_in_ms);
  line_ = event.to;
}

void Observer::told(const output::Identified& event) {
  if (event.peer.empty()) wrong("identified without a peer id");
  me_ = event.peer;
}

void Observer::told(const output::LineError& event) {
  wrong("line error: " + std::string(error_name(event.error.code)) + " " + event.error.detail);
}

// ---- channels ----

void Observer::told(const output::ChannelStateChanged& event) {
  ++counts_["channel-state"];
  const auto it = channels_.find(event.channel);
  if (it == channels_.end()) return wrong("state of an unknown channel");
  ToldChannel& channel = it->second;
  if (event.from != channel.state || !channel_table().contains({event.from, event.to})) {
    return wrong("illegal change of a channel's state");
  }
  channel.state = event.to;
  if (event.to != ChannelState::kLeft) return;
  channel.peers.clear();
  if (application_.current(event.channel) != nullptr) {
    application_.channel_ended(event.channel);
    wrong("a channel ended by itself: " + event.code + " " + event.reason);
  }
}

void Observer::told(const output::ChannelError& event) {
  // The companion may be behind.
  if (event.error.code == ErrorCode::messages_missed &&
      application_.current(event.channel) == nullptr) {
    return;
  }
  if (living(event.channel, "channel-error") == nullptr) return;
  // The one error that faults of the network and of browsers may cause.
  const bool may_fail = !context_.profile.faultless;
  if (may_fail && event.error.code == ErrorCode::negotiation_failed) return;
  if (may_fail && event.error.code == ErrorCode::messages_missed) {
    channels_[event.channel].missed = context_.scheduler.now();
    application_.messages_missed(event.channel);
    return;
  }
  wrong("channel error: " + std::string(error_name(event.error.code)) + " " + event.error.detail);
}

// ---- peers ----

void Observer::check_publications(const std::vector<PublicationInfo>& publications) {
  std::set<PublicationName> names;
  for (const PublicationInfo& publication : publications) {
    if (!names.insert(publication.name).second) wrong("a publication is listed twice");
  }
}

void Observer::told(const output::PeerJoined& event) {
  ToldChannel* channel = living(event.channel, "peer-joined");
  if (channel == nullptr) return;
  if (channel->state != ChannelState::kJoined) wrong("peer-joined while not joined");
  if (event.member.peer == me_) wrong("peer-joined of oneself");
  check_publications(event.member.publications);
  ToldPeer told;
  told.metadata = event.member.metadata;
  told.publications = event.member.publications;
  channel->ever.insert(event.member.peer);
  if (!channel->peers.emplace(event.member.peer, std::move(told)).second) {
    wrong("peer-joined twice");
  }
}

void Observer::told(const output::PeerLeft& event) {
  const ToldPeer* left = peer(event.channel, event.peer, "peer-left");
  if (left == nullptr) return;
  if (!left->streams.empty()) wrong("peer-left before its streams were removed");
  if (left->state != PeerState::kLeft) wrong("peer-left before its state was left");
  channels_[event.channel].peers.erase(event.peer);
  application_.reader_left(event.channel, event.peer);
}

void Observer::told(const output::PeerStateChanged& event) {
  ToldPeer* known = peer(event.channel, event.peer, "peer-state");
  if (known == nullptr) return;
  if (event.from != known->state || !peer_table().contains({event.from, event.to})) {
    wrong("illegal change of a peer's state");
  }
  known->state = event.to;
}

void Observer::told(const output::PeerMetadataChanged& event) {
  ToldPeer* known = peer(event.channel, event.peer, "peer-metadata");
  if (known == nullptr) return;
  if (known->metadata == event.metadata) wrong("peer-metadata without a change");
  known->metadata = event.metadata;
}

void Observer::told(const output::PeerPublicationsChanged& event) {
  ToldPeer* known = peer(event.channel, event.peer, "peer-publications");
  if (known == nullptr) return;
  if (known->publications == event.publications) wrong("peer-publications without a change");
  check_publications(event.publications);
  known->publications = event.publications;
}

void Observer::told(const output::ConnectionReset& event) {
  ToldPeer* known = peer(event.channel, event.peer, "connection-reset");
  if (known == nullptr) return;
  const BrowserConnection* connection = browser_.find(event.connection);
  if (connection == nullptr || !connection->open || connection->channel != event.channel ||
      connection->peer != event.peer) {
    return wrong("connection-reset names a connection that is not the peer's");
  }
  if (known->connection == event.connection) wrong("connection-reset without a change");
  known->connection = event.connection;
}

// ---- streams ----

void Observer::check_tracks(ChannelId channel, const PeerId& peer,
                            const std::vector<RemoteTrack>& tracks) {
  std::set<MediaKind> kinds;
  for (const RemoteTrack& track : tracks) {
    if (!kinds.insert(track.kind).second) wrong("two tracks of a kind in one stream");
    const BrowserConnection* connection = browser_.find(track.connection);
    if (connection == nullptr || !connection->open || connection->channel != channel ||
        connection->peer != peer) {
      wrong("a stream's track is not on the peer's connection");
      continue;
    }
    const Transceiver* receiver = connection->model.transceiver(track.mid);
    if (receiver == nullptr || receiver->kind != track.kind) {
      wrong("a stream's track has no receiver of its kind at m-line " + track.mid.value);
    }
  }
}

void Observer::told(const output::StreamAdded& event) {
  ToldPeer* known = peer(event.channel, event.peer, "stream-added");
  if (known == nullptr) return;
  if (event.tracks.empty()) wrong("stream-added without a track");
  if (!known->streams.emplace(event.name, event.tracks).second) wrong("stream-added twice");
  check_tracks(event.channel, event.peer, event.tracks);
}

void Observer::told(const output::StreamTracksChanged& event) {
  ToldPeer* known = peer(event.channel, event.peer, "stream-tracks");
  if (known == nullptr) return;
  const auto stream = known->streams.find(event.name);
  if (stream == known->streams.end()) return wrong("stream-tracks of a stream that is not there");
  if (stream->second == event.tracks) wrong("stream-tracks without a change");
  stream->second = event.tracks;
  check_tracks(event.channel, event.peer, event.tracks);
}

void Observer::told(const output::StreamRemoved& event) {
  ToldPeer* known = peer(event.channel, event.peer, "stream-removed");
  if (known == nullptr) return;
  if (known->streams.erase(event.name) == 0) wrong("stream-removed of a stream that is not there");
}

void Observer::told(const output::MessageReceived& event) {
  // The companion may be loaded late, and be behind: the peer, or the application, may have left.
  const auto it = channels_.find(event.channel);
  if (it == channels_.end() || !it->second.ever.contains(event.peer)) {
    return wrong("message of " + event.peer.value + ", who never was there");
  }
  if (application_.current(event.channel) == nullptr) return;
  const SentBody body = SentBody::read(event.body);
  if (body.channel != application_.current(event.channel)->name.value) {
    return wrong("a message of another channel");
  }
  if (body.to != "*" && body.to != me_.value) return wrong("a message for somebody else");
  std::vector<std::uint64_t>& numbers = channels_[event.channel].messages[body.who];
  if (!numbers.empty() && body.number <= numbers.back()) {
    return wrong("message " + std::to_string(body.number) + " of " + body.who + " after " +
                 std::to_string(numbers.back()));
  }
  numbers.push_back(body.number);
}

void Observer::told(const output::EndDataChannel& event) {
  const std::string wrongness = application_.data_channel_ended(event.data_channel);
  if (!wrongness.empty()) wrong(wrongness);
}

// ---- what leaves ----

void Observer::check_senders() {
  for (const auto& [id, connection] : browser_.connections()) {
    if (!connection->open) continue;
    for (const Transceiver& transceiver : connection->model.transceivers()) {
      if (!transceiver.track) continue;
      if (application_.may_send(connection->channel, *transceiver.track)) continue;
      wrong("track " + std::to_string(transceiver.track->value) +
            " is attached though it is muted, replaced or unpublished");
    }
  }
}

const ToldChannel* Observer::channel(ChannelId id) const {
  const auto it = channels_.find(id);
  return it == channels_.end() ? nullptr : &it->second;
}

int Observer::count(const std::string& event) const {
  const auto it = counts_.find(event);
  return it == counts_.end() ? 0 : it->second;
}

}  // namespace partyline::sim
