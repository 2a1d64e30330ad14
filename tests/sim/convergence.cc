#include "convergence.h"

#include <algorithm>
#include <map>
#include <vector>

#include "world.h"

namespace partyline::sim {

namespace {

// A client in a channel.
struct Member {
  const ClientHost* client = nullptr;
  const IntendedChannel* channel = nullptr;
};
using Rooms = std::map<ChannelName, std::vector<Member>>;

std::string place(const Member& member, const Member& other) {
  return member.client->name() + " in " + member.channel->name.value + " about " +
         other.client->name() + ": ";
}

Rooms rooms_of(const World& world) {
  Rooms rooms;
  for (const auto& client : world.clients) {
    for (const auto& [id, channel] : client->application().channels()) {
      if (!channel.left) rooms[channel.name].push_back({client.get(), &channel});
    }
  }
  return rooms;
}

std::vector<PublicationInfo> infos(const IntendedChannel& channel) {
  std::vector<PublicationInfo> infos;
  for (const IntendedPublication& publication : channel.publications) {
    infos.push_back(publication.info());
  }
  return infos;
}

// Every live track arrives under its publication's name, and nothing that is muted.
std::string missing_media(const Member& member, const Member& other, const ToldPeer& told) {
  for (const IntendedPublication& publication : other.channel->publications) {
    const auto stream = told.streams.find(publication.name);
    for (const MediaKind kind : {MediaKind::kAudio, MediaKind::kVideo}) {
      const auto& intended = publication.of(kind);
      const RemoteTrack* track = nullptr;
      if (stream != told.streams.end()) {
        const auto found = std::ranges::find_if(
            stream->second, [&](const RemoteTrack& each) { return each.kind == kind; });
        if (found != stream->second.end()) track = &*found;
      }
      const std::string what = publication.name.value + "/" + std::string(media_kind_name(kind));
      if (!intended) {
        if (track != nullptr) return what + " is shown but not published";
        continue;
      }
      if (track == nullptr) return what + " has no track";
      const auto arriving = member.client->browser().track_arriving(*track);
      if (intended->muted && arriving) return what + " flows though it is muted";
      if (!intended->muted && arriving != intended->track) return what + " does not flow";
    }
  }
  for (const auto& entry : told.streams) {
    const PublicationName& name = entry.first;
    const bool published =
        std::ranges::any_of(other.channel->publications,
                            [&](const IntendedPublication& each) { return each.name == name; });
    if (!published) return "stream " + name.value + " is not published any more";
  }
  return "";
}

std::string missing_data_channels(const Member& member, const PeerId& peer) {
  const BrowserConnection* connection = member.client->browser().open_to(member.channel->id, peer);
  for (const auto& [id, to] : member.channel->data_channels) {
    if (to != peer) continue;
    if (connection == nullptr || !connection->data_channels.contains(id)) {
      return "data channel " + std::to_string(id.value) + " is not open";
    }
  }
  return "";
}

// What was sent to somebody who was there, and still is, has arrived; where something is missing,
// they were told.
std::string missing_messages(const Member& member, const Member& other) {
  const ToldChannel* told = other.client->observer().channel(other.channel->id);
  const auto heard = told->messages.find(member.client->name());
  for (const OwedMessage& message : member.channel->owed) {
    if (!message.readers.contains(other.client->observer().me())) continue;
    if (message.at <= told->missed) continue;
    if (heard != told->messages.end() &&
        std::ranges::binary_search(heard->second, message.number)) {
      continue;
    }
    return "message " + std::to_string(message.number) + " has not arrived";
  }
  return "";
}

std::string missing_between(const Member& member, const Member& other) {
  const ToldChannel* told = member.client->observer().channel(member.channel->id);
  const PeerId& id = other.client->observer().me();
  const auto peer = told->peers.find(id);
  if (peer == told->peers.end()) return "not seen";
  if (peer->second.state != PeerState::kConnected) return "not connected";
  if (peer->second.metadata != other.channel->metadata) return "metadata differ";
  if (peer->second.publications != infos(*other.channel)) return "publications differ";
  const std::string media = missing_media(member, other, peer->second);
  if (!media.empty()) return media;
  const std::string messages = missing_messages(member, other);
  if (!messages.empty()) return messages;
  return missing_data_channels(member, id);
}

std::string missing_in_room(const std::vector<Member>& room) {
  for (const Member& member : room) {
    const ToldChannel* told = member.client->observer().channel(member.channel->id);
    if (told == nullptr || told->state != ChannelState::kJoined) {
      return member.client->name() + " has not joined " + member.channel->name.value;
    }
    for (const Member& other : room) {
      if (other.client == member.client) continue;
      const std::string missing = missing_between(member, other);
      if (!missing.empty()) return place(member, other) + missing;
    }
    if (told->peers.size() + 1 != room.size()) {
      return member.client->name() + " sees a ghost in " + member.channel->name.value;
    }
  }
  return "";
}

}  // namespace

std::string what_is_missing(const World& world) {
  std::size_t memberships = 0;
  for (const auto& [name, room] : rooms_of(world)) {
    const std::string missing = missing_in_room(room);
    if (!missing.empty()) return missing;
    memberships += room.size();
  }
  for (const auto& client : world.clients) {
    if (client->application().pending_calls() != 0) {
      return client->name() + " waits for the end of a call";
    }
  }
  if (world.memberships() != memberships) {
    return "the endpoint has " + std::to_string(world.memberships()) + " memberships instead of " +
           std::to_string(memberships);
  }
  return "";
}

}  // namespace partyline::sim
