#include "application.h"

#include <algorithm>
#include <sstream>

#include "partyline/error_codes.h"
#include "partyline/options.h"

namespace partyline::sim {

namespace {

TrackStatus status(const std::optional<IntendedTrack>& track) {
  if (!track) return TrackStatus::kAbsent;
  return track->muted ? TrackStatus::kMuted : TrackStatus::kLive;
}

}  // namespace

PublicationInfo IntendedPublication::info() const {
  return {name, status(audio), status(video), metadata};
}

IntendedPublication* IntendedChannel::find(const PublicationName& publication) {
  const auto it = std::ranges::find_if(
      publications, [&](const IntendedPublication& p) { return p.name == publication; });
  return it == publications.end() ? nullptr : &*it;
}

// ---- wishes ----

CallId Application::new_call(CallKind kind, ChannelId channel) {
  const CallId call{++last_call_};
  calls_[call] = {kind, channel};
  return call;
}

std::optional<IntendedTrack> Application::new_track(bool wanted) {
  if (!wanted) return std::nullopt;
  return IntendedTrack{TrackId{++last_track_}, false};
}

input::Join Application::join(const std::string& name, const std::string& metadata) {
  const ChannelId id{++last_channel_};
  IntendedChannel& channel = channels_[id];
  channel.id = id;
  channel.name = ChannelName{name};
  channel.metadata = JsonText{metadata};
  return {new_call(CallKind::kJoin, id), id, channel.name, channel.metadata};
}

input::Leave Application::leave(ChannelId channel) {
  channels_[channel].left = true;
  return {channel};
}

input::Publish Application::publish(ChannelId channel, const std::string& name, bool audio,
                                    bool video, const std::string& metadata) {
  IntendedPublication publication;
  publication.name = PublicationName{name};
  publication.metadata = JsonText{metadata};
  publication.audio = new_track(audio);
  publication.video = new_track(video);
  input::Publish wish{new_call(CallKind::kPublish, channel),
                      channel,
                      publication.name,
                      publication.metadata,
                      std::nullopt,
                      std::nullopt,
                      false};
  if (audio) wish.audio = publication.audio->track;
  if (video) wish.video = publication.video->track;
  channels_[channel].publications.push_back(std::move(publication));
  return wish;
}

input::Unpublish Application::unpublish(ChannelId channel, const PublicationName& name) {
  std::erase_if(channels_[channel].publications,
                [&](const IntendedPublication& p) { return p.name == name; });
  return {channel, name};
}

input::SetMuted Application::set_muted(ChannelId channel, const PublicationName& name,
                                       std::optional<MediaKind> kind, bool muted) {
  if (IntendedPublication* publication = channels_[channel].find(name)) {
    for (const MediaKind each : {MediaKind::kAudio, MediaKind::kVideo}) {
      auto& track = publication->of(each);
      if (track && (!kind || *kind == each)) track->muted = muted;
    }
  }
  return {channel, name, kind, muted};
}

input::ReplaceTrack Application::replace_track(ChannelId channel, const PublicationName& name,
                                               MediaKind kind) {
  const TrackId track{++last_track_};
  if (IntendedPublication* publication = channels_[channel].find(name)) {
    if (auto& old = publication->of(kind)) old->track = track;
  }
  return {new_call(CallKind::kReplaceTrack, channel), channel, name, kind, track};
}

input::SetMetadata Application::set_metadata(ChannelId channel, const std::string& metadata) {
  channels_[channel].metadata = JsonText{metadata};
  return {channel, JsonText{metadata}};
}

input::SetPublicationMetadata Application::set_publication_metadata(ChannelId channel,
                                                                    const PublicationName& name,
                                                                    const std::string& metadata) {
  if (IntendedPublication* publication = channels_[channel].find(name)) {
    publication->metadata = JsonText{metadata};
  }
  return {channel, name, JsonText{metadata}};
}

input::SendMessage Application::send(ChannelId id, const std::string& who,
                                     const std::set<PeerId>& there, const std::optional<PeerId>& to,
                                     std::size_t padding, TimeMs now) {
  IntendedChannel& channel = channels_[id];
  const SentBody body{who, ++last_message_, channel.name.value, to ? to->value : "*"};
  const CallId call = new_call(CallKind::kSend, id);
  channel.owed.push_back({call, body.number, now, to ? std::set<PeerId>{*to} : there});
  input::SendMessage wish{call, id, {}, "", "", body.write(padding)};
  if (to) wish.to.push_back(*to);
  return wish;
}

std::string SentBody::write(std::size_t padding) const {
  return "\"" + who + " " + std::to_string(number) + " " + channel + " " + to + " " +
         std::string(padding, 'x') + "\"";
}

SentBody SentBody::read(const std::string& body) {
  SentBody read;
  std::istringstream(body.substr(1)) >> read.who >> read.number >> read.channel >> read.to;
  return read;
}

input::OpenDataChannel Application::open_data_channel(ChannelId channel, const PeerId& peer) {
  const DataChannelId id{++last_data_channel_};
  data_channels_[id] = false;
  channels_[channel].data_channels[id] = peer;
  return {channel, peer, id, "chat", JsonText{"{}"}};
}

input::CloseDataChannel Application::close_data_channel(DataChannelId id) { return {id}; }

input::Close Application::close() {
  closed_ = true;
  for (auto& [id, channel] : channels_) channel.left = true;
  return {};
}

// ---- answers ----

std::string Application::call_done(CallId call, const std::optional<Error>& error, bool faultless) {
  const auto it = calls_.find(call);
  if (it == calls_.end()) return "call-done for a call that is not waiting";
  const Call done = it->second;
  calls_.erase(it);
  if (!error) return "";
  const bool over = closed_ || channels_[done.channel].left;
  if (done.kind == CallKind::kSend) {
    std::erase_if(channels_[done.channel].owed,
                  [&](const OwedMessage& message) { return message.call == call; });
    // Its reader had left.
    if (error->code == ErrorCode::peer_not_found) return "";
    // The endpoint had forgotten us, or we left meanwhile.
    if (error->code == ErrorCode::delivery_unknown && (over || !faultless)) return "";
    const auto waiting = std::ranges::count_if(
        calls_, [](const auto& entry) { return entry.second.kind == CallKind::kSend; });
    if (error->code == ErrorCode::overloaded &&
        static_cast<std::size_t>(waiting) >= CompanionOptions{}.messages_max) {
      return "";
    }
  }
  const ErrorCode expected =
      done.kind == CallKind::kJoin && !closed_ ? ErrorCode::aborted : ErrorCode::closed;
  if (over && (error->code == expected || error->code == ErrorCode::aborted)) return "";
  return "a call failed that should not: " + std::string(error_name(error->code)) + ", " +
         error->detail;
}

std::string Application::data_channel_ended(DataChannelId id) {
  const auto it = data_channels_.find(id);
  if (it == data_channels_.end()) return "end of an unknown data channel";
  if (it->second) return "a data channel ended twice";
  it->second = true;
  for (auto& [channel_id, channel] : channels_) channel.data_channels.erase(id);
  return "";
}

void Application::reader_left(ChannelId channel, const PeerId& peer) {
  for (OwedMessage& message : channels_[channel].owed) message.readers.erase(peer);
}

void Application::messages_missed(ChannelId channel) { channels_[channel].owed.clear(); }

void Application::channel_ended(ChannelId channel) { channels_[channel].left = true; }

// ---- observed ----

IntendedChannel* Application::current(ChannelId channel) {
  const auto it = channels_.find(channel);
  return it == channels_.end() || it->second.left ? nullptr : &it->second;
}

IntendedChannel* Application::current(const std::string& name) {
  for (auto& [id, channel] : channels_) {
    if (!channel.left && channel.name.value == name) return &channel;
  }
  return nullptr;
}

bool Application::may_send(ChannelId id, TrackId track) const {
  const auto it = channels_.find(id);
  if (it == channels_.end() || it->second.left) return false;
  for (const IntendedPublication& publication : it->second.publications) {
    for (const auto& mine : {publication.audio, publication.video}) {
      if (mine && mine->track == track) return !mine->muted;
    }
  }
  return false;
}

}  // namespace partyline::sim
