// What every connection of one server shares.
#pragma once

#include <functional>
#include <optional>
#include <unordered_set>

#include "client_address.h"
#include "config.h"
#include "connection_limits.h"
#include "hub_host.h"
#include "static_files.h"

namespace partyline::endpoint {

// An HTTP connection, as far as a shutdown is concerned.
class HttpConnection {
 public:
  virtual ~HttpConnection() = default;
  // Ends the connection as soon as no answer is under way.
  virtual void finish_up() = 0;
};

struct EndpointContext {
  explicit EndpointContext(const Config& configuration)
      : config(configuration), limits(config.http), proxies(config.proxy) {
    if (!config.static_dir.empty()) files.emplace(config.static_dir);
  }

  Config config;
  ConnectionLimits limits;
  TrustedProxies proxies;
  std::optional<StaticFiles> files;
  // Those that are alive; each enters and removes itself.
  std::unordered_set<HttpConnection*> http_connections;
  // Called when the last of them has gone.
  std::function<void()> on_http_empty;
  // Set by the server for as long as it lives, which is longer than any handler runs.
  HubHost* hub = nullptr;
  bool draining = false;
  bool warned_about_proxy = false;
};

}  // namespace partyline::endpoint
