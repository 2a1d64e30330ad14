#include "flags.h"

#include <cstdio>

#include <CLI/CLI.hpp>

namespace partyline::endpoint {
namespace {

constexpr int kBadConfiguration = 2;

struct Flags {
  std::string config_file;
  std::optional<std::string> host;
  std::optional<std::string> port;
  std::optional<std::string> static_dir;
  std::optional<std::string> tls_certificate;
  std::optional<std::string> tls_key;
  std::optional<std::string> secret_file;
  std::optional<std::string> log_level;
  bool check = false;
};

void declare(CLI::App& app, Flags& flags) {
  app.add_option("--config", flags.config_file, "Configuration (JSON, docs/OPERATIONS.md)")
      ->type_name("FILE");
  app.add_option("--host", flags.host, "Address to listen on [127.0.0.1]")->type_name("HOST");
  app.add_option("--port", flags.port, "Port to listen on, 0 for any free one [7400]")
      ->type_name("PORT");
  app.add_option("--static", flags.static_dir, "Folder of files to serve")->type_name("DIR");
  app.add_option("--tls-certificate", flags.tls_certificate, "Certificate chain, PEM")
      ->type_name("FILE");
  app.add_option("--tls-key", flags.tls_key, "The certificate's private key, PEM")
      ->type_name("FILE");
  app.add_option("--secret-file", flags.secret_file, "Signs resume tickets; made where missing")
      ->type_name("FILE");
  app.add_option("--log-level", flags.log_level, "debug, info, warning, error or off [info]")
      ->type_name("LEVEL");
  app.add_flag("--check", flags.check, "Only check the configuration");
  app.set_version_flag("--version", std::string("partyline-endpoint ") + PARTYLINE_VERSION);
}

bool parse_port(const std::string& text, std::uint16_t& out) {
  constexpr std::size_t kDigitsMax = 5;
  if (text.empty() || text.size() > kDigitsMax) return false;
  if (text.find_first_not_of("0123456789") != std::string::npos) return false;
  const unsigned long number = std::stoul(text);
  if (number > 65535) return false;
  out = static_cast<std::uint16_t>(number);
  return true;
}

void check_paths(const Flags& flags, std::vector<std::string>& problems) {
  const auto check = [&](const char* flag, const std::optional<std::string>& path, Path kind) {
    const std::string problem = path ? path_problem(*path, kind) : std::string();
    if (!problem.empty()) problems.push_back(std::string(flag) + ": " + problem);
  };
  check("--static", flags.static_dir, Path::kFolder);
  check("--tls-certificate", flags.tls_certificate, Path::kFile);
  check("--tls-key", flags.tls_key, Path::kFile);
}

void apply(const Flags& flags, Config& config, std::vector<std::string>& problems) {
  if (flags.host) config.host = *flags.host;
  if (config.host.empty()) problems.emplace_back("--host: must not be empty");
  if (flags.port && !parse_port(*flags.port, config.port)) {
    problems.push_back("--port: must be a whole number between 0 and 65535, is \"" + *flags.port +
                       "\"");
  }
  if (flags.static_dir) config.static_dir = *flags.static_dir;
  if (flags.tls_certificate) config.tls.certificate_file = *flags.tls_certificate;
  if (flags.tls_key) config.tls.key_file = *flags.tls_key;
  if (flags.secret_file) config.secret_file = *flags.secret_file;
  if (config.tls.certificate_file.empty() != config.tls.key_file.empty()) {
    problems.emplace_back("--tls-certificate and --tls-key: one is useless without the other");
  }
  check_paths(flags, problems);
  if (flags.log_level && !parse_log_level(*flags.log_level, config.log_level)) {
    problems.push_back("--log-level: must be debug, info, warning, error or off, is \"" +
                       *flags.log_level + "\"");
  }
}

}  // namespace

Startup start_up(int argc, const char* const* argv) {
  Flags flags;
  CLI::App app{"The endpoint of Partyline calls: signalling for browsers, over WebSocket.",
               "partyline-endpoint"};
  declare(app, flags);
  Startup startup;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    startup.exit_code = app.exit(error) == 0 ? 0 : kBadConfiguration;
    return startup;
  }
  ConfigResult read =
      flags.config_file.empty() ? read_config("", "{}") : read_config_file(flags.config_file);
  if (read.problems.empty()) apply(flags, read.config, read.problems);
  for (const std::string& problem : read.problems) {
    std::fprintf(stderr, "%s\n", problem.c_str());
  }
  if (!read.problems.empty()) startup.exit_code = kBadConfiguration;
  startup.config = std::move(read.config);
  startup.check_only = flags.check;
  return startup;
}

}  // namespace partyline::endpoint
