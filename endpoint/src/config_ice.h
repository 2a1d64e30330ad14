// The lists `ice_servers` and `relays` of a configuration.
#pragma once

#include <filesystem>

#include "config.h"
#include "config_reader.h"

namespace partyline::endpoint {

// RTCIceServer[] of W3C webrtc-pc, as every client is given it.
void read_ice_servers(const ConfigNode& list, Config& config, ConfigProblems& problems);

// Relays that share a secret with the endpoint. Reads their secrets; a file's name is relative to
// `folder`.
void read_relays(const ConfigNode& list, const std::filesystem::path& folder, Config& config,
                 ConfigProblems& problems);

}  // namespace partyline::endpoint
