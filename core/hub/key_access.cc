#include "hub/key_access.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "hub/constant_time.h"
#include "partyline/hub.h"

namespace partyline::hub {
namespace {

bool is_number_up_to(std::string_view digits, unsigned highest) {
  if (digits.empty() || digits.size() > 5) return false;
  unsigned number = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return false;
    number = number * 10 + static_cast<unsigned>(digit - '0');
  }
  return number <= highest;
}

// Four numbers, the first of them 127. "127.0.0.1.example.com" is somebody's host name.
bool is_loopback_ipv4(std::string_view address) {
  if (!address.starts_with("127.")) return false;
  for (int part = 0; part < 3; ++part) {
    const std::size_t dot = address.find('.');
    if (dot == std::string_view::npos || !is_number_up_to(address.substr(0, dot), 255))
      return false;
    address.remove_prefix(dot + 1);
  }
  return is_number_up_to(address, 255);
}

}  // namespace

Keys make_keys(std::vector<KeyOptions> options) {
  Keys keys;
  keys.reserve(options.size());
  for (KeyOptions& key : options) keys.push_back(std::make_shared<KeyOptions>(std::move(key)));
  return keys;
}

std::shared_ptr<const KeyOptions> find_key(const Keys& keys, std::string_view id) {
  // Publishable keys are no secrets. The habit is cheap.
  std::shared_ptr<const KeyOptions> found;
  for (const auto& key : keys) {
    if (equals_in_constant_time(key->id, id)) found = key;
  }
  return found;
}

bool signs(const KeyOptions& key, const std::string& kid) {
  return key.kids.empty() || std::find(key.kids.begin(), key.kids.end(), kid) != key.kids.end();
}

bool is_loopback_address(std::string_view address) {
  constexpr std::string_view kMapped = "::ffff:";
  if (address == "::1") return true;
  if (address.starts_with(kMapped)) address.remove_prefix(kMapped.size());
  return is_loopback_ipv4(address);
}

bool is_loopback_origin(std::string_view origin) {
  const std::size_t scheme_end = origin.find("://");
  if (scheme_end == std::string_view::npos) return false;
  const std::string_view scheme = origin.substr(0, scheme_end);
  if (scheme != "http" && scheme != "https") return false;
  std::string_view host = origin.substr(scheme_end + 3);
  // A colon inside brackets belongs to the address.
  const std::size_t colon = host.find(':', host.starts_with('[') ? host.find(']') : 0);
  if (colon != std::string_view::npos) {
    if (!is_number_up_to(host.substr(colon + 1), 65535)) return false;
    host = host.substr(0, colon);
  }
  return host == "localhost" || host == "[::1]" || is_loopback_ipv4(host);
}

bool allows_origin(const KeyOptions& key, std::string_view origin, std::string_view address) {
  if (key.loopback_origins_only) {
    // Without an origin it is no browser. "null" is one: any site's sandboxed frame sends it.
    return origin.empty() ? is_loopback_address(address) : is_loopback_origin(origin);
  }
  return key.origins.empty() ||
         std::find(key.origins.begin(), key.origins.end(), origin) != key.origins.end();
}

bool matches_any(const std::vector<std::string>& patterns, const ChannelName& channel) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return matches_channel_pattern(pattern, channel.value);
  });
}

}  // namespace partyline::hub
