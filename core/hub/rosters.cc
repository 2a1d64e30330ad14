#include "hub/rosters.h"

#include <algorithm>

namespace partyline::hub {
namespace {

// Incarnations are numbers that JavaScript holds exactly. The upper 31 bits are of the run's epoch,
// the lower 22 count joins; should they overflow, the numbers of this run still differ.
constexpr std::uint64_t kIncarnationMax = (1ULL << 53U) - 1;
constexpr unsigned kCounterBits = 22;

// Names, ids and punctuation around the metadata. A control character that cannot be in a name
// aside, the longest escape doubles what it stands for.
constexpr std::size_t kMemberBytes = 256;
constexpr std::size_t kPublicationBytes = 256;

}  // namespace

Rosters::Rosters(std::uint32_t epoch)
    : last_incarnation_(static_cast<std::uint64_t>(epoch >> 1U) << kCounterBits) {}

std::uint64_t Rosters::next_incarnation() {
  last_incarnation_ = last_incarnation_ % kIncarnationMax + 1;
  return last_incarnation_;
}

const Channel* Rosters::find(const ChannelName& name) const {
  const auto entry = channels_.find(name);
  return entry == channels_.end() ? nullptr : entry->second.get();
}

Membership& Rosters::add(Connection& connection, const ChannelName& name) {
  std::unique_ptr<Channel>& channel = channels_[name];
  if (!channel) channel = std::make_unique<Channel>(Channel{name, {}});
  auto membership = std::make_unique<Membership>();
  membership->connection = &connection;
  membership->channel = channel.get();
  membership->incarnation = next_incarnation();
  channel->members.push_back(membership.get());
  connection.memberships.push_back(std::move(membership));
  ++memberships_;
  return *connection.memberships.back();
}

void Rosters::remove(Membership& membership) {
  Channel& channel = *membership.channel;
  Connection& connection = *membership.connection;
  channel.members.erase(std::find(channel.members.begin(), channel.members.end(), &membership));
  if (channel.members.empty()) {
    const ChannelName name = channel.name;  // the key must outlive the entry
    channels_.erase(name);
  }
  const auto is_it = [&](const auto& candidate) { return candidate.get() == &membership; };
  connection.memberships.erase(
      std::find_if(connection.memberships.begin(), connection.memberships.end(), is_it));
  --memberships_;
}

MemberInfo member_info(const Membership& membership) {
  return {membership.connection->peer, membership.incarnation, membership.metadata,
          membership.publications};
}

std::size_t roster_bytes(const Channel& channel) {
  std::size_t bytes = 0;
  for (const Membership* member : channel.members) {
    bytes += kMemberBytes + member->metadata.text.size();
    for (const PublicationInfo& publication : member->publications) {
      bytes += kPublicationBytes + publication.metadata.text.size();
    }
  }
  return bytes;
}

}  // namespace partyline::hub
