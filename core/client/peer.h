// One remote participant of one channel, as the application sees it. What it is told is derived
// from the roster and the link by comparing with what it was told before, so that it hears of each
// change once, whatever caused it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "client/environment.h"
#include "client/link.h"
#include "client/transitions.h"

namespace partyline {

inline constexpr TransitionTable<PeerState, 13> kPeerTransitions{{
    {PeerState::kConnecting, PeerState::kConnected},
    {PeerState::kConnecting, PeerState::kLeft},
    {PeerState::kConnected, PeerState::kReconnecting},
    {PeerState::kConnected, PeerState::kLeft},
    {PeerState::kReconnecting, PeerState::kConnected},
    {PeerState::kReconnecting, PeerState::kLeft},
    {PeerState::kConnecting, PeerState::kAway},
    {PeerState::kConnected, PeerState::kAway},
    {PeerState::kReconnecting, PeerState::kAway},
    {PeerState::kAway, PeerState::kConnecting},
    {PeerState::kAway, PeerState::kConnected},
    {PeerState::kAway, PeerState::kReconnecting},
    {PeerState::kAway, PeerState::kLeft},
}};

class Peer {
 public:
  Peer(Environment& env, ChannelId channel, MemberInfo member);

  [[nodiscard]] const MemberInfo& member() const { return member_; }

  // Tells that the peer is there. Legal once, before anything else.
  void announce();
  // Tells that it is gone. Nothing is told afterwards.
  void retire(std::string reason);

  // Whether it has no socket to the endpoint now, as the endpoint says.
  void set_away(bool away) {
    member_.away = away;
    expected_ = false;
  }
  // Whether it may subscribe to media.
  void set_receives(bool receives) { member_.receives = receives; }
  // The endpoint does not know it yet, or any more: it is away until it is heard of.
  void expect_return() { member_.away = expected_ = true; }
  [[nodiscard]] bool expected() const { return expected_; }

  void set_metadata(JsonText metadata);
  void set_publications(std::vector<PublicationInfo> publications);

  // The m-lines on which something is to be received that is not muted.
  [[nodiscard]] std::vector<Mid> live_lines(const Link& link) const;

  // Tells what the link has come to. `link` is the one that carries the peer.
  void settle(Link& link);

  // ---- data channels that the application opened ----
  void open_data_channel(DataChannelId id, std::string label, JsonText init, const Link& link);
  // Whether it was one of this peer's.
  bool close_data_channel(DataChannelId id);
  // All of them have ended.
  void end_data_channels();

 private:
  struct Stream {
    PublicationName name;
    std::vector<RemoteTrack> tracks;
  };
  struct DataChannel {
    DataChannelId id;
    std::string label;
    JsonText init;
  };

  void set_state(PeerState next);
  void settle_connection(const Link& link);
  void settle_streams(const Link& link);
  void forget_ended_streams();
  [[nodiscard]] const PublicationInfo* publication(const PublicationName& name) const;

  Environment& env_;
  ChannelId channel_;
  MemberInfo member_;
  PeerState state_ = PeerState::kConnecting;
  bool was_connected_ = false;
  bool expected_ = false;
  std::optional<ConnectionId> told_connection_;
  std::vector<Stream> streams_;
  std::vector<DataChannel> data_channels_;
};

}  // namespace partyline
