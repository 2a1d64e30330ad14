#include "config_ice.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config_secret.h"

namespace partyline::endpoint {
namespace {

constexpr std::size_t kListBytesMax = std::size_t{16} * 1024;
// coturn's own limit is far above; a secret that can be guessed is worth nothing.
constexpr std::size_t kSecretBytesMin = 8;
// Less would be renewed all the time, more is as good as for ever.
constexpr std::int64_t kLifetimeLeast = 10;
constexpr std::int64_t kLifetimeMost = std::int64_t{7} * 24 * 3600;

bool is_relay(std::string_view url) {
  return url.starts_with("turn:") || url.starts_with("turns:");
}

// One entry of RTCIceServer.urls.
std::string ice_url_problem(std::string_view url) {
  constexpr std::array<std::string_view, 4> kSchemes = {"stun:", "stuns:", "turn:", "turns:"};
  for (const std::string_view scheme : kSchemes) {
    if (url.starts_with(scheme)) {
      const bool empty = url.size() == scheme.size() || url[scheme.size()] == '/';
      return empty ? "must have a host right after the scheme: \"stun:stun.example.com:3478\""
                   : std::string();
    }
  }
  return "must begin with stun:, stuns:, turn: or turns:";
}

std::string relay_url_problem(std::string_view url) {
  return is_relay(url) ? ice_url_problem(url) : "must begin with turn: or turns:";
}

// Checks `urls`, one text or a list of them, and tells whether a relay is among them.
bool read_urls(ObjectReader& server, const std::string& path, ConfigProblems& problems,
               std::string (*problem_of)(std::string_view)) {
  const ConfigNode* urls = server.any("urls");
  if (urls == nullptr) {
    server.problem("urls", "is missing");
    return false;
  }
  const bool is_list = urls->kind == ConfigNode::Kind::kList;
  if (is_list && urls->items.empty()) server.problem("urls", "must not be empty");
  const std::vector<ConfigNode> single{*urls};
  const std::vector<ConfigNode>& all = is_list ? urls->items : single;
  bool relay = false;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string place = is_list ? item_path(path + ".urls", i) : path + ".urls";
    if (all[i].kind != ConfigNode::Kind::kString) {
      problems.add(all[i].line, place, "must be a text, is " + describe(all[i]));
      continue;
    }
    const std::string problem = problem_of(all[i].text);
    if (!problem.empty()) problems.add(all[i].line, place, problem + ", is " + describe(all[i]));
    relay = relay || is_relay(all[i].text);
  }
  return relay;
}

void check_bytes(const ConfigNode& list, std::string_view name, ConfigProblems& problems) {
  if (to_json(list).size() <= kListBytesMax) return;
  problems.add(list.line, name,
               "must be at most " + std::to_string(kListBytesMax) +
                   " bytes of JSON: every client is sent all of it");
}

// Whether it is a relay.
bool read_ice_server(const ConfigNode& node, const std::string& path, ConfigProblems& problems) {
  if (!is_object(node, path, problems)) return false;
  ObjectReader server(node, path, problems);
  const bool relay = read_urls(server, path, problems, ice_url_problem);
  std::string username;
  server.text("username", username);
  // A credential is never shown, not even a wrong one.
  const ConfigNode* credential = server.any("credential");
  const bool has_credential =
      credential != nullptr && credential->kind == ConfigNode::Kind::kString;
  if (credential != nullptr && !has_credential) server.problem("credential", "must be a text");
  if (relay && username.empty()) server.problem("username", "is missing: a relay needs one");
  if (relay && credential == nullptr) {
    server.problem("credential", "is missing: a relay needs one");
  }
  server.finish();
  return relay;
}

void read_relay(const ConfigNode& node, const std::string& path,
                const std::filesystem::path& folder, Config& config, ConfigProblems& problems) {
  if (!is_object(node, path, problems)) return;
  ObjectReader relay(node, path, problems);
  read_urls(relay, path, problems, relay_url_problem);
  std::string secret =
      read_configured_secret(relay, folder, kSecretBytesMin, "that the relay has, too");
  RelayOptions options;
  std::int64_t seconds = options.lifetime_ms.value / 1000;
  relay.whole("lifetime_s", seconds, kLifetimeLeast, kLifetimeMost);
  options.lifetime_ms = {seconds * 1000};
  if (const ConfigNode* urls = relay.any("urls")) options.urls = JsonText(to_json(*urls));
  relay.finish();
  config.hub.relays.push_back(std::move(options));
  config.relay_signers.push_back(relay_signer(std::move(secret)));
}

}  // namespace

void read_ice_servers(const ConfigNode& list, Config& config, ConfigProblems& problems) {
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const bool relay = read_ice_server(list.items[i], item_path("ice_servers", i), problems);
    config.has_relay = config.has_relay || relay;
  }
  check_bytes(list, "ice_servers", problems);
  config.hub.ice_servers = JsonText(to_json(list));
}

void read_relays(const ConfigNode& list, const std::filesystem::path& folder, Config& config,
                 ConfigProblems& problems) {
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    read_relay(list.items[i], item_path("relays", i), folder, config, problems);
  }
  check_bytes(list, "relays", problems);
  config.has_relay = config.has_relay || !list.items.empty();
}

}  // namespace partyline::endpoint
