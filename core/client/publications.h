// What we publish into one channel: the application's intent, kept for as long as it is wanted,
// whatever the network does.
#pragma once

#include <optional>
#include <vector>

#include "client/environment.h"
#include "client/media_lines.h"
#include "partyline/client_input.h"
#include "partyline/result.h"

namespace partyline {

class Publications {
 public:
  // Errors leave everything as it was.
  [[nodiscard]] std::optional<Error> publish(Environment& env, const input::Publish& wish);
  void unpublish(const PublicationName& name);
  void set_muted(const input::SetMuted& wish);
  [[nodiscard]] std::optional<Error> replace_track(const input::ReplaceTrack& wish);
  void set_metadata(const input::SetPublicationMetadata& wish);

  // For the roster.
  [[nodiscard]] std::vector<PublicationInfo> infos() const;
  // For the links.
  [[nodiscard]] std::vector<WantedTrack> wanted() const;

 private:
  struct Track {
    SlotId slot;
    TrackId track;
    bool muted = false;
  };
  struct Publication {
    PublicationName name;
    JsonText metadata;
    std::optional<Track> audio;
    std::optional<Track> video;
  };

  [[nodiscard]] Publication* find(const PublicationName& name);

  std::vector<Publication> publications_;
};

}  // namespace partyline
