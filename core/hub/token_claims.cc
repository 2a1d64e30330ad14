#include "hub/token_claims.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "partyline/limits.h"
#include "partyline/protocol.h"
#include "protocol/fields.h"
#include "protocol/members.h"

namespace partyline::hub {
namespace {

constexpr std::size_t kPatternsMax = 64;
constexpr std::size_t kIceServersBytesMax = 4 * 1024;
// Room is left for what tells pages of one bearer apart.
constexpr std::size_t kSubjectBytesMax = limits::kPeerIdBytesMax - 9;
// The year 9999, so that no sum overflows.
constexpr double kSecondsMax = 253'402'300'799.0;

Error refused(std::string why) { return {ErrorCode::token_refused, "The token " + std::move(why)}; }

// A NumericDate (RFC 7519 §2) in milliseconds; it may have a fraction.
std::int64_t read_date(FieldReader& fields, const Json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end()) return 0;
  const double seconds = found->is_number() ? found->get<double>() : -1;
  if (!(seconds >= 0 && seconds <= kSecondsMax)) {
    fields.fail(name, "must be seconds since 1970");
    return 0;
  }
  return static_cast<std::int64_t>(std::floor(seconds * 1000));
}

// As Grant::another_peer makes them.
bool is_page_id(const PeerId& peer) {
  const std::string& text = peer.value;
  return text.size() > 9 && text[text.size() - 9] == '~';
}

bool names_audience(const Json& claims, std::string_view audience) {
  const auto found = claims.find("aud");
  if (found == claims.end()) return false;
  const auto is_it = [&](const Json& one) {
    const auto* text = one.get_ptr<const std::string*>();
    return text != nullptr && *text == audience;
  };
  return found->is_array() ? std::any_of(found->begin(), found->end(), is_it) : is_it(*found);
}

std::optional<Error> check_times(const TokenClaims& claims, std::int64_t not_before,
                                 const TokenRules& rules) {
  if (claims.expires == 0) return refused("has no \"exp\": every token must end some day.");
  if (rules.now >= claims.expires + rules.skew) {
    return Error{
        ErrorCode::token_expired,
        "The token expired " + std::to_string((rules.now - claims.expires) / 1000) + " s ago."};
  }
  if (not_before > rules.now + rules.skew) {
    return refused("is good only in " + std::to_string((not_before - rules.now) / 1000) +
                   " s (\"nbf\"). Is the clock of its signer right?");
  }
  return std::nullopt;
}

// Which texts the list has; nothing where it is not there.
std::optional<std::vector<std::string>> read_texts(FieldReader& fields, const char* name,
                                                   std::size_t most) {
  if (!fields.has(name)) return std::nullopt;
  std::vector<std::string> texts;
  const Json* list = fields.array(name);
  if (list == nullptr) return texts;
  for (const Json& item : *list) {
    const auto* text = item.get_ptr<const std::string*>();
    if (text == nullptr || texts.size() == most) {
      fields.fail(name, "must be an array of at most " + std::to_string(most) + " texts");
      return texts;
    }
    texts.push_back(*text);
  }
  return texts;
}

void read_channels(FieldReader& fields, TokenClaims& claims) {
  claims.channels = read_texts(fields, "channels", kPatternsMax);
  if (!claims.channels) return;
  const bool good = std::all_of(claims.channels->begin(), claims.channels->end(),
                                [](const std::string& text) { return is_channel_name(text); });
  if (!good) fields.fail("channels", "must be patterns of channel names");
}

// Absent: all. A permission that is none must not go unnoticed: it may be a slip.
void read_permissions(FieldReader& fields, Permissions& may) {
  const auto names = read_texts(fields, "permissions", 16);
  if (!names) return;
  may = {false, false, false, false};
  for (const std::string& name : *names) {
    if (name == "join") {
      may.join = true;
    } else if (name == "publish") {
      may.publish = true;
    } else if (name == "subscribe") {
      may.subscribe = true;
    } else if (name == "send") {
      may.send = true;
    } else {
      fields.fail("permissions",
                  "may have \"join\", \"publish\", \"subscribe\" and \"send\", and nothing else");
    }
  }
}

std::uint32_t read_limit(FieldReader& fields, const char* name) {
  if (!fields.has(name)) return 0;
  const std::uint64_t limit = fields.number(name);
  if (limit == 0) fields.fail(name, "must be at least 1");
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(limit, 1'000'000));
}

void read_limits(FieldReader& claims, AccessLimits& limits) {
  const Json* object = claims.object("limits");
  if (object == nullptr) return;
  FieldReader fields(*object, "The token's \"limits\"");
  limits.members_per_channel_max = read_limit(fields, "members_per_channel_max");
  limits.channels_max = read_limit(fields, "channels_max");
  limits.frames_per_second = read_limit(fields, "frames_per_second");
  // A limit that is none must not go unnoticed, either.
  for (const auto& [name, value] : object->items()) {
    if (name != "members_per_channel_max" && name != "channels_max" &&
        name != "frames_per_second") {
      fields.fail("limits", "have a member that is none");
    }
  }
  if (!fields.ok()) claims.fail(fields.error());
}

void read_metadata(FieldReader& fields, TokenClaims& claims) {
  if (fields.object("metadata") == nullptr) return;
  claims.metadata = fields.json("metadata");
  if (check_metadata(claims.metadata)) {
    fields.fail("metadata", "is too large, or nests too deeply");
  }
}

void read_ice_servers(FieldReader& fields, TokenClaims& claims) {
  if (fields.array("ice_servers") == nullptr) return;
  claims.ice_servers = fields.json("ice_servers");
  if (claims.ice_servers.text.size() > kIceServersBytesMax) {
    fields.fail("ice_servers", "has 4 kB of JSON at most");
  }
}

}  // namespace

Result<TokenClaims> read_token_claims(std::string_view payload, const TokenRules& rules) {
  const Result<Json> json = parse_json(payload);
  if (!json || !json.value().is_object()) return refused("has no claims that can be read.");
  FieldReader fields(json.value(), "The token");
  TokenClaims claims;
  // Such ids are those that the endpoint makes up.
  claims.peer = PeerId(fields.optional_id("sub", kSubjectBytesMax));
  if (claims.peer.value.starts_with("p_")) fields.fail("sub", "must not begin with \"p_\"");
  if (is_page_id(claims.peer)) fields.fail("sub", "must not end with \"~\" and eight characters");
  claims.issued = read_date(fields, json.value(), "iat");
  claims.expires = read_date(fields, json.value(), "exp");
  const std::int64_t not_before = read_date(fields, json.value(), "nbf");
  read_metadata(fields, claims);
  read_channels(fields, claims);
  read_permissions(fields, claims.may);
  read_limits(fields, claims.limits);
  if (fields.has("relay")) claims.may_relay = fields.optional_flag("relay");
  read_ice_servers(fields, claims);
  if (!fields.ok()) return Error{ErrorCode::token_refused, fields.error().detail};
  if (!rules.audience.empty() && !names_audience(json.value(), rules.audience)) {
    return refused("is for another audience (\"aud\").");
  }
  if (std::optional<Error> error = check_times(claims, not_before, rules)) return *error;
  return claims;
}

}  // namespace partyline::hub
