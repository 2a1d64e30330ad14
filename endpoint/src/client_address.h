// Whose connection it is: addresses as text, and what proxies say about them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "config.h"

namespace partyline::endpoint {

// An IPv4 address that came in over an IPv6 socket as the IPv4 address that it is; no zone.
[[nodiscard]] boost::asio::ip::address plain_address(const boost::asio::ip::address& address);

// What counts as one client where connections are counted: an IPv4 address, or an IPv6 network of
// 64 bits, which is what one household or machine is given. Loopback stays the address that it is.
[[nodiscard]] std::string address_group(const boost::asio::ip::address& address);

// The proxies whose word is believed.
class TrustedProxies {
 public:
  explicit TrustedProxies(const ProxyConfig& config);

  [[nodiscard]] bool contains(const boost::asio::ip::address& address) const;

  // The client behind a connection from `peer`, given the request's X-Forwarded-For (all of them,
  // joined by commas). Read from the right, it is the first address that is no trusted proxy: what
  // stands left of that, the client may have invented.
  [[nodiscard]] boost::asio::ip::address client(const boost::asio::ip::address& peer,
                                                std::string_view forwarded_for) const;

 private:
  std::vector<boost::asio::ip::address> addresses_;
};

}  // namespace partyline::endpoint
