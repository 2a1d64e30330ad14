// What a publishable key allows: from where, and into which channels.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "partyline/ids.h"
#include "partyline/options.h"

namespace partyline::hub {

using Keys = std::vector<std::shared_ptr<const KeyOptions>>;

[[nodiscard]] Keys make_keys(std::vector<KeyOptions> options);

// The key of that id, or null. Takes as long for a wrong id as for a right one of its length.
[[nodiscard]] std::shared_ptr<const KeyOptions> find_key(const Keys& keys, std::string_view id);

// Whether tokens that were signed with that one of its keys are taken.
[[nodiscard]] bool signs(const KeyOptions& key, const std::string& kid);

// Whether a socket with this Origin header, from this address, may use the key. An empty origin, or
// `null`, is of no web page; loopback_origins_only lets it in from a loopback address only.
[[nodiscard]] bool allows_origin(const KeyOptions& key, std::string_view origin,
                                 std::string_view address);

// Whether the channel's name fits one of the patterns.
[[nodiscard]] bool matches_any(const std::vector<std::string>& patterns,
                               const ChannelName& channel);

// 127.0.0.0/8 or ::1, also as an IPv4-mapped address.
[[nodiscard]] bool is_loopback_address(std::string_view address);

// http or https, of localhost or a loopback address, with any port.
[[nodiscard]] bool is_loopback_origin(std::string_view origin);

}  // namespace partyline::hub
