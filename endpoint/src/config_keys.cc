#include "config_keys.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "config_checks.h"
#include "config_secret.h"

namespace partyline::endpoint {
namespace {

constexpr std::int64_t kCountMost = 1'000'000;
// As long as what comes out of the hash (RFC 7518 §3.2).
constexpr std::size_t kTokenSecretBytesMin = 32;

class KeyReader {
 public:
  KeyReader(const std::filesystem::path& folder, Config& config, ConfigProblems& problems)
      : folder_(folder), config_(config), problems_(problems) {}

  void read(const ConfigNode& node, const std::string& path) {
    if (!is_object(node, path, problems_)) return;
    ObjectReader reader(node, path, problems_);
    KeyOptions key;
    reader.text("id", key.id);
    if (const auto* list = reader.list("channels")) {
      key.channels = read_texts(*list, path + ".channels", pattern_problem, problems_);
    }
    if (const auto* list = reader.list("origins")) {
      key.origins = read_texts(*list, path + ".origins", origin_problem, problems_);
    }
    read_permissions(reader, path, key.may);
    if (const auto* limits = reader.object("limits")) read_limits(*limits, path, key.limits);
    read_same_identity(reader, key.same_identity);
    reader.boolean("relay", key.may_relay);
    if (const auto* tokens = reader.object("tokens")) read_tokens(*tokens, path, key);
    check_id(reader, key);
    reader.finish();
    config_.keys.push_back(std::move(key));
  }

 private:
  static std::string permission_problem(std::string_view name) {
    const bool known = name == "join" || name == "publish" || name == "subscribe" || name == "send";
    return known ? "" : R"(must be "join", "publish", "subscribe" or "send")";
  }

  void read_permissions(ObjectReader& reader, const std::string& path, Permissions& may) {
    const auto* list = reader.list("permissions");
    if (list == nullptr) return;
    const auto names = read_texts(*list, path + ".permissions", permission_problem, problems_);
    const auto has = [&](std::string_view name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    may = {has("join"), has("publish"), has("subscribe"), has("send")};
  }

  void read_limits(const ConfigNode& node, const std::string& path, AccessLimits& limits) {
    ObjectReader reader(node, path + ".limits", problems_);
    reader.whole("members_per_channel_max", limits.members_per_channel_max, 1, 1000);
    reader.whole("channels_max", limits.channels_max, 1, 1000);
    reader.whole("frames_per_second", limits.frames_per_second, 1, 100'000);
    reader.whole("peers_max", limits.peers_max, 1, kCountMost);
    reader.finish();
  }

  static void read_same_identity(ObjectReader& reader, SameIdentity& out) {
    std::string name;
    reader.text("same_identity", name);
    if (name == "replace") out = SameIdentity::kReplace;
    if (name == "reject") out = SameIdentity::kReject;
    if (name == "allow") out = SameIdentity::kAllow;
    if (!name.empty() && name != "replace" && name != "reject" && name != "allow") {
      reader.problem("same_identity", "must be \"replace\", \"reject\" or \"allow\"");
    }
  }

  void check_id(ObjectReader& reader, const KeyOptions& key) const {
    const std::string problem =
        key.needs_token ? application_id_problem(key.id) : key_id_problem(key.id);
    if (!problem.empty()) {
      reader.problem("id", key.id.empty() ? "is missing: a text such as \"pk_main\"" : problem);
    }
    for (std::size_t i = 0; i < config_.keys.size() && !key.id.empty(); ++i) {
      if (config_.keys[i].id == key.id) {
        reader.problem("id", "is the same as that of " + item_path("keys", i));
      }
    }
  }

  void read_tokens(const ConfigNode& node, const std::string& path, KeyOptions& key) {
    key.needs_token = true;
    ObjectReader reader(node, path + ".tokens", problems_);
    reader.text("audience", key.audience);
    const auto* list = reader.list("keys");
    if (list == nullptr || list->items.empty()) {
      reader.problem("keys", "is missing: the keys that sign the tokens");
    }
    for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
      read_token_key(list->items[i], item_path(path + ".tokens.keys", i), key);
    }
    reader.finish();
  }

  void read_token_key(const ConfigNode& node, const std::string& path, KeyOptions& application) {
    if (!is_object(node, path, problems_)) return;
    ObjectReader reader(node, path, problems_);
    TokenKey key;
    key.owner = application.id;
    reader.text("kid", key.kid);
    check_kid(reader, key.kid);
    std::string name;
    reader.text("alg", name);
    const std::optional<TokenAlgorithm> algorithm = token_algorithm(name);
    if (!algorithm) {
      reader.problem("alg", R"(must be "HS256", "ES256" or "EdDSA")");
      return;
    }
    key.algorithm = *algorithm;
    if (*algorithm == TokenAlgorithm::kHs256) {
      key.secret = read_configured_secret(reader, folder_, kTokenSecretBytesMin,
                                          "that those who sign have, too");
    } else {
      read_public_key_file(reader, key);
    }
    reader.finish();
    application.kids.push_back(key.kid);
    config_.token_keys.push_back(std::move(key));
  }

  void check_kid(ObjectReader& reader, const std::string& kid) const {
    const std::string problem = kid.empty() ? "" : kid_problem(kid);
    if (!problem.empty()) reader.problem("kid", problem);
    // A token without one must lead to one key only, and so must each kid.
    for (const TokenKey& other : config_.token_keys) {
      if (other.kid == kid) {
        reader.problem("kid", kid.empty() ? "is missing: there are several keys that sign tokens"
                                          : "is that of another key, too");
        return;
      }
    }
  }

  void read_public_key_file(ObjectReader& reader, TokenKey& key) const {
    std::string file;
    reader.text("public_key_file", file);
    if (file.empty()) {
      reader.problem("public_key_file", "is missing: a PEM file with the public key");
      return;
    }
    const std::string path = (folder_ / file).lexically_normal().string();
    const std::string problem = path_problem(path, Path::kFile);
    if (!problem.empty()) return reader.problem("public_key_file", problem);
    std::ifstream in(path, std::ios::binary);
    std::ostringstream pem;
    pem << in.rdbuf();
    auto read = read_public_key(pem.str(), key.algorithm);
    if (const auto* words = std::get_if<std::string>(&read)) {
      reader.problem("public_key_file", *words + ": " + path);
    } else {
      key.key = std::get<PublicKey>(std::move(read));
    }
  }

  const std::filesystem::path& folder_;
  Config& config_;
  ConfigProblems& problems_;
};

}  // namespace

void read_keys(const ConfigNode& list, const std::filesystem::path& folder, Config& config,
               ConfigProblems& problems) {
  KeyReader reader(folder, config, problems);
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    reader.read(list.items[i], item_path("keys", i));
  }
}

}  // namespace partyline::endpoint
