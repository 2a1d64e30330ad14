#include "config.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config_checks.h"
#include "config_ice.h"
#include "config_keys.h"
#include "config_reader.h"
#include "partyline/limits.h"

namespace partyline::endpoint {
namespace {

// Half a gigabyte, a million, a day: beyond any use, so that a slip of the finger is found.
constexpr std::int64_t kBytesMost = std::int64_t{512} * 1024 * 1024;
constexpr std::int64_t kCountMost = 1'000'000;
constexpr std::int64_t kTimeMost = std::int64_t{24} * 3600 * 1000;
constexpr auto kFrameBytes = static_cast<std::int64_t>(limits::kFrameBytesMax);

class Loader {
 public:
  Loader(const std::string& file, Config& config)
      : config_(config), folder_(std::filesystem::path(file).parent_path()), problems_(file) {}

  void load(std::string_view text) {
    const auto parsed = parse_config_document(text);
    if (const auto* error = std::get_if<ConfigSyntaxError>(&parsed)) {
      problems_.add_syntax(*error);
      return;
    }
    const auto& root = std::get<ConfigNode>(parsed);
    if (root.kind != ConfigNode::Kind::kObject) {
      problems_.add(root.line, "", "must be an object, is " + describe(root));
      return;
    }
    read_root(root);
    keep_rest(root);
  }

  ConfigProblems& problems() { return problems_; }
  [[nodiscard]] const std::string& rest() const { return rest_; }

 private:
  void read_root(const ConfigNode& node) {
    ObjectReader root(node, "", problems_);
    if (const auto* listen = root.object("listen")) read_listen(*listen);
    if (const auto* tls = root.object("tls")) read_tls(*tls);
    root.text("secret_file", config_.secret_file);
    if (!config_.secret_file.empty()) {
      config_.secret_file = (folder_ / config_.secret_file).lexically_normal().string();
    }
    read_path(root, "static_dir", Path::kFolder, config_.static_dir);
    root.text("content_security_policy", config_.content_security_policy);
    if (config_.content_security_policy.find_first_of("\r\n") != std::string::npos) {
      root.problem("content_security_policy", "must be a single line");
    }
    read_log_level(root);
    if (const auto* limits = root.object("limits")) read_limits(*limits);
    if (const auto* timing = root.object("timing")) read_timing(*timing);
    if (const auto* http = root.object("http")) read_http(*http);
    if (const auto* proxy = root.object("proxy")) read_proxy(*proxy);
    if (const auto* ice = root.list("ice_servers")) {
      read_ice_servers(*ice, config_, problems_);
    }
    if (const auto* relays = root.list("relays")) {
      read_relays(*relays, folder_, config_, problems_);
    }
    read_root_keys(root);
    root.finish();
    check_pauses(root);
  }

  void keep_rest(ConfigNode root) {
    std::erase_if(root.members, [](const ConfigMember& member) {
      return member.name == "keys" || member.name == "development_key";
    });
    rest_ = to_json(root);
  }

  void read_listen(const ConfigNode& node) {
    ObjectReader listen(node, "listen", problems_);
    listen.text("host", config_.host);
    if (config_.host.empty()) listen.problem("host", "must not be empty");
    listen.whole("port", config_.port, 0, 65535);
    listen.finish();
  }

  void read_tls(const ConfigNode& node) {
    ObjectReader tls(node, "tls", problems_);
    read_path(tls, "certificate_file", Path::kFile, config_.tls.certificate_file);
    read_path(tls, "key_file", Path::kFile, config_.tls.key_file);
    if (config_.tls.certificate_file.empty()) tls.problem("certificate_file", "is missing");
    if (config_.tls.key_file.empty()) tls.problem("key_file", "is missing");
    tls.finish();
  }

