// What a publishable key allows: from where, and into which channels.
#pragma once

#include <string_view>
#include <vector>

#include "partyline/ids.h"
#include "partyline/options.h"

namespace partyline::hub {

// The key of that id, or null. Takes as long for a wrong id as for a right one of its length.
[[nodiscard]] const KeyOptions* find_key(const std::vector<KeyOptions>& keys, std::string_view id);

// Whether a socket with this Origin header, from this address, may use the key. An empty origin, or
// `null`, is of no web page; loopback_origins_only lets it in from a loopback address only.
[[nodiscard]] bool allows_origin(const KeyOptions& key, std::string_view origin,
                                 std::string_view address);

[[nodiscard]] bool allows_channel(const KeyOptions& key, const ChannelName& channel);

// 127.0.0.0/8 or ::1, also as an IPv4-mapped address.
[[nodiscard]] bool is_loopback_address(std::string_view address);

// http or https, of localhost or a loopback address, with any port.
[[nodiscard]] bool is_loopback_origin(std::string_view origin);

}  // namespace partyline::hub
