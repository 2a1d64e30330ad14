#include "client/publications.h"

#include <algorithm>
#include <utility>

#include "partyline/limits.h"
#include "protocol/members.h"

namespace partyline {

Publications::Publication* Publications::find(const PublicationName& name) {
  const auto found =
      std::find_if(publications_.begin(), publications_.end(),
                   [&](const Publication& publication) { return publication.name == name; });
  return found == publications_.end() ? nullptr : &*found;
}

std::optional<Error> Publications::publish(Environment& env, const input::Publish& wish) {
  if (!is_publication_name(wish.name.value)) {
    return Error{ErrorCode::invalid_argument,
                 "a publication's name has 1 to 64 bytes, no control characters and no '/'"};
  }
  if (!wish.audio && !wish.video) {
    return Error{ErrorCode::invalid_argument, "there is no track to publish"};
  }
  if (std::optional<Error> error = check_metadata(wish.metadata)) return error;
  if (find(wish.name) != nullptr) {
    return Error{ErrorCode::publication_exists,
                 "'" + wish.name.value + "' is published already: give this one another name"};
  }
  if (publications_.size() >= limits::kPublicationsMax) {
    return Error{ErrorCode::too_many_publications, "at most 16 publications in one channel"};
  }
  Publication publication{wish.name, wish.metadata, std::nullopt, std::nullopt};
  if (wish.audio) publication.audio = Track{env.new_slot(), *wish.audio, wish.muted};
  if (wish.video) publication.video = Track{env.new_slot(), *wish.video, wish.muted};
  publications_.push_back(std::move(publication));
  return std::nullopt;
}

void Publications::unpublish(const PublicationName& name) {
  std::erase_if(publications_,
                [&](const Publication& publication) { return publication.name == name; });
}

void Publications::set_muted(const input::SetMuted& wish) {
  Publication* publication = find(wish.name);
  if (publication == nullptr) return;
  const bool audio = !wish.kind || *wish.kind == MediaKind::kAudio;
  const bool video = !wish.kind || *wish.kind == MediaKind::kVideo;
  if (audio && publication->audio) publication->audio->muted = wish.muted;
  if (video && publication->video) publication->video->muted = wish.muted;
}

std::optional<Error> Publications::replace_track(const input::ReplaceTrack& wish) {
  Publication* publication = find(wish.name);
  if (publication == nullptr) return Error{ErrorCode::closed, "it is no longer published"};
  auto& track = wish.kind == MediaKind::kAudio ? publication->audio : publication->video;
  if (!track) {
    return Error{ErrorCode::invalid_argument,
                 "the publication has no " + std::string(media_kind_name(wish.kind)) + " track"};
  }
  track->track = wish.track;
  return std::nullopt;
}

void Publications::set_metadata(const input::SetPublicationMetadata& wish) {
  if (Publication* publication = find(wish.name)) publication->metadata = wish.metadata;
}

std::vector<PublicationInfo> Publications::infos() const {
  const auto status = [](const std::optional<Track>& track) {
    if (!track) return TrackStatus::kAbsent;
    return track->muted ? TrackStatus::kMuted : TrackStatus::kLive;
  };
  std::vector<PublicationInfo> infos;
  for (const Publication& publication : publications_) {
    infos.push_back(PublicationInfo{publication.name, status(publication.audio),
                                    status(publication.video), publication.metadata});
  }
  return infos;
}

std::vector<WantedTrack> Publications::wanted() const {
  std::vector<WantedTrack> wanted;
  const auto add = [&](const Publication& publication, MediaKind kind,
                       const std::optional<Track>& track) {
    if (!track) return;
    // Muted: the sender stays, without a track, so that no frame can go out whatever happens.
    const std::optional<TrackId> sent = track->muted ? std::nullopt : std::optional(track->track);
    wanted.push_back(WantedTrack{track->slot, publication.name, kind, sent});
  };
  for (const Publication& publication : publications_) {
    add(publication, MediaKind::kAudio, publication.audio);
    add(publication, MediaKind::kVideo, publication.video);
  }
  return wanted;
}

}  // namespace partyline