  // A path that is not absolute is meant from where the file is, not from where the program was
  // started.
  void read_path(ObjectReader& reader, std::string_view name, Path kind, std::string& out) {
    std::string path;
    reader.text(name, path);
    if (path.empty()) return;
    out = (folder_ / path).lexically_normal().string();
    const std::string problem = path_problem(out, kind);
    if (!problem.empty()) reader.problem(name, problem);
  }

  void read_log_level(ObjectReader& root) {
    std::string name;
    root.text("log_level", name);
    if (!name.empty() && !parse_log_level(name, config_.log_level)) {
      root.problem("log_level", "must be \"debug\", \"info\", \"warning\", \"error\" or \"off\"");
    }
  }

  void read_limits(const ConfigNode& node) {
    HubOptions& hub = config_.hub;
    ObjectReader limits(node, "limits", problems_);
    limits.whole("connections_max", hub.connections_max, 1, kCountMost);
    limits.whole("connections_per_address_max", hub.connections_per_address_max, 1, kCountMost);
    limits.whole("channels_max", hub.channels_max, 1, kCountMost);
    limits.whole("channels_per_connection_max", hub.channels_per_connection_max, 1, 1000);
    limits.whole("members_per_channel_max", hub.members_per_channel_max, 2, 1000);
    limits.whole("frames_per_second", hub.frames_per_second, 1, 100'000);
    limits.whole("frames_burst", hub.frames_burst, 1, kCountMost);
    // Less would stop a socket for longer than anybody waits after one large frame.
    limits.whole("bytes_per_second", hub.bytes_per_second, 8192, kBytesMost);
    limits.whole("bytes_burst", hub.bytes_burst, kFrameBytes, kBytesMost);
    limits.whole("fanout_bytes_per_second", hub.fanout_bytes_per_second, 8192, kBytesMost);
    limits.whole("fanout_bytes_burst", hub.fanout_bytes_burst, kFrameBytes, kBytesMost);
    limits.whole("replay_frames_max", hub.replay_frames_max, 0, kCountMost);
    limits.whole("replay_bytes_max", hub.replay_bytes_max, 0, kBytesMost);
    limits.whole("returns_per_second", hub.returns_per_second, 1, kCountMost);
    limits.whole("send_queue_bytes_max", config_.send_queue_bytes_max, kFrameBytes, kBytesMost);
    limits.finish();
  }

  void read_timing(const ConfigNode& node) {
    HubOptions& hub = config_.hub;
    ObjectReader timing(node, "timing", problems_);
    timing.duration("heartbeat_ms", hub.heartbeat_ms, 100, kTimeMost);
    timing.duration("hello_timeout_ms", hub.hello_timeout_ms, 100, kTimeMost);
    timing.duration("silence_timeout_ms", hub.silence_timeout_ms, 100, kTimeMost);
    timing.duration("hold_ms", hub.hold_ms, 0, kTimeMost);
    timing.duration("away_after_ms", hub.away_after_ms, 0, kTimeMost);
    timing.duration("ticket_lifetime_ms", hub.ticket_lifetime_ms, 1000, kTimeMost);
    timing.duration("drain_retry_ms", hub.drain_retry_ms, 0, kTimeMost);
    timing.duration("transport_timeout_ms", config_.transport_timeout_ms, 1000, kTimeMost);
    timing.duration("shutdown_ms", config_.shutdown_ms, 0, kTimeMost);
    timing.finish();
    if (hub.silence_timeout_ms <= hub.heartbeat_ms) {
      timing.problem("silence_timeout_ms", "must be more than heartbeat_ms (" +
                                               std::to_string(hub.heartbeat_ms.value) +
                                               "), or every client would be cut off");
    }
  }

  void read_http(const ConfigNode& node) {
    ObjectReader http(node, "http", problems_);
    http.whole("connections_max", config_.http.connections_max, 1, kCountMost);
    http.whole("connections_per_address_max", config_.http.connections_per_address_max, 1,
               kCountMost);
    http.duration("timeout_ms", config_.http.timeout_ms, 100, kTimeMost);
    http.finish();
  }

  void read_proxy(const ConfigNode& node) {
    ObjectReader proxy(node, "proxy", problems_);
    proxy.boolean("trust_forwarded_for", config_.proxy.trust_forwarded_for);
    if (const auto* list = proxy.list("addresses")) {
      config_.proxy.addresses = read_texts(*list, "proxy.addresses", address_problem, problems_);
    }
    proxy.finish();
    if (config_.proxy.trust_forwarded_for && config_.proxy.addresses.empty()) {
      proxy.problem("addresses", "must list the proxies whose word about addresses is believed");
    }
  }

  void read_root_keys(ObjectReader& root) {
    if (const auto* keys = root.list("keys")) read_keys(*keys, folder_, config_, problems_);
    config_.has_own_keys = !config_.keys.empty();
    bool development = !config_.has_own_keys;
    root.boolean("development_key", development);
    if (development) config_.keys.push_back(development_key());
    if (config_.keys.empty()) {
      root.problem("development_key", "is false and there are no keys: nobody could join");
    }
  }

  // A paused socket answers no ping, so it must not look dead before it is resumed.
  void check_pauses(ObjectReader& root) {
    const std::int64_t by_bytes = kFrameBytes * 1000 / config_.hub.bytes_per_second;
    const std::int64_t by_frames = 1000 / config_.hub.frames_per_second;
    // The hub lets a little more time pass, so that it need not pause again at once.
    const std::int64_t longest = std::max(by_bytes, by_frames) + 250;
    if (config_.transport_timeout_ms.value < 2 * longest) {
      root.problem("timing",
                   "has a transport_timeout_ms too short for limits.bytes_per_second: "
                   "must be at least " +
                       std::to_string(2 * longest));
    }
    const DurationMs bearable{config_.transport_timeout_ms.value / 2 - 250};
    config_.hub.fanout_pause_max_ms =
        std::clamp(bearable, DurationMs{0}, HubOptions{}.fanout_pause_max_ms);
  }

  Config& config_;
  std::filesystem::path folder_;
  ConfigProblems problems_;
  std::string rest_;
};

}  // namespace

KeyOptions development_key() {
  KeyOptions key;
  key.id = kDevelopmentKey;
  key.loopback_origins_only = true;
  return key;
}

std::string path_problem(const std::string& path, Path kind) {
  if (path.find('\0') != std::string::npos) return "must not contain a zero byte";
  std::error_code error;
  if (kind == Path::kFolder) {
    return std::filesystem::is_directory(path, error) ? "" : "is no folder: " + path;
  }
  return std::filesystem::is_regular_file(path, error) ? "" : "is no file: " + path;
}

bool parse_log_level(std::string_view name, LogLevel& out) {
  struct Named {
    std::string_view name;
    LogLevel level;
  };
  constexpr std::array<Named, 5> kLevels = {{{"debug", LogLevel::kDebug},
                                             {"info", LogLevel::kInfo},
                                             {"warning", LogLevel::kWarning},
                                             {"error", LogLevel::kError},
                                             {"off", LogLevel::kOff}}};
  const auto* found = std::find_if(kLevels.begin(), kLevels.end(),
                                   [&](const Named& level) { return level.name == name; });
  if (found == kLevels.end()) return false;
  out = found->level;
  return true;
}

ConfigResult read_config(const std::string& file, std::string_view text) {
  ConfigResult result;
  Loader loader(file, result.config);
  loader.load(text);
  result.problems = loader.problems().found();
  result.fields = loader.problems().fields();
  result.config.rest = loader.rest();
  result.config.file = file;
  return result;
}

ConfigResult read_config_file(const std::string& file) {
  std::error_code error;
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file, error)) {
    ConfigResult result;
    result.problems.push_back(file + ": cannot be read: no such file, or no permission");
    return result;
  }
  std::ostringstream text;
  text << in.rdbuf();
  return read_config(file, text.str());
}

}  // namespace partyline::endpoint
