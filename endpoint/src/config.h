// What an operator may set, from a JSON file and from flags. docs/OPERATIONS.md lists every field
// with its unit, default and meaning.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "log.h"
#include "partyline/options.h"
#include "relay_signer.h"
#include "token_verifier.h"

namespace partyline::endpoint {

// The key of the ten-line example. It is good for loopback origins only, so it is no risk to ship.
inline constexpr const char* kDevelopmentKey = "pk_demo";

struct TlsConfig {
  std::string certificate_file;  // PEM, with the chain
  std::string key_file;          // PEM
  [[nodiscard]] bool enabled() const { return !certificate_file.empty(); }
};

struct HttpLimits {
  // Connections that are not (yet) a WebSocket: pages being fetched, handshakes being made.
  std::size_t connections_max = 4096;
  std::size_t connections_per_address_max = 256;
  // For a TLS handshake, for a request's head, and between requests.
  DurationMs timeout_ms{15'000};
};

struct ProxyConfig {
  bool trust_forwarded_for = false;
  // The proxies' addresses. Only what they say about a client's address is believed.
  std::vector<std::string> addresses;
};

struct Config {
  // Where it was read from; empty: nowhere.
  std::string file;
  // What of it is not about keys, as compact JSON: to see whether it has changed.
  std::string rest;
  std::string host = "127.0.0.1";
  std::uint16_t port = 7400;
  std::string static_dir;  // empty: no files are served
  TlsConfig tls;
  // Signs resume tickets; made where it is missing. Empty: a secret that ends with the process.
  std::string secret_file;
  LogLevel log_level = LogLevel::kInfo;
  HubOptions hub;
  // For each of hub.relays.
  std::vector<RelaySigner> relay_signers;
  // Among these or among hub.ice_servers.
  bool has_relay = false;
  // The operator's keys, and the development key where it is allowed.
  std::vector<KeyOptions> keys;
  bool has_own_keys = false;
  // Of those among them that need tokens.
  std::vector<TokenKey> token_keys;
  HttpLimits http;
  ProxyConfig proxy;
  // More than this waiting to be written to one socket closes it as a slow reader. A roster of a
  // large channel fits many times over.
  std::size_t send_queue_bytes_max = std::size_t{1024} * 1024;
  // A socket that answers no WebSocket ping for this long is dead, whatever its page does.
  DurationMs transport_timeout_ms{20'000};
  // From the first signal to the exit, at most.
  DurationMs shutdown_ms{5'000};
  // For static files. 'wasm-unsafe-eval' is what compiling WebAssembly needs; sockets may go
  // anywhere, since the demo page takes the endpoint's address from its URL.
  std::string content_security_policy =
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ws: wss:; "
      "img-src 'self' data: blob:; media-src 'self' blob: mediastream:; worker-src 'self' blob:; "
      "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";
};

struct ConfigResult {
  Config config;
  // Empty when all is well; else one text for each problem, beginning with its place.
  std::vector<std::string> problems;
  // Every field that the reader knows, for the test of the documentation.
  std::set<std::string> fields;
};

// Reads a configuration's text. `file` is its name, for the messages; relative paths in it are
// relative to its folder.
[[nodiscard]] ConfigResult read_config(const std::string& file, std::string_view text);

// Reads the file, or reports that it cannot be read.
[[nodiscard]] ConfigResult read_config_file(const std::string& file);

// `pk_demo`: every channel, publishing allowed, loopback origins only.
[[nodiscard]] KeyOptions development_key();

// What is wrong with the path of something that is only read, or nothing.
enum class Path { kFile, kFolder };
[[nodiscard]] std::string path_problem(const std::string& path, Path kind);

// "debug", "info", "warning", "error" or "off".
[[nodiscard]] bool parse_log_level(std::string_view name, LogLevel& out);

}  // namespace partyline::endpoint
