// Who is let in, with a key or a token, and what becomes of a session when that changes.
#include <algorithm>
#include <utility>

#include "hub/impl.h"
#include "hub/key_access.h"
#include "hub/token_claims.h"

namespace partyline {

using hub::Grant;
using hub::TokenClaims;
using Level = hub_output::Log::Level;

namespace {

// Before its end a token may be replaced for a fifth of its life, a minute at most.
constexpr std::int64_t kRenewalMsMax = 60'000;
constexpr std::int64_t kRenewalParts = 5;
// However short tokens live, no more often.
constexpr std::int64_t kRenewalMsMin = 1'000;
// A token costs a signature, and what it changes is told in every channel: as much as these frames.
constexpr std::size_t kTokenPrice = 20;

Error key_unknown() {
  return {ErrorCode::key_unknown,
          "The endpoint does not know this key. Check it, or add it to the endpoint's keys."};
}

// One text for all of them: who forges is not told how far it got.
Error token_not_signed() {
  return {ErrorCode::token_refused,
          "The token is not signed by a key of this endpoint, with the algorithm of that key."};
}

std::optional<Error> check_origin(const KeyOptions& key, const Connection& connection) {
  if (hub::allows_origin(key, connection.origin, connection.address)) return std::nullopt;
  if (key.loopback_origins_only) {
    return Error{
        ErrorCode::origin_refused,
        "This key is for pages from localhost. Configure a key of your own for this origin."};
  }
  return Error{ErrorCode::origin_refused,
               "The key is not for pages from this origin. Add the origin to the key's origins."};
}

Error publish_not_allowed(const Grant& grant) {
  return {ErrorCode::publish_not_allowed,
          grant.token ? "The token does not allow publishing. Its \"permissions\", and those of "
                        "the key that it is for, must have \"publish\"."
                      : "The key does not allow publishing. Add \"publish\" to its permissions in "
                        "the endpoint's configuration, or use another key."};
}

}  // namespace

// ---- who comes ----

Result<Grant> Hub::Impl::let_in(const Connection& connection, const message::Hello& hello) const {
  Result<Grant> grant = hello.token.empty() ? grant_of_key(hello.key) : grant_of_token(hello.token);
  if (!grant) return grant;
  if (std::optional<Error> error = check_origin(*grant.value().key, connection)) return *error;
  return grant;
}

Result<Grant> Hub::Impl::grant_of_key(const std::string& id) const {
  std::shared_ptr<const KeyOptions> key = hub::find_key(keys_, id);
  if (key == nullptr) return key_unknown();
  if (key->needs_token) {
    return Error{ErrorCode::key_unknown,
                 "This key is for tokens: give the line a tokenProvider instead of the key."};
  }
  return Grant{std::move(key), std::nullopt};
}

Result<Grant> Hub::Impl::grant_of_token(const std::string& token) const {
  const bool any =
      std::any_of(keys_.begin(), keys_.end(), [](const auto& key) { return key->needs_token; });
  if (!verify_token_ || !any) {
    return Error{
        ErrorCode::token_refused,
        "This endpoint takes no tokens. Use a publishable key instead of a tokenProvider."};
  }
  const std::optional<SignedToken> good = verify_token_(token);
  std::shared_ptr<const KeyOptions> key = good ? hub::find_key(keys_, good->key) : nullptr;
  if (key == nullptr || !key->needs_token) return token_not_signed();
  Result<TokenClaims> claims = hub::read_token_claims(
      good->payload, {key->audience, unix_now(), options_.token_skew_ms.value});
  if (!claims) return claims.error();
  claims.value().kid = good->kid;
  return Grant{std::move(key), std::move(claims.value())};
}

// ---- tokens that end ----

void Hub::Impl::note_token(Session& session) {
  session.token_asked_at.reset();
  if (!session.grant.token) return;
  const std::int64_t end = session.grant.token->expires;
  const std::int64_t left = std::max<std::int64_t>(0, end - unix_now());
  session.token_asked_at =
      std::max(end - std::min(kRenewalMsMax, left / kRenewalParts), unix_now() + kRenewalMsMin);
}

std::optional<TimeMs> Hub::Impl::token_deadline(const Session& session) const {
  if (!session.grant.token) return std::nullopt;
  const std::int64_t at =
      session.token_asked_at.value_or(session.grant.token->expires + options_.token_skew_ms.value);
  return now_ + DurationMs{std::max<std::int64_t>(0, at - unix_now())};
}

bool Hub::Impl::look_at_token(Connection& connection) {
  Session& session = *connection.session;
  if (!session.grant.token) return true;
  if (unix_now() >= session.grant.token->expires + options_.token_skew_ms.value) {
    close(connection, ErrorCode::token_expired, "The token has expired.");
    return false;
  }
  if (session.token_asked_at && unix_now() >= *session.token_asked_at) {
    session.token_asked_at.reset();
    outbox_.send(connection.socket, HubMessage(message::TokenExpiring{}));
  }
  return true;
}

void Hub::Impl::on_message(Connection& connection, const message::Token& message) {
  Session& session = *connection.session;
  connection.frames.take(now_, kTokenPrice + session.memberships.size());
  Result<Grant> grant = grant_of_token(message.token);
  if (!grant) {
    close(connection, grant.error().code, grant.error().detail);
    return;
  }
  if (!session.grant.token || grant.value().key->id != session.grant.key->id ||
      grant.value().peer() != session.grant.peer()) {
    close(connection, ErrorCode::token_refused,
          "The token is somebody else's: a newer one must have the same \"sub\" and key.");
    return;
  }
  const std::int64_t end = session.grant.token->expires;
  change_grant(session, std::move(grant.value()));
  // Whoever has no longer one to give is not asked again and again.
  if (session.grant.token->expires <= end) session.token_asked_at.reset();
}

// ---- what changes for those who are in ----

void Hub::Impl::handle(const hub_input::ClockSet& input) {
  unix_offset_ms_ = input.unix_offset_ms;
  for (Session* session : sessions_.all()) {
    if (session->grant.token && session->connection != nullptr) watch(*session->connection);
  }
}

void Hub::Impl::handle(const hub_input::KeysChanged& input) {
  keys_ = hub::make_keys(input.keys);
  for (Session* session : sessions_.all()) {
    Grant grant = session->grant;
    const std::shared_ptr<const KeyOptions> before = grant.key;
    grant.key = hub::find_key(keys_, before->id);
    if (grant.key != nullptr && *grant.key == *before) {
      session->grant.key = grant.key;
      continue;
    }
    Connection* connection = session->connection;
    std::optional<Error> error;
    if (grant.key == nullptr || grant.key->needs_token != grant.token.has_value()) {
      error = key_unknown();
    } else if (grant.token && !hub::signs(*grant.key, grant.token->kid)) {
      error = token_not_signed();
    } else if (connection != nullptr) {
      error = check_origin(*grant.key, *connection);
    }
    if (!error) {
      change_grant(*session, std::move(grant));
    } else if (connection != nullptr) {
      close(*connection, error->code, error->detail);
    } else {
      end_session(*session, message::LeaveReason::kDisconnected);
    }
  }
}

void Hub::Impl::change_grant(Session& session, Grant grant) {
  const Grant before = std::exchange(session.grant, std::move(grant));
  apply_grant(session, before);
}

void Hub::Impl::apply_grant(Session& session, const Grant& before) {
  note_token(session);
  std::vector<Membership*> memberships;
  for (const auto& membership : session.memberships) memberships.push_back(membership.get());
  for (Membership* membership : memberships) {
    if (const std::optional<Error> error = check_access(session, membership->channel->name)) {
      evict(*membership, *error);
    } else {
      change_access(*membership, before.may());
    }
  }
  Connection* connection = session.connection;
  if (connection == nullptr) return;
  limit_rate(*connection);
  const bool other_servers = before.may_relay() != session.grant.may_relay() ||
                             before.ice_servers() != session.grant.ice_servers();
  if (other_servers) {
    outbox_.send(connection->socket, HubMessage(message::IceServers{ice_servers(session)}));
  }
  watch(*connection);
}

void Hub::Impl::change_access(Membership& membership, const Permissions& before) {
  const Permissions may = membership.session->grant.may();
  if (before.publish && !may.publish && !membership.wished.empty()) tell_unpublished(membership);
  show(membership, membership.own_metadata, membership.wished);
  if (!before.publish && may.publish) tell_publishing(membership);
  if (before.subscribe == may.subscribe) return;
  message::PeerUpdated changed{membership.channel->name, membership.session->peer, {}, {}};
  changed.receives = may.subscribe;
  outbox_.send_to_others(membership, HubMessage(std::move(changed)));
  for (const Membership* other : membership.channel->members) {
    if (other == &membership || other->publications.empty()) continue;
    message::PeerUpdated seen{membership.channel->name, other->session->peer, {}, {}};
    seen.publications = hub::publications_for(*membership.session, *other);
    outbox_.deliver(*membership.session, HubMessage(std::move(seen)));
  }
}

// It is not the answer to a join or an update, so it has no number.
void Hub::Impl::tell_unpublished(const Membership& membership) {
  const Error error = publish_not_allowed(membership.session->grant);
  refuse(*membership.session, {error.code, error.detail, membership.channel->name, {}, 0});
  tell_publishing(membership);
}

// So that it sends nothing that nobody is told of.
void Hub::Impl::tell_publishing(const Membership& membership) {
  Session& session = *membership.session;
  message::PeerUpdated update{membership.channel->name, session.peer, {}, {}};
  update.publishes = session.grant.may().publish;
  outbox_.deliver(session, HubMessage(std::move(update)));
}

std::optional<Error> Hub::Impl::check_access(const Session& session,
                                             const ChannelName& channel) const {
  const Grant& grant = session.grant;
  if (!grant.may().join) {
    return Error{ErrorCode::join_not_allowed,
                 grant.token ? "The token does not allow joining channels. Its \"permissions\", "
                               "and those of the key that it is for, must have \"join\"."
                             : "The key does not allow joining channels. Add \"join\" to its "
                               "permissions in the endpoint's configuration, or use another key."};
  }
  if (grant.allows_channel(channel)) return std::nullopt;
  return Error{ErrorCode::channel_not_allowed,
               grant.token
                   ? "The token does not allow this channel. Its \"channels\", and those of "
                     "the key that it is for, must have a pattern that fits the name."
                   : "The key does not allow this channel. Choose a name that fits the "
                     "key's channel patterns, or add a pattern to the key in the "
                     "endpoint's configuration."};
}

void Hub::Impl::evict(Membership& membership, const Error& error) {
  Session& session = *membership.session;
  const ChannelName channel = membership.channel->name;
  outbox_.log(Level::kInfo, "peer_removed",
              {{"peer", session.peer.value},
               {"channel", channel.value},
               {"code", std::string(error_name(error.code))}});
  depart(membership, message::LeaveReason::kRemoved);
  outbox_.deliver(session, HubMessage(message::Removed{channel, error.code, error.detail}));
}

void Hub::Impl::limit_rate(Connection& connection) {
  const std::uint32_t limit = connection.session->grant.limits().frames_per_second;
  const std::uint32_t rate =
      limit == 0 ? options_.frames_per_second : std::min(limit, options_.frames_per_second);
  // The burst shrinks with the rate.
  const std::uint64_t burst =
      std::uint64_t{options_.frames_burst} * rate / std::max(1U, options_.frames_per_second);
  connection.frames.set_rate(rate, static_cast<std::uint32_t>(burst), now_);
}

}  // namespace partyline
