// What one who was let in may do: what the key allows, and of that what its token does.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "hub/token_claims.h"
#include "partyline/ids.h"
#include "partyline/options.h"

namespace partyline::hub {

struct Grant {
  std::shared_ptr<const KeyOptions> key;
  std::optional<TokenClaims> token{};

  [[nodiscard]] Permissions may() const;
  [[nodiscard]] AccessLimits limits() const;
  [[nodiscard]] bool may_relay() const;
  [[nodiscard]] bool allows_channel(const ChannelName& channel) const;
  // Those that the token brings.
  [[nodiscard]] JsonText ice_servers() const { return token ? token->ice_servers : JsonText("[]"); }
  // As whom the bearer may come; empty: as anybody.
  [[nodiscard]] PeerId peer() const { return token ? token->peer : PeerId(); }
  // Whether a ticket of that peer may be shown together with it.
  [[nodiscard]] bool may_be(const PeerId& peer) const;
  // The id for another page of the same bearer, where both are let in; `random` is one that nobody
  // has.
  [[nodiscard]] PeerId another_peer(const PeerId& random) const;
};

// The metadata as others see it: an object's members of the token are there as it has them.
[[nodiscard]] JsonText with_token_metadata(const Grant& grant, const JsonText& metadata);

// The servers that the token brings, after those of the endpoint.
[[nodiscard]] JsonText with_token_servers(const Grant& grant, JsonText servers);

}  // namespace partyline::hub
