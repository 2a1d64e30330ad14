#include "hub/rosters.h"

#include <algorithm>

#include "hub/undelivered.h"

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

bool is_taken(const Channel& channel, std::uint64_t incarnation) {
  const auto has_it = [&](const Membership* member) { return member->incarnation == incarnation; };
  return std::any_of(channel.members.begin(), channel.members.end(), has_it);
}

}  // namespace

Rosters::Rosters(std::uint32_t epoch)
    : last_incarnation_(static_cast<std::uint64_t>(epoch >> 1U) << kCounterBits) {}

std::uint64_t Rosters::new_incarnation(const Channel& channel) {
  do {
    last_incarnation_ = last_incarnation_ % kIncarnationMax + 1;
  } while (is_taken(channel, last_incarnation_));
  return last_incarnation_;
}

const Channel* Rosters::find(const ChannelName& name) const {
  const auto entry = channels_.find(name);
  return entry == channels_.end() ? nullptr : entry->second.get();
}

Membership& Rosters::add(Session& session, const ChannelName& name, std::uint64_t incarnation) {
  std::unique_ptr<Channel>& channel = channels_[name];
  if (!channel) channel = std::make_unique<Channel>(Channel{name, {}});
  auto membership = std::make_unique<Membership>();
  membership->session = &session;
  membership->channel = channel.get();
  const bool keeps = incarnation != 0 && !is_taken(*channel, incarnation);
  membership->incarnation = keeps ? incarnation : new_incarnation(*channel);
  channel->members.push_back(membership.get());
  session.memberships.push_back(std::move(membership));
  ++memberships_;
  return *session.memberships.back();
}

void Rosters::remove(Membership& membership) {
  forget_undelivered(membership);
  Channel& channel = *membership.channel;
  Session& session = *membership.session;
  channel.members.erase(std::find(channel.members.begin(), channel.members.end(), &membership));
  if (channel.members.empty()) {
    const ChannelName name = channel.name;  // the key must outlive the entry
    channels_.erase(name);
  }
  const auto is_it = [&](const auto& candidate) { return candidate.get() == &membership; };
  session.memberships.erase(
      std::find_if(session.memberships.begin(), session.memberships.end(), is_it));
  --memberships_;
}

MemberInfo member_info(const Membership& membership) {
  return {membership.session->peer,      membership.incarnation,
          membership.metadata,           membership.publications,
          membership.session->told_away, membership.session->grant.may().subscribe};
}

std::vector<PublicationInfo> publications_for(const Session& session, const Membership& member) {
  return session.grant.may().subscribe ? member.publications : std::vector<PublicationInfo>();
}

message::Joined joined(const Membership& membership, std::uint64_t request) {
  message::Joined joined{membership.channel->name, request, membership.incarnation, {}};
  joined.members.reserve(membership.channel->members.size());
  for (const Membership* member : membership.channel->members) {
    if (member == &membership) continue;
    joined.members.push_back(member_info(*member));
    joined.members.back().publications = publications_for(*membership.session, *member);
  }
  return joined;
}

std::size_t member_bytes(const JsonText& metadata,
                         const std::vector<PublicationInfo>& publications) {
  std::size_t bytes = kMemberBytes + metadata.text.size();
  for (const PublicationInfo& publication : publications) {
    bytes += kPublicationBytes + publication.metadata.text.size();
  }
  return bytes;
}

std::size_t roster_bytes(const Channel& channel) {
  std::size_t bytes = 0;
  for (const Membership* member : channel.members) {
    // Also what may not be shown now: it may become allowed.
    bytes += member_bytes(member->metadata, member->wished);
  }
  return bytes;
}

}  // namespace partyline::hub
