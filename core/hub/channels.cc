// Join, update, leave. Each is checked whole before anything changes.
#include <algorithm>

#include "hub/impl.h"
#include "hub/key_access.h"
#include "partyline/limits.h"
#include "protocol/members.h"

namespace partyline {
namespace {

using Level = hub_output::Log::Level;

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
          "The key does not allow publishing. Set may_publish for it in the endpoint's "
          "configuration, or use another key."};
}

}  // namespace

std::optional<Error> Hub::Impl::check_join(const Connection& connection,
                                           const message::Join& join) const {
  if (!is_channel_name(join.channel.value)) {
    return Error{ErrorCode::channel_name_invalid,
                 "A channel's name has 1 to " + std::to_string(limits::kChannelNameBytesMax) +
                     " bytes, no control characters, and no space at its ends."};
  }
  if (connection.membership(join.channel) != nullptr) {
    return Error{ErrorCode::invalid_state, "You are in this channel already. Leave it first."};
  }
  if (!hub::allows_channel(*connection.key, join.channel)) {
    return Error{ErrorCode::channel_not_allowed,
                 "The key does not allow this channel. Choose a name that fits the key's channel "
                 "patterns, or add a pattern to the key in the endpoint's configuration."};
  }
  if (connection.memberships.size() >= options_.channels_per_connection_max) {
    return Error{ErrorCode::too_many_channels,
                 "A client may be in " + std::to_string(options_.channels_per_connection_max) +
                     " channels at once. Leave one first."};
  }
  if (std::optional<Error> error = check_metadata(join.metadata)) return error;
  if (std::optional<Error> error = check_publications(join.publications)) return error;
  return check_room(join.channel);
}

std::optional<Error> Hub::Impl::check_room(const ChannelName& name) const {
  const hub::Channel* channel = rosters_.find(name);
  if (channel == nullptr) {
    if (rosters_.channels() < options_.channels_max) return std::nullopt;
    return Error{ErrorCode::overloaded, "The endpoint has no room for another channel."};
  }
  if (channel->members.size() >= options_.members_per_channel_max) {
    return Error{ErrorCode::channel_full, "The channel is full: it has room for " +
                                              std::to_string(options_.members_per_channel_max) +
                                              " peers."};
  }
  if (hub::roster_bytes(*channel) > hub::kRosterBytesMax) {
    return Error{ErrorCode::channel_full,
                 "The channel is full: the metadata of its peers is too large together."};
  }
  return std::nullopt;
}

message::Joined Hub::Impl::enter(Connection& connection, const message::Join& join) {
  Membership& membership = rosters_.add(connection, join.channel);
  membership.metadata = join.metadata;
  if (connection.key->may_publish) membership.publications = join.publications;
  message::Joined joined{join.channel, join.request, membership.incarnation, {}};
  joined.members.reserve(membership.channel->members.size());
  for (const Membership* member : membership.channel->members) {
    if (member != &membership) joined.members.push_back(hub::member_info(*member));
  }
  return joined;
}

void Hub::Impl::announce(const Connection& connection, const message::Join& join) {
  const Membership& membership = *connection.membership(join.channel);
  if (!connection.key->may_publish && !join.publications.empty()) {
    // Not the answer to the join, which was granted: so it does not carry its number.
    const Error error = publish_not_allowed();
    refuse(connection, {error.code, error.detail, join.channel, {}, 0});
  }
  outbox_.log(Level::kDebug, "channel_joined",
              {{"peer", connection.peer.value}, {"channel", join.channel.value}});
  outbox_.send_to_others(membership,
                         message::PeerJoined{join.channel, hub::member_info(membership)});
}

void Hub::Impl::refuse_join(const Connection& connection, const message::Join& join,
                            const Error& error) {
  // A name that is none is not repeated, neither to the client nor to the log.
  const ChannelName channel =
      error.code == ErrorCode::channel_name_invalid ? ChannelName() : join.channel;
  outbox_.log(Level::kInfo, "join_refused",
              {{"peer", connection.peer.value},
               {"channel", channel.value},
               {"code", std::string(error_name(error.code))}});
  refuse(connection, {error.code, error.detail, channel, {}, join.request});
}

void Hub::Impl::on_message(Connection& connection, const message::Join& join) {
  if (const std::optional<Error> error = check_join(connection, join)) {
    refuse_join(connection, join, *error);
    return;
  }
  outbox_.send(connection.socket, HubMessage(enter(connection, join)));
  announce(connection, join);
}

std::optional<Error> Hub::Impl::check_update(const Connection& connection,
                                             const message::Update& update) const {
  if (update.metadata) {
    if (std::optional<Error> error = check_metadata(*update.metadata)) return error;
  }
  if (!update.publications) return std::nullopt;
  if (!update.publications->empty() && !connection.key->may_publish) return publish_not_allowed();
  return check_publications(*update.publications);
}

void Hub::Impl::on_message(Connection& connection, const message::Update& update) {
  Membership* membership = connection.membership(update.channel);
  if (membership == nullptr) {
    refuse(connection, {ErrorCode::not_in_channel,
                        "You are not in this channel. Join it first.",
                        update.channel,
                        {},
                        0});
    return;
  }
  if (const std::optional<Error> error = check_update(connection, update)) {
    refuse(connection, {error->code, error->detail, update.channel, {}, 0});
    return;
  }
  message::PeerUpdated changed{update.channel, connection.peer, {}, {}};
  if (update.metadata && *update.metadata != membership->metadata) {
    membership->metadata = *update.metadata;
    changed.metadata = update.metadata;
  }
  if (update.publications && *update.publications != membership->publications) {
    membership->publications = *update.publications;
    changed.publications = update.publications;
  }
  if (!changed.metadata && !changed.publications) return;
  outbox_.send_to_others(*membership, changed);
}

void Hub::Impl::on_message(Connection& connection, const message::Leave& leave) {
  Membership* membership = connection.membership(leave.channel);
  if (membership == nullptr) {
    refuse(connection,
           {ErrorCode::not_in_channel, "You are not in this channel.", leave.channel, {}, 0});
    return;
  }
  depart(*membership, message::LeaveReason::kLeft);
}

void Hub::Impl::depart(Membership& membership, message::LeaveReason reason) {
  outbox_.send_to_others(
      membership, message::PeerLeft{membership.channel->name, membership.connection->peer, reason});
  rosters_.remove(membership);
}

}  // namespace partyline
