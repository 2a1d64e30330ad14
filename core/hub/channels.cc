// Join, update, leave. Each is checked whole before anything changes.
#include <algorithm>
#include <utility>

#include "hub/impl.h"
#include "hub/key_access.h"
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

Error publish_not_allowed() {
  return {ErrorCode::publish_not_allowed,
          "The key does not allow publishing. Set \"publish\" for it in the endpoint's "
          "configuration, or use another key."};
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
  if (!hub::allows_channel(*session.key, join.channel)) {
    return Error{ErrorCode::channel_not_allowed,
                 "The key does not allow this channel. Choose a name that fits the key's channel "
                 "patterns, or add a pattern to the key in the endpoint's configuration."};
  }
  if (session.memberships.size() >= options_.channels_per_connection_max) {
    return Error{ErrorCode::too_many_channels,
                 "A client may be in " + std::to_string(options_.channels_per_connection_max) +
                     " channels at once. Leave one first."};
  }
  if (std::optional<Error> error = check_state(join)) return error;
  return check_room(join);
}

std::optional<Error> Hub::Impl::check_room(const message::Join& join) const {
  const hub::Channel* channel = rosters_.find(join.channel);
  if (channel == nullptr) {
    if (rosters_.channels() < options_.channels_max) return std::nullopt;
    return Error{ErrorCode::overloaded, "The endpoint has no room for another channel."};
  }
  if (channel->members.size() >= options_.members_per_channel_max) {
    return Error{ErrorCode::channel_full, "The channel is full: it has room for " +
                                              std::to_string(options_.members_per_channel_max) +
                                              " peers."};
  }
  const std::size_t bytes = hub::member_bytes(join.metadata, join.publications);
  if (hub::roster_bytes(*channel) + bytes > hub::kRosterBytesMax) return too_large_together();
  return std::nullopt;
}

std::optional<Error> Hub::Impl::check_growth(const Membership& membership, const JsonText& metadata,
                                             const std::vector<PublicationInfo>& publications) {
  const std::size_t before = hub::member_bytes(membership.metadata, membership.publications);
  const std::size_t after = hub::member_bytes(metadata, publications);
  const bool fits = hub::roster_bytes(*membership.channel) - before + after <= hub::kRosterBytesMax;
  if (after <= before || fits) return std::nullopt;
  return too_large_together();
}

message::Joined Hub::Impl::enter(Session& session, const message::Join& join,
                                 std::uint64_t incarnation) {
  Membership& membership = rosters_.add(session, join.channel, incarnation);
  membership.metadata = join.metadata;
  if (session.key->may_publish) membership.publications = join.publications;
  return hub::joined(membership, join.request);
}

message::Joined Hub::Impl::reenter(Membership& membership, const message::Join& join) {
  std::optional<std::vector<PublicationInfo>> publications;
  if (membership.session->key->may_publish) publications = join.publications;
  change(membership, join.metadata, publications);
  message::Joined joined = hub::joined(membership, join.request);
  joined.missed = std::exchange(membership.missed, 0) != 0 || membership.missed_told;
  membership.missed_told = joined.missed;
  return joined;
}

void Hub::Impl::announce(Session& session, const message::Join& join) {
  const Membership& membership = *session.membership(join.channel);
  if (!session.key->may_publish && !join.publications.empty()) {
    // Not the answer to the join, which was granted: so it does not carry its number.
    const Error error = publish_not_allowed();
    refuse(session, {error.code, error.detail, join.channel, {}, 0});
  }
  outbox_.log(Level::kDebug, "channel_joined",
              {{"peer", session.peer.value}, {"channel", join.channel.value}});
  outbox_.send_to_others(membership,
                         message::PeerJoined{join.channel, hub::member_info(membership)});
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

std::optional<Error> Hub::Impl::check_update(const Session& session,
                                             const message::Update& update) const {
  if (update.metadata) {
    if (std::optional<Error> error = check_metadata(*update.metadata)) return error;
  }
  if (!update.publications) return std::nullopt;
  if (!update.publications->empty() && !session.key->may_publish) return publish_not_allowed();
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
  std::optional<Error> error = check_update(session, update);
  if (!error) {
    error = check_growth(*membership, update.metadata.value_or(membership->metadata),
                         update.publications.value_or(membership->publications));
  }
  if (error) {
    refuse(session, {error->code, error->detail, update.channel, {}, 0});
    return;
  }
  change(*membership, update.metadata, update.publications);
}

void Hub::Impl::change(Membership& membership, const std::optional<JsonText>& metadata,
                       const std::optional<std::vector<PublicationInfo>>& publications) {
  message::PeerUpdated changed{membership.channel->name, membership.session->peer, {}, {}};
  if (metadata && *metadata != membership.metadata) {
    membership.metadata = *metadata;
    changed.metadata = metadata;
  }
  if (publications && *publications != membership.publications) {
    membership.publications = *publications;
    changed.publications = publications;
  }
  if (changed.metadata || changed.publications) outbox_.send_to_others(membership, changed);
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
