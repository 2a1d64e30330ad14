#include "hub/grant.h"

#include <algorithm>
#include <string>

#include "hub/key_access.h"
#include "protocol/json_guard.h"

namespace partyline::hub {
namespace {

// No id of a token contains it by accident, and people can read it.
constexpr std::string_view kPageMark = "~";
constexpr std::size_t kPageIdBytes = 8;

// The tighter of two limits, of which 0 is none.
std::uint32_t tighter(std::uint32_t a, std::uint32_t b) {
  return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b);
}

}  // namespace

Permissions Grant::may() const {
  if (!token) return key->may;
  return {key->may.join && token->may.join, key->may.publish && token->may.publish,
          key->may.subscribe && token->may.subscribe, key->may.send && token->may.send};
}

AccessLimits Grant::limits() const {
  if (!token) return key->limits;
  const AccessLimits& a = key->limits;
  const AccessLimits& b = token->limits;
  return {tighter(a.members_per_channel_max, b.members_per_channel_max),
          tighter(a.channels_max, b.channels_max),
          tighter(a.frames_per_second, b.frames_per_second), a.peers_max};
}

bool Grant::may_relay() const { return key->may_relay && (!token || token->may_relay); }

bool Grant::allows_channel(const ChannelName& channel) const {
  if (!key->channels.empty() && !matches_any(key->channels, channel)) return false;
  return !token || !token->channels || matches_any(*token->channels, channel);
}

bool Grant::may_be(const PeerId& id) const {
  const std::string& name = peer().value;
  if (name.empty()) return !token || id.value.starts_with("p_");
  return id.value == name ||
         (id.value.size() == name.size() + kPageMark.size() + kPageIdBytes &&
          id.value.starts_with(name) && id.value.substr(name.size()).starts_with(kPageMark));
}

PeerId Grant::another_peer(const PeerId& random) const {
  if (peer().empty()) return random;
  const std::string& text = random.value;
  return PeerId(peer().value + std::string(kPageMark) +
                text.substr(text.size() - std::min(text.size(), kPageIdBytes)));
}

JsonText with_token_metadata(const Grant& grant, const JsonText& metadata) {
  if (!grant.token || grant.token->metadata.text == JsonText().text) return metadata;
  Json merged = from_json_text(metadata);
  if (!merged.is_object()) merged = Json::object();
  merged.update(from_json_text(grant.token->metadata));
  return to_json_text(merged);
}

JsonText with_token_servers(const Grant& grant, JsonText servers) {
  if (!grant.token || grant.token->ice_servers.text == "[]") return servers;
  // Two arrays: the comma takes the place of two brackets.
  const std::string& own = grant.token->ice_servers.text;
  if (servers.text == "[]") return grant.token->ice_servers;
  return JsonText(servers.text.substr(0, servers.text.size() - 1) + ',' + own.substr(1));
}

}  // namespace partyline::hub
