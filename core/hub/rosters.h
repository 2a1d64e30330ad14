// Who is in which channel. Tells nobody: that is for the caller.
#pragma once

#include <cstddef>
#include <memory>
#include <unordered_map>
#include <vector>

#include "hub/connection.h"
#include "partyline/limits.h"

namespace partyline::hub {

class Rosters {
 public:
  // `epoch` makes the incarnations of this run differ from those of others.
  explicit Rosters(std::uint32_t epoch);

  // Null where nobody is in a channel of that name.
  [[nodiscard]] const Channel* find(const ChannelName& name) const;

  // Puts the session into the channel, in which it is not yet, under the incarnation that it had
  // before, if it names one that nobody there has, or else under a new one.
  Membership& add(Session& session, const ChannelName& name, std::uint64_t incarnation = 0);

  // Takes the membership out of its channel and its session, and destroys it. A channel without
  // members vanishes.
  void remove(Membership& membership);

  [[nodiscard]] std::size_t channels() const { return channels_.size(); }
  [[nodiscard]] std::size_t memberships() const { return memberships_; }

 private:
  [[nodiscard]] std::uint64_t new_incarnation(const Channel& channel);

  std::unordered_map<ChannelName, std::unique_ptr<Channel>> channels_;
  std::size_t memberships_ = 0;
  std::uint64_t last_incarnation_;
};

// The membership as the others in the channel are told.
[[nodiscard]] MemberInfo member_info(const Membership& membership);

// What the session is told that the member publishes: nothing where it may not subscribe.
[[nodiscard]] std::vector<PublicationInfo> publications_for(const Session& session,
                                                            const Membership& member);

// What a member is told of the channel: all but itself.
[[nodiscard]] message::Joined joined(const Membership& membership, std::uint64_t request);

// Rosters in one frame: three quarters of it, the rest is for what roster_bytes does not count.
inline constexpr std::size_t kRosterBytesMax = limits::kHubFrameBytesMax / 4 * 3;

// At most how many bytes a member that says this of itself takes up in a frame, and all of a
// channel.
[[nodiscard]] std::size_t member_bytes(const JsonText& metadata,
                                       const std::vector<PublicationInfo>& publications);
[[nodiscard]] std::size_t roster_bytes(const Channel& channel);

}  // namespace partyline::hub
