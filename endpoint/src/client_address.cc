#include "client_address.h"

#include <algorithm>

#include <boost/asio/ip/network_v6.hpp>

namespace partyline::endpoint {
namespace {

namespace ip = boost::asio::ip;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

ip::address plain_address(const ip::address& address) {
  if (!address.is_v6()) return address;
  ip::address_v6 v6 = address.to_v6();
  if (v6.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, v6);
  v6.scope_id(0);
  return v6;
}

std::string address_group(const ip::address& address) {
  const ip::address plain = plain_address(address);
  if (plain.is_v4() || plain.is_loopback()) return plain.to_string();
  constexpr unsigned short kNetworkBits = 64;
  return ip::make_network_v6(plain.to_v6(), kNetworkBits).canonical().to_string();
}

TrustedProxies::TrustedProxies(const ProxyConfig& config) {
  if (!config.trust_forwarded_for) return;
  for (const std::string& text : config.addresses) {
    boost::system::error_code error;
    const ip::address address = ip::make_address(text, error);
    if (!error) addresses_.push_back(plain_address(address));
  }
}

bool TrustedProxies::contains(const ip::address& address) const {
  return std::find(addresses_.begin(), addresses_.end(), plain_address(address)) !=
         addresses_.end();
}

ip::address TrustedProxies::client(const ip::address& peer, std::string_view forwarded_for) const {
  ip::address client = plain_address(peer);
  while (contains(client) && !forwarded_for.empty()) {
    const std::size_t comma = forwarded_for.rfind(',');
    const std::size_t start = comma == std::string_view::npos ? 0 : comma + 1;
    boost::system::error_code error;
    const ip::address named =
        ip::make_address(std::string(trimmed(forwarded_for.substr(start))), error);
    if (error) break;
    client = plain_address(named);
    forwarded_for = forwarded_for.substr(0, start == 0 ? 0 : start - 1);
  }
  return client;
}

}  // namespace partyline::endpoint
