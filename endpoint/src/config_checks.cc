#include "config_checks.h"

#include <algorithm>
#include <charconv>

#include <boost/asio/ip/address.hpp>

#include "config.h"
#include "partyline/protocol.h"

namespace partyline::endpoint {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) { return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z'); }

std::string port_problem(std::string_view scheme, std::string_view port) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number == 0 || number > 65535) {
    return "has a port that is not a number between 1 and 65535";
  }
  if ((scheme == "https" && number == 443) || (scheme == "http" && number == 80)) {
    return "names the default port, which browsers leave out: remove \":" + std::string(port) +
           "\"";
  }
  return {};
}

std::string host_problem(std::string_view host) {
  if (host.empty()) return "has no host";
  if (host.front() == '[') {
    if (host.back() != ']') return "has an IPv6 address without its closing bracket";
    return address_problem(host.substr(1, host.size() - 2)).empty()
               ? std::string()
               : "has brackets around what is no IPv6 address";
  }
  for (const char c : host) {
    if (c >= 'A' && c <= 'Z') return "must be in lower case, as browsers send it";
    if (c == '*') return "must be one exact origin: there are no wildcards in origins";
    if (!is_lower(c) && !is_digit(c) && c != '.' && c != '-' && c != '_') {
      return "has a character in its host that browsers do not send";
    }
  }
  return {};
}

constexpr std::size_t kIdBytesMax = 128;

bool is_plain(std::string_view id) {
  return std::all_of(id.begin(), id.end(),
                     [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; });
}

}  // namespace

std::string origin_problem(std::string_view origin) {
  if (origin == "*") return "must be an exact origin; for every origin leave the list empty";
  if (origin == "null") return "must not be \"null\": every sandboxed page sends that";
  const std::size_t colon = origin.find("://");
  if (colon == std::string_view::npos || colon == 0) {
    return "must be an origin such as \"https://example.com\"";
  }
  const std::string_view scheme = origin.substr(0, colon);
  if (!std::all_of(scheme.begin(), scheme.end(), [](char c) {
        return is_lower(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
      })) {
    return "must have its scheme in lower case, as browsers send it";
  }
  std::string_view rest = origin.substr(colon + 3);
  if (rest.find_first_of("/?#") != std::string_view::npos) {
    return "must end after the host and port: no path, no slash";
  }
  if (rest.find('@') != std::string_view::npos) return "must not contain a user";
  const std::size_t bracket = rest.rfind(']');
  const std::size_t port_at = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (port_at != std::string_view::npos) {
    std::string problem = port_problem(scheme, rest.substr(port_at + 1));
    if (!problem.empty()) return problem;
    rest = rest.substr(0, port_at);
  }
  return host_problem(rest);
}

std::string pattern_problem(std::string_view pattern) {
  if (!is_channel_name(pattern)) {
    return "must be 1 to 128 bytes without control characters or spaces at its ends";
  }
  if (pattern.find("***") != std::string_view::npos) {
    return "must not contain ***: * is anything within a segment, ** is anything";
  }
  return {};
}

std::string key_id_problem(std::string_view id) {
  if (id == kDevelopmentKey) {
    return "is the built-in development key; choose another id, or set \"development_key\"";
  }
  if (!id.starts_with("pk_") || id.size() < 4 || id.size() > kIdBytesMax || !is_plain(id)) {
    return "must be \"pk_\" and then letters, digits, _ or -, at most 128 in all";
  }
  return {};
}

std::string application_id_problem(std::string_view id) {
  if (id.starts_with("pk_")) return "must not begin with \"pk_\": tokens are no publishable key";
  return kid_problem(id);
}

std::string kid_problem(std::string_view kid) {
  const bool good = !kid.empty() && kid.size() <= kIdBytesMax && is_plain(kid);
  return good ? "" : "must be 1 to 128 letters, digits, _ or -";
}

std::string address_problem(std::string_view address) {
  boost::system::error_code error;
  boost::asio::ip::make_address(address, error);
  return error ? "must be an IP address in numbers" : std::string();
}

}  // namespace partyline::endpoint
