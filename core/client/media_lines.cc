#include "client/media_lines.h"

#include <algorithm>
#include <utility>

#include "partyline/limits.h"

namespace partyline {

namespace {

// A description has about half a kilobyte for each m-line.
constexpr std::size_t kLinesPerKind = 8;

}  // namespace

MediaLines::Changes MediaLines::want(std::vector<WantedTrack> wanted) {
  Changes changes;
  std::erase_if(slots_, [&](const Slot& slot) {
    const bool stays = std::any_of(wanted.begin(), wanted.end(), [&](const WantedTrack& track) {
      return track.slot == slot.wanted.slot;
    });
    if (!stays && slot.attached) {
      changes.detach.push_back(slot.wanted.slot);
      if (slot.mid) spend(*slot.mid);
    }
    return !stays;
  });
  for (WantedTrack& track : wanted) {
    const auto slot = std::find_if(slots_.begin(), slots_.end(), [&](const Slot& candidate) {
      return candidate.wanted.slot == track.slot;
    });
    if (slot == slots_.end()) {
      slots_.push_back(Slot{std::move(track), false, std::nullopt});
      continue;
    }
    if (slot->attached && slot->wanted.track != track.track) changes.replace.push_back(track);
    slot->wanted = std::move(track);
  }
  changes.attach =
      std::any_of(slots_.begin(), slots_.end(), [](const Slot& slot) { return !slot.attached; });
  return changes;
}

std::optional<Mid> MediaLines::free_line(MediaKind kind) const {
  std::optional<Mid> spent;
  std::size_t count = 0;
  for (const Line& line : lines_) {
    if (line.kind != kind) continue;
    ++count;
    const bool taken = std::any_of(slots_.begin(), slots_.end(),
                                   [&](const Slot& slot) { return slot.mid == line.mid; });
    if (taken) continue;
    if (!line.spent) return line.mid;
    if (!spent) spent = line.mid;
  }
  // Rather a spent one than descriptions that grow without end.
  return count < kLinesPerKind ? std::nullopt : spent;
}

Attachment MediaLines::attach(Slot& slot, std::optional<Mid> mid) {
  slot.attached = true;
  slot.mid = mid;
  return Attachment{slot.wanted.slot, slot.wanted.kind, slot.wanted.track,
                    slot.wanted.publication.value, std::move(mid)};
}

std::vector<Attachment> MediaLines::attach_for_offer() {
  std::vector<Attachment> attachments;
  for (Slot& slot : slots_) {
    if (!slot.attached) attachments.push_back(attach(slot, free_line(slot.wanted.kind)));
  }
  return attachments;
}

std::vector<Attachment> MediaLines::attach_for_answer(const std::vector<MediaBinding>& offered) {
  learn(offered);
  std::vector<Attachment> attachments;
  for (Slot& slot : slots_) {
    if (slot.mid) continue;
    if (std::optional<Mid> mid = free_line(slot.wanted.kind)) {
      attachments.push_back(attach(slot, std::move(mid)));
    }
  }
  return attachments;
}

void MediaLines::bind(const std::vector<SlotMid>& mids) {
  for (Slot& slot : slots_) {
    for (const SlotMid& given : mids) {
      if (given.slot != slot.wanted.slot) continue;
      slot.mid = given.mid;
      add_line(given.mid, slot.wanted.kind);
    }
  }
}

void MediaLines::learn(const std::vector<MediaBinding>& remote) {
  for (const MediaBinding& binding : remote) add_line(binding.mid, binding.kind);
}

void MediaLines::spend(const Mid& mid) {
  for (Line& line : lines_) {
    if (line.mid == mid) line.spent = true;
  }
}

void MediaLines::add_line(const Mid& mid, MediaKind kind) {
  const bool known =
      std::any_of(lines_.begin(), lines_.end(), [&](const Line& line) { return line.mid == mid; });
  if (!known && lines_.size() < limits::kLinesMax) lines_.push_back(Line{mid, kind, false});
}

bool MediaLines::incomplete() const {
  return std::any_of(slots_.begin(), slots_.end(), [](const Slot& slot) { return !slot.mid; });
}

std::vector<MediaBinding> MediaLines::bindings() const {
  std::vector<MediaBinding> bindings;
  for (const Slot& slot : slots_) {
    if (slot.attached && slot.mid) {
      bindings.push_back(MediaBinding{*slot.mid, slot.wanted.publication, slot.wanted.kind});
    }
  }
  return bindings;
}

void MediaLines::reset() {
  lines_.clear();
  for (Slot& slot : slots_) {
    slot.attached = false;
    slot.mid.reset();
  }
}

}  // namespace partyline
