// Which of our tracks goes out on which m-line of one connection.
//
// A slot is the place of one published track among the senders. It is wanted by the application,
// attached once it was ordered into an offer or answer, and bound once the browser has given it a
// mid that both sides know.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "partyline/client_output.h"
#include "partyline/protocol.h"
#include "partyline/signal.h"

namespace partyline {

// A track that is to be sent. While it is muted there is no track, but the slot stays.
struct WantedTrack {
  SlotId slot;
  PublicationName publication;
  MediaKind kind = MediaKind::kAudio;
  std::optional<TrackId> track;
};

class MediaLines {
 public:
  struct Changes {
    std::vector<SlotId> detach;        // no longer wanted
    std::vector<WantedTrack> replace;  // attached, with another track than before
    bool attach = false;               // something wanted is not attached yet
  };

  // Replaces what is wanted and says what must be done. Slots to detach are forgotten.
  [[nodiscard]] Changes want(std::vector<WantedTrack> wanted);

  // Everything that is wanted and not attached, each on a free m-line of its kind where there is
  // one. It counts as attached from now on.
  [[nodiscard]] std::vector<Attachment> attach_for_offer();

  // The same for an answer, which cannot add m-lines: only what finds a free one. `offered` are the
  // m-lines that the other side uses.
  [[nodiscard]] std::vector<Attachment> attach_for_answer(const std::vector<MediaBinding>& offered);

  // The browser's word on which slot has which m-line.
  void bind(const std::vector<SlotMid>& mids);

  // m-lines that the other side uses.
  void learn(const std::vector<MediaBinding>& remote);

  // Whether something wanted has no m-line that both sides know.
  [[nodiscard]] bool incomplete() const;

  // What we send, for the description.
  [[nodiscard]] std::vector<MediaBinding> bindings() const;

  // Another connection: what is wanted stays, nothing is attached.
  void reset();

 private:
  struct Line {
    Mid mid;
    MediaKind kind = MediaKind::kAudio;
    // We have sent on it and stopped. Not used again while there are few: when a receiver in
    // Chromium is started for the second time, packets that come late from the first can leave its
    // track muted for ever.
    bool spent = false;
  };
  struct Slot {
    WantedTrack wanted;
    bool attached = false;
    std::optional<Mid> mid;
  };

  [[nodiscard]] std::optional<Mid> free_line(MediaKind kind) const;
  [[nodiscard]] static Attachment attach(Slot& slot, std::optional<Mid> mid);
  void add_line(const Mid& mid, MediaKind kind);
  void spend(const Mid& mid);

  std::vector<Slot> slots_;
  std::vector<Line> lines_;
};

}  // namespace partyline
