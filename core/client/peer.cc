#include "client/peer.h"

#include <algorithm>
#include <utility>

#include "client/check.h"

namespace partyline {

namespace {

TrackStatus status_of(const PublicationInfo& publication, MediaKind kind) {
  return kind == MediaKind::kAudio ? publication.audio : publication.video;
}

// The tracks of a publication that the far end sends and the roster knows.
std::vector<RemoteTrack> tracks_of(const PublicationInfo& publication, const Link& link) {
  std::vector<RemoteTrack> tracks;
  for (const MediaBinding& binding : link.remote_media()) {
    if (binding.publication != publication.name ||
        status_of(publication, binding.kind) == TrackStatus::kAbsent) {
      continue;
    }
    tracks.push_back(RemoteTrack{*link.connection(), binding.mid, binding.kind});
  }
  return tracks;
}

}  // namespace

Peer::Peer(Environment& env, ChannelId channel, MemberInfo member)
    : env_(env), channel_(channel), member_(std::move(member)) {}

void Peer::set_state(PeerState next) {
  if (next == state_) return;
  PARTYLINE_CHECK(allows(kPeerTransitions, state_, next));
  const PeerState from = std::exchange(state_, next);
  env_.emit(output::PeerStateChanged{channel_, member_.peer, from, next});
}

void Peer::announce() { env_.emit(output::PeerJoined{channel_, member_}); }

void Peer::retire(std::string reason) {
  for (const Stream& stream : streams_) {
    env_.emit(output::StreamRemoved{channel_, member_.peer, stream.name});
  }
  streams_.clear();
  end_data_channels();
  set_state(PeerState::kLeft);
  env_.emit(output::PeerLeft{channel_, member_.peer, std::move(reason)});
}

void Peer::set_metadata(JsonText metadata) {
  if (metadata == member_.metadata) return;
  member_.metadata = std::move(metadata);
  env_.emit(output::PeerMetadataChanged{channel_, member_.peer, member_.metadata});
}

void Peer::set_publications(std::vector<PublicationInfo> publications) {
  if (publications == member_.publications) return;
  member_.publications = std::move(publications);
  // First, so that listeners can still look up what the streams were.
  forget_ended_streams();
  env_.emit(output::PeerPublicationsChanged{channel_, member_.peer, member_.publications});
}

const PublicationInfo* Peer::publication(const PublicationName& name) const {
  const auto found = std::find_if(member_.publications.begin(), member_.publications.end(),
                                  [&](const PublicationInfo& info) { return info.name == name; });
  return found == member_.publications.end() ? nullptr : &*found;
}

std::vector<Mid> Peer::live_lines(const Link& link) const {
  std::vector<Mid> lines;
  for (const MediaBinding& binding : link.remote_media()) {
    const PublicationInfo* info = publication(binding.publication);
    if (info != nullptr && status_of(*info, binding.kind) == TrackStatus::kLive) {
      lines.push_back(binding.mid);
    }
  }
  return lines;
}

void Peer::settle(Link& link) {
  settle_connection(link);
  if (link.connection()) settle_streams(link);
  if (std::optional<Error> failure = link.take_failure()) {
    env_.emit(output::ChannelError{channel_, member_.peer, std::move(*failure)});
  }
}

void Peer::settle_connection(const Link& link) {
  if (link.connection() && link.connection() != told_connection_) {
    if (told_connection_) {
      env_.emit(output::ConnectionReset{channel_, member_.peer, *link.connection()});
    }
    told_connection_ = link.connection();
    for (const DataChannel& channel : data_channels_) {
      env_.emit(
          output::OpenDataChannel{*link.connection(), channel.id, channel.label, channel.init});
    }
  }
  if (link.connected()) was_connected_ = true;
  if (member_.away) {
    set_state(PeerState::kAway);
  } else if (link.connected()) {
    set_state(PeerState::kConnected);
  } else {
    set_state(was_connected_ ? PeerState::kReconnecting : PeerState::kConnecting);
  }
}

void Peer::forget_ended_streams() {
  std::erase_if(streams_, [&](const Stream& stream) {
    if (publication(stream.name) != nullptr) return false;
    env_.emit(output::StreamRemoved{channel_, member_.peer, stream.name});
    return true;
  });
}

void Peer::settle_streams(const Link& link) {
  for (const PublicationInfo& info : member_.publications) {
    std::vector<RemoteTrack> tracks = tracks_of(info, link);
    // A connection that is being replaced has no tracks for a while: the stream stays as it is.
    if (tracks.empty()) continue;
    const auto known = std::find_if(streams_.begin(), streams_.end(),
                                    [&](const Stream& stream) { return stream.name == info.name; });
    if (known == streams_.end()) {
      env_.emit(output::StreamAdded{channel_, member_.peer, info.name, info.metadata, tracks});
      streams_.push_back(Stream{info.name, std::move(tracks)});
    } else if (known->tracks != tracks) {
      env_.emit(output::StreamTracksChanged{channel_, member_.peer, info.name, tracks});
      known->tracks = std::move(tracks);
    }
  }
}

void Peer::open_data_channel(DataChannelId id, std::string label, JsonText init, const Link& link) {
  data_channels_.push_back(DataChannel{id, std::move(label), std::move(init)});
  const DataChannel& opened = data_channels_.back();
  if (link.connection()) {
    env_.emit(output::OpenDataChannel{*link.connection(), id, opened.label, opened.init});
  }
}

void Peer::end_data_channels() {
  for (const DataChannel& channel : data_channels_) env_.emit(output::EndDataChannel{channel.id});
  data_channels_.clear();
}

bool Peer::close_data_channel(DataChannelId id) {
  const auto closed = [&](const DataChannel& channel) { return channel.id == id; };
  if (std::erase_if(data_channels_, closed) == 0) return false;
  env_.emit(output::EndDataChannel{id});
  return true;
}

}  // namespace partyline
