// Join, update, leave. Each is checked whole before anything changes.
#include <algorithm>
#include <utility>

#include "hub/impl.h"
#include "partyline/limits.h"
#include "protocol/members.h"

namespace partyline {
namespace {

using Level = hub_output::Log::Level;

// Of one session. What an operator has to know is in the first, and the others cost only disk.
constexpr std::uint32_t kRefusalsLoggedMax = 16;

std::optional<Error> check_publications(const std::vector<PublicationInfo>& publications) {
  if (publications.size() > limits::kPublicationsMax) {
    return Error{ErrorCode::too_many_publications, "A peer may publish " +
                                                       std::to_string(limits::kPublicationsMax) +
                                                       " streams into a channel at most."};
  }
  for (auto one = publications.begin(); one != publications.end(); ++one) {
    const auto has_its_name = [&](const auto& other) { return other.name == one->name; };
    if (std::any_of(publications.begin(), one, has_its_name)) {
      return Error{ErrorCode::publication_exists, "Two publications have the same name."};
    }
    if (std::optional<Error> error = check_metadata(one->metadata)) return error;
  }
  return std::nullopt;
}

// An own limit, where there is one, within that of the endpoint.
std::size_t at_most(std::uint32_t own, std::size_t all) {
  return own == 0 ? all : std::min<std::size_t>(own, all);
}

Error too_large_together() {
  return {ErrorCode::channel_full,
          "The channel is full: the metadata of its peers is too large together."};
}

}  // namespace

std::optional<Error> Hub::Impl::check_join(const Session& session,
                                           const message::Join& join) const {
  if (!is_channel_name(join.channel.value)) {
    return Error{ErrorCode::channel_name_invalid,
                 "A channel's name has 1 to " + std::to_string(limits::kChannelNameBytesMax) +
                     " bytes, no control characters, and no space at its ends."};
  }
  if (session.membership(join.channel) != nullptr) {
    return Error{ErrorCode::invalid_state, "You are in this channel already. Leave it first."};
  }
  if (std::optional<Error> error = check_access(session, join.channel)) return error;
  const AccessLimits limits = session.grant.limits();
  const std::size_t channels_max =
      at_most(limits.channels_max, options_.channels_per_connection_max);
  if (session.memberships.size() >= channels_max) {
    return Error{ErrorCode::too_many_channels, "A client may be in " +
                                                   std::to_string(channels_max) +
                                                   " channels at once. Leave one first."};
  }
  if (std::optional<Error> error = check_state(join)) return error;
  return check_room(join,
                    at_most(limits.members_per_channel_max, options_.members_per_channel_max));
}

std::optional<Error> Hub::Impl::check_reentry(const Membership& membership,
                                              const message::Join& join) const {
  if (std::optional<Error> error = check_access(*membership.session, join.channel)) return error;
  if (std::optional<Error> error = check_state(join)) return error;
  return check_growth(membership, join.metadata, join.publications);
}

std::optional<Error> Hub::Impl::check_room(const message::Join& join,
                                           std::size_t members_max) const {
  const hub::Channel* channel = rosters_.find(join.channel);
  if (channel == nullptr) {
    if (rosters_.channels() < options_.channels_max) return std::nullopt;
    return Error{ErrorCode::overloaded, "The endpoint has no room for another channel."};
  }
  if (channel->members.size() >= members_max) {
    return Error{ErrorCode::channel_full,
                 "The channel is full: it has room for " + std::to_string(members_max) + " peers."};
  }
  const std::size_t bytes = hub::member_bytes(join.metadata, join.publications);
  if (hub::roster_bytes(*channel) + bytes > hub::kRosterBytesMax) return too_large_together();
  return std::nullopt;
}

std::optional<Error> Hub::Impl::check_growth(const Membership& membership, const JsonText& metadata,
                                             const std::vector<PublicationInfo>& publications) {
  const std::size_t before = hub::member_bytes(membership.metadata, membership.wished);
  const std::size_t after = hub::member_bytes(
      hub::with_token_metadata(membership.session->grant, metadata), publications);
  const bool fits = hub::roster_bytes(*membership.channel) - before + after <= hub::kRosterBytesMax;
  if (after <= before || fits) return std::nullopt;
  return too_large_together();
}

message::Joined Hub::Impl::enter(Session& session, const message::Join& join,
                                 std::uint64_t incarnation) {
  Membership& membership = rosters_.add(session, join.channel, incarnation);
  show(membership, join.metadata, join.publications, false);
  return hub::joined(membership, join.request);
}

message::Joined Hub::Impl::reenter(Membership& membership, const message::Join& join) {
  show(membership, join.metadata, join.publications);
  message::Joined joined = hub::joined(membership, join.request);
  joined.missed = std::exchange(membership.missed, 0) != 0 || membership.missed_told;
  membership.missed_told = joined.missed;
  return joined;
}

void Hub::Impl::announce(Session& session, const message::Join& join) {
  const Membership& membership = *session.membership(join.channel);
  if (!session.grant.may().publish && !join.publications.empty()) tell_unpublished(membership);
  outbox_.log(Level::kDebug, "channel_joined",
              {{"peer", session.peer.value}, {"channel", join.channel.value}});
  message::PeerJoined joined{join.channel, hub::member_info(membership)};
  message::PeerJoined without_media = joined;
  without_media.member.publications.clear();
  outbox_.send_to_others(membership, HubMessage(std::move(joined)),
                         HubMessage(std::move(without_media)));
}

void Hub::Impl::refuse_join(Session& session, const message::Join& join, const Error& error) {
  // A name that is none is not repeated, neither to the client nor to the log.
  const ChannelName channel =
      error.code == ErrorCode::channel_name_invalid ? ChannelName() : join.channel;
  const bool tells = ++session.joins_refused <= kRefusalsLoggedMax;
  outbox_.log(tells ? Level::kInfo : Level::kDebug, "join_refused",
              {{"peer", session.peer.value},
               {"channel", channel.value},
               {"code", std::string(error_name(error.code))}});
  refuse(session, {error.code, error.detail, channel, {}, join.request});
}

void Hub::Impl::on_message(Session& session, const message::Join& join) {
  if (const std::optional<Error> error = check_join(session, join)) {
    refuse_join(session, join, *error);
    return;
  }
  outbox_.deliver(session, HubMessage(enter(session, join)));
  announce(session, join);
}

std::optional<Error> Hub::Impl::check_update(const message::Update& update) {
  if (update.metadata) {
    if (std::optional<Error> error = check_metadata(*update.metadata)) return error;
  }
  if (!update.publications) return std::nullopt;
  return check_publications(*update.publications);
}

void Hub::Impl::on_message(Session& session, const message::Update& update) {
  Membership* membership = session.membership(update.channel);
  if (membership == nullptr) {
    refuse(session, {ErrorCode::not_in_channel,
                     "You are not in this channel. Join it first.",
                     update.channel,
                     {},
                     0});
    return;
  }
  std::optional<Error> error = check_update(update);
  if (!error) {
    error = check_growth(*membership, update.metadata.value_or(membership->own_metadata),
                         update.publications.value_or(membership->wished));
  }
  if (error) {
    refuse(session, {error->code, error->detail, update.channel, {}, 0});
    return;
  }
  const bool may_publish = session.grant.may().publish;
  if (update.publications && !update.publications->empty() && !may_publish) {
    tell_unpublished(*membership);
  }
  show(*membership, update.metadata.value_or(membership->own_metadata),
       update.publications.value_or(membership->wished));
}

// What the client says is kept, since what is allowed may change.
void Hub::Impl::show(Membership& membership, JsonText metadata,
                     std::vector<PublicationInfo> publications, bool tell) {
  const hub::Grant& grant = membership.session->grant;
  message::PeerUpdated changed{membership.channel->name, membership.session->peer, {}, {}};
  membership.own_metadata = std::move(metadata);
  membership.wished = std::move(publications);
  JsonText shown = hub::with_token_metadata(grant, membership.own_metadata);
  if (shown != membership.metadata) {
    changed.metadata = shown;
    membership.metadata = std::move(shown);
  }
  std::optional<HubMessage> without_media;
  if (changed.metadata) without_media = changed;
  auto allowed = grant.may().publish ? membership.wished : std::vector<PublicationInfo>();
  if (allowed != membership.publications) {
    changed.publications = allowed;
    membership.publications = std::move(allowed);
  }
  if (!tell || !(changed.metadata || changed.publications)) return;
  outbox_.send_to_others(membership, HubMessage(std::move(changed)), without_media);
}

void Hub::Impl::on_message(Session& session, const message::Leave& leave) {
  Membership* membership = session.membership(leave.channel);
  if (membership == nullptr) {
    refuse(session,
           {ErrorCode::not_in_channel, "You are not in this channel.", leave.channel, {}, 0});
    return;
  }
  depart(*membership, message::LeaveReason::kLeft);
}

std::optional<Error> Hub::Impl::check_state(const message::Join& join) {
  if (std::optional<Error> error = check_metadata(join.metadata)) return error;
  return check_publications(join.publications);
}

void Hub::Impl::depart(Membership& membership, message::LeaveReason reason) {
  outbox_.send_to_others(
      membership, message::PeerLeft{membership.channel->name, membership.session->peer, reason});
  rosters_.remove(membership);
}

}  // namespace partyline
