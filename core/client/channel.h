// One membership in a channel: what the application wants there, what the endpoint says is there,
// and a link for each member.
//
// Rules
//  - The wish to be in the channel lives until leave(); each new session asks for it again.
//  - Between asking and the answer nothing that is said about the channel counts: it is about an
//    earlier membership. The answer is recognized by its request number.
//  - An endpoint that lost its memory gets to know everybody anew. Who was there, and is not yet
//    back, is away until the hold time is over.
//  - The roster in an answer is reconciled with what the application was told: those who are gone
//    leave first, those who stayed stay the same peers, new ones join.
//  - What we publish and our metadata are told to the endpoint when they differ from what it knows.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/environment.h"
#include "client/link.h"
#include "client/peer.h"
#include "client/publications.h"
#include "client/topology.h"
#include "client/transitions.h"

namespace partyline {

inline constexpr TransitionTable<ChannelState, 6> kChannelTransitions{{
    {ChannelState::kJoining, ChannelState::kJoined},
    {ChannelState::kJoining, ChannelState::kLeft},
    {ChannelState::kJoined, ChannelState::kReconnecting},
    {ChannelState::kJoined, ChannelState::kLeft},
    {ChannelState::kReconnecting, ChannelState::kJoined},
    {ChannelState::kReconnecting, ChannelState::kLeft},
}};

class Channel {
 public:
  Channel(Environment& env, const input::Join& wish);

  [[nodiscard]] ChannelId id() const { return id_; }
  [[nodiscard]] const ChannelName& name() const { return name_; }
  // Whether it has ended; then it can be forgotten.
  [[nodiscard]] bool has_links() const { return !links_.empty(); }
  [[nodiscard]] bool left() const { return state_ == ChannelState::kLeft; }

  // ---- signalling ----
  // The wish to join, to be sent now.
  [[nodiscard]] const message::Join& ask();
  // The same for a hello, which counts only if it does not find the session again.
  [[nodiscard]] const message::Join& propose();
  void withdraw() { proposed_.reset(); }
  [[nodiscard]] bool proposed() const { return proposed_ != nullptr; }
  // Whether the join was asked for in the present session.
  [[nodiscard]] bool asked() const { return asked_ != nullptr; }
  void on_socket_lost(const std::string& reason);
  void on_welcome(message::SessionKind session);
  void on_joined(const message::Joined& joined);
  void on_refused(const message::Refused& refused);
  void on_removed(const message::Removed& removed);
  void on_peer_joined(const message::PeerJoined& joined);
  void on_peer_updated(const message::PeerUpdated& updated);
  void on_peer_away(const PeerId& peer, bool away);
  void on_peer_left(const message::PeerLeft& left);
  void on_signal(const message::SignalFrom& signal);
  // A frame that the companion understands, and one of its own.
  void on_frame(const std::string& text);
  void send_frame(const input::ChannelFrame& frame);

  // ---- wishes ----
  void leave();
  // The line has ended by an error: so has this.
  void fail(const Error& error);
  void publish(const input::Publish& wish);
  void unpublish(const input::Unpublish& wish);
  void set_muted(const input::SetMuted& wish);
  void replace_track(const input::ReplaceTrack& wish);
  void set_publication_metadata(const input::SetPublicationMetadata& wish);
  void set_metadata(const input::SetMetadata& wish);
  void open_data_channel(const input::OpenDataChannel& wish);
  bool close_data_channel(DataChannelId id);

  // The link of a connection or an operation, if it is one of this channel's.
  [[nodiscard]] Link* link_with(ConnectionId connection);
  [[nodiscard]] Link* link_awaiting(OperationId operation);

  void on_network_change();
  // False where the connection is none of this channel's.
  [[nodiscard]] bool on_statistics(const input::StatisticsRead& read);

  // Tells the application and the endpoint what has changed. To be called after every input.
  void settle();
  void on_time();
  [[nodiscard]] std::optional<TimeMs> next_wakeup() const;

 private:
  enum class Timer : std::uint8_t { kRejoin, kReturn, kCount };

  // A join, and what the endpoint was told of us since.
  struct Asked {
    message::Join join;
    bool granted = false;
  };

  // The far end may still have it, and come back with the same incarnation.
  struct EndedLink {
    std::uint64_t incarnation = 0;
    std::uint64_t generation = 0;
  };

  void set_state(ChannelState next, std::string_view code, const std::string& reason);
  void answer(std::optional<Error> error);
  void add_peer(const MemberInfo& member);
  void remove_peer(const PeerId& id, const std::string& reason);
  void add_link(const MemberInfo& member);
  void remove_link(const LinkEnd& end);
  [[nodiscard]] std::uint64_t next_generation(std::uint64_t incarnation) const;
  [[nodiscard]] std::unique_ptr<Asked> make_request();
  void reconcile(const std::vector<MemberInfo>& members);
  void update_peer(Peer& peer, const MemberInfo& member);
  void set_away(Peer& peer, bool away);
  void set_receives(Peer& peer, bool receives);
  [[nodiscard]] std::vector<WantedTrack> wanted_by(const MemberInfo& member) const;
  void want(const Peer& peer);
  void wait_for_returns();
  void give_up_returns();
  void tracks_changed();
  bool accepts(const JsonText& metadata);
  void tell_endpoint();
  void tell_companion();
  [[nodiscard]] bool open() const;
  void end();

  Environment& env_;
  ChannelId id_;
  ChannelName name_;
  std::optional<CallId> call_;
  ChannelState state_ = ChannelState::kJoining;
  Timers<Timer> timers_;
  std::unique_ptr<Asked> asked_;     // in the present session
  std::unique_ptr<Asked> proposed_;  // in a hello that was not answered yet
  std::uint64_t incarnation_ = 0;
  // We may not publish now.
  bool hidden_ = false;
  // The endpoint lost its memory, and those it does not know yet may be on their way.
  bool restored_ = false;
  bool restart_ = false;  // the endpoint lost what it had of us, since the last membership
  std::uint64_t membership_ = 0;
  std::optional<output::ChannelRoute> told_route_;

  JsonText metadata_;
  Publications publications_;
  std::map<PeerId, Peer> peers_;
  std::map<LinkEnd, Link> links_;
  std::vector<EndedLink> ended_;  // the latest last
};

}  // namespace partyline
