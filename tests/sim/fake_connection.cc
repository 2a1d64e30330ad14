#include "fake_connection.h"

#include <algorithm>
#include <utility>

namespace partyline::sim {

namespace {

SectionKind section_kind(MediaKind kind) {
  return kind == MediaKind::kAudio ? SectionKind::kAudio : SectionKind::kVideo;
}

Failure invalid_state(const std::string& what) { return {"InvalidStateError", what}; }
Failure invalid_access(const std::string& what) { return {"InvalidAccessError", what}; }

bool same_lines(const std::vector<Section>& a, const std::vector<Section>& b) {
  return std::ranges::equal(
      a, b, [](const Section& x, const Section& y) { return x.mid == y.mid && x.kind == y.kind; });
}

}  // namespace

// ---- the shim's orders ----

std::optional<Failure> FakeConnection::attach(const Attachment& attachment) {
  if (signaling_state_ == SignalingState::kClosed) return invalid_state("closed");
  for (Transceiver& transceiver : transceivers_) {
    if (transceiver.slot != attachment.slot) continue;
    if (attachment.mid && transceiver.mid == attachment.mid) continue;
    if (transceiver.mid) return invalid_access("slot is attached to another m-line already");
    transceiver.slot.reset();
    transceiver.track.reset();
    transceiver.stopped = true;
  }
  Transceiver* chosen = attachment.mid ? find(*attachment.mid) : nullptr;
  if (attachment.mid && chosen == nullptr) return invalid_access("no transceiver of that mid");
  if (chosen == nullptr) {
    transceivers_.push_back({});
    chosen = &transceivers_.back();
    chosen->kind = attachment.kind;
    chosen->direction = kReceiveOnly;
  }
  if (chosen->kind != attachment.kind) return invalid_access("transceiver of the other kind");
  if (chosen->slot && *chosen->slot != attachment.slot) return invalid_access("m-line is taken");
  chosen->slot = attachment.slot;
  chosen->track = attachment.track;
  chosen->stream = attachment.stream;
  chosen->direction = static_cast<Direction>(chosen->direction | kSendOnly);
  return std::nullopt;
}

bool FakeConnection::set_track(SlotId slot, std::optional<TrackId> track) {
  for (Transceiver& transceiver : transceivers_) {
    if (transceiver.slot != slot) continue;
    transceiver.track = track;
    return true;
  }
  return false;
}

std::optional<std::size_t> FakeConnection::detach(SlotId slot) {
  for (std::size_t i = 0; i < transceivers_.size(); ++i) {
    if (transceivers_[i].slot != slot) continue;
    transceivers_[i].slot.reset();
    transceivers_[i].track.reset();
    transceivers_[i].stream.clear();
    return i;
  }
  return std::nullopt;
}

void FakeConnection::stop_sending(std::size_t transceiver) {
  transceivers_[transceiver].direction = both(transceivers_[transceiver].direction, kReceiveOnly);
}

// ---- descriptions ----

void FakeConnection::add_sections_of_new_transceivers() {
  for (Transceiver& transceiver : transceivers_) {
    if (transceiver.mid || transceiver.stopped) continue;
    transceiver.mid = next_mid();
    transceiver.mid_is_pending = true;
    local_offer_.sections.push_back(
        {*transceiver.mid, section_kind(transceiver.kind), kInactive, ""});
  }
  // The data channel's m-line comes after those of transceivers in a first offer.
  if (std::ranges::none_of(local_offer_.sections, [](const Section& section) {
        return section.kind == SectionKind::kApplication;
      })) {
    local_offer_.sections.push_back({next_mid(), SectionKind::kApplication, kInactive, ""});
  }
}

Made FakeConnection::set_local_offer(bool ice_restart) {
  if (signaling_state_ != SignalingState::kStable &&
      signaling_state_ != SignalingState::kHaveLocalOffer) {
    return {"", invalid_state("an offer in have-remote-offer or closed")};
  }
  const bool again = signaling_state_ == SignalingState::kHaveLocalOffer;
  const std::string pending_ufrag = again ? local_offer_.ufrag : "";
  if (!again) local_offer_.sections = lines_;
  const bool outdated = !outdated_ufrag_.empty() && outdated_ufrag_ == newest_local_ufrag();
  ice_restart_wanted_ = ice_restart_wanted_ || ice_restart || outdated;
  local_offer_.origin = origin_;
  local_offer_.version = ++version_;
  add_sections_of_new_transceivers();
  for (Section& section : local_offer_.sections) {
    const Transceiver* transceiver = find(section.mid);
    if (transceiver == nullptr) continue;
    section.direction = transceiver->stopped ? kInactive : transceiver->direction;
    section.stream = (section.direction & kSendOnly) != 0 ? transceiver->stream : "";
  }
  if (!pending_ufrag.empty() && !ice_restart && !outdated) {
    local_offer_.ufrag = pending_ufrag;
  } else if (local_ufrag_.empty() || ice_restart_wanted_) {
    local_offer_.ufrag = next_ufrag();
  } else {
    local_offer_.ufrag = local_ufrag_;
  }
  signaling_state_ = SignalingState::kHaveLocalOffer;
  return {write_description(local_offer_), std::nullopt};
}

bool FakeConnection::continues_lines(const SessionDescription& offer) const {
  if (offer.sections.size() < lines_.size()) return false;
  const std::vector<Section> same(
      offer.sections.begin(), offer.sections.begin() + static_cast<std::ptrdiff_t>(lines_.size()));
  if (!same_lines(same, lines_)) return false;
  std::set<std::string> mids;
  return std::ranges::all_of(offer.sections, [&](const Section& section) {
    return mids.insert(section.mid.value).second;
  });
}

void FakeConnection::note_remote(const SessionDescription& remote) {
  if (remote_origin_ != 0 && remote_origin_ != remote.origin) {
    misuse_ = "connection " + std::to_string(origin_) + " was given a description of " +
              std::to_string(remote.origin) + " after those of " + std::to_string(remote_origin_);
  }
  remote_origin_ = remote.origin;
  remote_ufrags_.insert(remote.ufrag);
}

void FakeConnection::rollback() {
  for (Transceiver& transceiver : transceivers_) {
    const bool received = (transceiver.current_direction & kReceiveOnly) != 0;
    if (received && transceiver.kind == MediaKind::kVideo) transceiver.blind = true;
    if (!transceiver.mid_is_pending) continue;
    transceiver.mid.reset();
    transceiver.mid_is_pending = false;
  }
  local_offer_ = {};
  signaling_state_ = SignalingState::kStable;
}

std::optional<Failure> FakeConnection::set_remote_offer(const std::string& sdp) {
  if (signaling_state_ == SignalingState::kClosed) return invalid_state("closed");
  const auto offer = parse_description(sdp);
  if (!offer) return Failure{"OperationError", "not an SDP"};
  if (offer->answers) return invalid_access("an answer as an offer");
  if (signaling_state_ == SignalingState::kHaveLocalOffer) rollback();
  if (!continues_lines(*offer)) return invalid_access("m-lines of the offer are in other places");
  note_remote(*offer);
  for (std::size_t i = lines_.size(); i < offer->sections.size(); ++i) {
    const Section& section = offer->sections[i];
    if (section.kind == SectionKind::kApplication || find(section.mid) != nullptr) continue;
    transceivers_.push_back({});
    Transceiver& made = transceivers_.back();
    made.kind = section.kind == SectionKind::kAudio ? MediaKind::kAudio : MediaKind::kVideo;
    made.mid = section.mid;
    made.direction = kReceiveOnly;
  }
  remote_offer_ = *offer;
  signaling_state_ = SignalingState::kHaveRemoteOffer;
  return std::nullopt;
}

Made FakeConnection::set_local_answer() {
  if (signaling_state_ != SignalingState::kHaveRemoteOffer) {
    return {"", invalid_state("an answer without an offer")};
  }
  SessionDescription answer;
  answer.origin = origin_;
  answer.version = ++version_;
  answer.answers = {remote_offer_.origin, remote_offer_.version};
  const bool restarted = remote_offer_.ufrag != remote_ufrag_;
  answer.ufrag = local_ufrag_.empty() || restarted ? next_ufrag() : local_ufrag_;
  for (const Section& offered : remote_offer_.sections) {
    const Transceiver* transceiver = find(offered.mid);
    Section section{offered.mid, offered.kind, kInactive, ""};
    if (transceiver != nullptr) {
      section.direction = both(reversed(offered.direction), transceiver->direction);
      section.stream = (section.direction & kSendOnly) != 0 ? transceiver->stream : "";
    }
    answer.sections.push_back(std::move(section));
  }
  commit(answer.ufrag, remote_offer_.ufrag, answer.sections);
  return {write_description(answer), std::nullopt};
}

std::optional<Failure> FakeConnection::set_remote_answer(const std::string& sdp) {
  if (signaling_state_ != SignalingState::kHaveLocalOffer) {
    return invalid_state("an answer without an own offer");
  }
  const auto answer = parse_description(sdp);
  if (!answer) return Failure{"OperationError", "not an SDP"};
  if (!same_lines(answer->sections, local_offer_.sections)) {
    return invalid_access("the answer's m-lines are not the offer's");
  }
  if (answer->answers != std::pair{local_offer_.origin, local_offer_.version}) {
    misuse_ = "connection " + std::to_string(origin_) + " was given an answer to another offer";
  }
  note_remote(*answer);
  std::vector<Section> sections = answer->sections;
  for (Section& section : sections) section.direction = reversed(section.direction);
  commit(local_offer_.ufrag, answer->ufrag, sections);
  return std::nullopt;
}

void FakeConnection::commit(const std::string& local_ufrag, const std::string& remote_ufrag,
                            const std::vector<Section>& local_sections) {
  if (local_ufrag != local_ufrag_) ice_restart_wanted_ = false;
  lines_ = local_sections;
  for (const Section& section : lines_) {
    Transceiver* transceiver = find(section.mid);
    if (transceiver == nullptr) continue;
    transceiver->mid_is_pending = false;
    transceiver->current_direction = section.direction;
  }
  local_ufrag_ = local_ufrag;
  remote_ufrag_ = remote_ufrag;
  local_offer_ = {};
  remote_offer_ = {};
  signaling_state_ = SignalingState::kStable;
}

std::optional<Failure> FakeConnection::add_candidate(const IceCandidate& candidate) {
  if (signaling_state_ == SignalingState::kClosed) return invalid_state("closed");
  const bool pending = signaling_state_ == SignalingState::kHaveRemoteOffer;
  if (remote_ufrag_.empty() && !pending) return invalid_state("no remote description");
  const bool known =
      candidate.ufrag == remote_ufrag_ || (pending && candidate.ufrag == remote_offer_.ufrag);
  if (!known) return Failure{"OperationError", "unknown ufrag"};
  if (!candidate.candidate.empty()) ++remote_candidates_[candidate.ufrag];
  return std::nullopt;
}

// ---- what can be seen ----

Transceiver* FakeConnection::find(const Mid& mid) {
  const auto it = std::ranges::find_if(
      transceivers_, [&](const Transceiver& transceiver) { return transceiver.mid == mid; });
  return it == transceivers_.end() ? nullptr : &*it;
}

const Transceiver* FakeConnection::transceiver(const Mid& mid) const {
  return const_cast<FakeConnection*>(this)->find(mid);
}

std::vector<SlotMid> FakeConnection::slot_mids() const {
  std::vector<SlotMid> mids;
  for (const Transceiver& transceiver : transceivers_) {
    if (transceiver.slot && transceiver.mid) mids.push_back({*transceiver.slot, *transceiver.mid});
  }
  return mids;
}

Mid FakeConnection::first_mid() const {
  if (!local_offer_.sections.empty()) return local_offer_.sections.front().mid;
  return lines_.empty() ? Mid{} : lines_.front().mid;
}

const std::string& FakeConnection::newest_local_ufrag() const {
  return local_offer_.ufrag.empty() ? local_ufrag_ : local_offer_.ufrag;
}

bool FakeConnection::has_candidate_of(const std::string& ufrag) const {
  return remote_candidates_.contains(ufrag);
}

// Chromium counts on over rollbacks, and skips what is taken.
Mid FakeConnection::next_mid() {
  const auto taken = [&](const Mid& mid) {
    const auto has = [&](const std::vector<Section>& sections) {
      return std::ranges::any_of(sections, [&](const Section& s) { return s.mid == mid; });
    };
    return has(lines_) || has(local_offer_.sections) || find(mid) != nullptr;
  };
  Mid mid{std::to_string(mids_made_++)};
  while (taken(mid)) mid = Mid{std::to_string(mids_made_++)};
  return mid;
}

std::string FakeConnection::next_ufrag() {
  return "u" + std::to_string(origin_) + "x" + std::to_string(++ufrags_made_);
}

}  // namespace partyline::sim
