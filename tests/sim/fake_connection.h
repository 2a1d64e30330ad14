// A model of RTCPeerConnection: the state of JSEP (RFC 8829) without its asynchrony, which
// fake_browser.h adds, and without its network, which ice_network.h adds.
//
// Rules it keeps, because cores have got them wrong:
//   - an answer adds no m-line, and its directions are cut to what the offer allows;
//   - a transceiver of addTransceiver() is never associated with an m-line of a remote offer
//     (RFC 8829 §5.10), and loses its mid when the own offer is rolled back (§4.1.10.2);
//   - a rollback costs what was received: Chromium never shows a frame of such a video track again;
//   - m-lines never change their place or kind;
//   - descriptions in the wrong state fail with InvalidStateError, and leave everything as it was;
//   - restartIce() holds until an offer with new credentials was answered;
//   - after a change of the ICE servers the next offer restarts, too (RFC 9429 §5.2.2).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "partyline/client_output.h"
#include "partyline/result.h"
#include "session_description.h"

namespace partyline::sim {

enum class SignalingState : std::uint8_t { kStable, kHaveLocalOffer, kHaveRemoteOffer, kClosed };

// A DOMException.
struct Failure {
  std::string name;
  std::string text;
};

struct Transceiver {
  MediaKind kind = MediaKind::kAudio;
  std::optional<Mid> mid;
  Direction direction = kInactive;
  Direction current_direction = kInactive;
  bool stopped = false;
  // Its mid is of an own offer that is not answered yet.
  bool mid_is_pending = false;
  // It received video when an own offer was rolled back.
  bool blind = false;
  // What the shim keeps: which slot's sender it is.
  std::optional<SlotId> slot;
  std::optional<TrackId> track;
  std::string stream;
};

// What setting a description gives: text where one was made, or why not.
struct Made {
  std::string sdp;
  std::optional<Failure> failure;
};

class FakeConnection {
 public:
  // `origin` is unique in the world and not zero.
  explicit FakeConnection(std::uint64_t origin) : origin_(origin) {}

  // ---- the shim's orders ----
  [[nodiscard]] std::optional<Failure> attach(const Attachment& attachment);
  // False where no transceiver has the slot.
  bool set_track(SlotId slot, std::optional<TrackId> track);
  // Takes track and slot from a transceiver and says which; its direction is another matter.
  std::optional<std::size_t> detach(SlotId slot);
  void stop_sending(std::size_t transceiver);

  // ---- descriptions ----
  [[nodiscard]] Made set_local_offer(bool ice_restart);
  [[nodiscard]] std::optional<Failure> set_remote_offer(const std::string& sdp);
  [[nodiscard]] Made set_local_answer();
  [[nodiscard]] std::optional<Failure> set_remote_answer(const std::string& sdp);
  [[nodiscard]] std::optional<Failure> add_candidate(const IceCandidate& candidate);
  void change_ice_servers() { outdated_ufrag_ = newest_local_ufrag(); }
  void close() { signaling_state_ = SignalingState::kClosed; }

  // ---- what can be seen ----
  [[nodiscard]] std::uint64_t origin() const { return origin_; }
  [[nodiscard]] SignalingState signaling_state() const { return signaling_state_; }
  [[nodiscard]] const std::vector<Transceiver>& transceivers() const { return transceivers_; }
  [[nodiscard]] const Transceiver* transceiver(const Mid& mid) const;
  [[nodiscard]] std::vector<SlotMid> slot_mids() const;
  // Of the first m-line of the newest local description: where candidates belong with BUNDLE.
  [[nodiscard]] Mid first_mid() const;
  // Credentials for which candidates are wanted: those of the pending offer, else the active ones.
  [[nodiscard]] const std::string& newest_local_ufrag() const;
  // Those that checks use: both set once a negotiation was completed.
  [[nodiscard]] const std::string& local_ufrag() const { return local_ufrag_; }
  [[nodiscard]] const std::string& remote_ufrag() const { return remote_ufrag_; }
  [[nodiscard]] bool has_candidate_of(const std::string& ufrag) const;
  // The connection whose descriptions it was given; zero before.
  [[nodiscard]] std::uint64_t remote_origin() const { return remote_origin_; }
  // Descriptions that a core must not have handed over; empty while there are none.
  [[nodiscard]] const std::string& misuse() const { return misuse_; }
  [[nodiscard]] bool knew_ufrag(const std::string& ufrag) const {
    return remote_ufrags_.contains(ufrag);
  }

 private:
  [[nodiscard]] Transceiver* find(const Mid& mid);
  [[nodiscard]] Mid next_mid();
  [[nodiscard]] std::string next_ufrag();
  void note_remote(const SessionDescription& remote);
  void rollback();
  [[nodiscard]] bool continues_lines(const SessionDescription& offer) const;
  void add_sections_of_new_transceivers();
  void commit(const std::string& local_ufrag, const std::string& remote_ufrag,
              const std::vector<Section>& local_sections);

  std::uint64_t origin_;
  SignalingState signaling_state_ = SignalingState::kStable;
  std::vector<Transceiver> transceivers_;
  // m-lines of the last completed negotiation.
  std::vector<Section> lines_;
  // Set while an own offer waits for its answer, or a remote one for ours.
  SessionDescription local_offer_;
  SessionDescription remote_offer_;
  bool ice_restart_wanted_ = false;
  std::string outdated_ufrag_;  // gathered for with former ICE servers
  std::uint64_t version_ = 0;
  int mids_made_ = 0;
  int ufrags_made_ = 0;
  std::string local_ufrag_;
  std::string remote_ufrag_;
  std::uint64_t remote_origin_ = 0;
  std::set<std::string> remote_ufrags_;
  std::map<std::string, int> remote_candidates_;
  std::string misuse_;
};

}  // namespace partyline::sim
