// Whose connection it is, behind proxies and networks; and nearly right names.
#include <catch2/catch_test_macros.hpp>

#include "client_address.h"
#include "endpoint_process.h"
#include "nearest_name.h"
#include "test_client.h"

namespace partyline::endpoint_test {
namespace {

using boost::asio::ip::make_address;

std::string client_of(const std::string& peer, std::string_view forwarded_for) {
  const endpoint::TrustedProxies proxies({true, {"10.0.0.1", "10.0.0.2"}});
  return proxies.client(make_address(peer), forwarded_for).to_string();
}

}  // namespace

TEST_CASE("only trusted proxies are believed, from the right", "[endpoint]") {
  CHECK(client_of("1.2.3.4", "9.9.9.9") == "1.2.3.4");
  CHECK(client_of("10.0.0.1", "") == "10.0.0.1");
  CHECK(client_of("10.0.0.1", "9.9.9.9") == "9.9.9.9");
  CHECK(client_of("::ffff:10.0.0.1", "9.9.9.9") == "9.9.9.9");
  CHECK(client_of("10.0.0.1", "6.6.6.6, 9.9.9.9") == "9.9.9.9");
  CHECK(client_of("10.0.0.1", "6.6.6.6, 9.9.9.9,10.0.0.2") == "9.9.9.9");
  CHECK(client_of("10.0.0.1", "10.0.0.2") == "10.0.0.2");
  CHECK(client_of("10.0.0.1", "127.0.0.1, nonsense") == "10.0.0.1");
  CHECK(client_of("10.0.0.1", "2001:db8::1") == "2001:db8::1");
  CHECK(client_of("10.0.0.1", ",") == "10.0.0.1");
}

TEST_CASE("an IPv6 network counts as one client", "[endpoint]") {
  using endpoint::address_group;
  CHECK(address_group(make_address("1.2.3.4")) == "1.2.3.4");
  CHECK(address_group(make_address("::ffff:1.2.3.4")) == "1.2.3.4");
  CHECK(address_group(make_address("2001:db8:1:2:3::4")) ==
        address_group(make_address("2001:db8:1:2::9")));
  CHECK(address_group(make_address("2001:db8:1:2::9")) !=
        address_group(make_address("2001:db8:1:3::9")));
  CHECK(address_group(make_address("::1")) == "::1");
}

TEST_CASE("clients behind a trusted proxy count by their own address", "[endpoint]") {
  EndpointProcess endpoint(R"({
    "proxy": {"trust_forwarded_for": true, "addresses": ["127.0.0.1"]},
    "limits": {"connections_per_address_max": 1}
  })");
  const auto from = [](const char* address) {
    ClientSetup setup;
    setup.more_header_name = "X-Forwarded-For";
    setup.more_header_value = address;
    return setup;
  };
  TestClient anna(endpoint.port(), from("192.0.2.1"));
  TestClient berta(endpoint.port(), from("192.0.2.2"));
  anna.hello("room");
  berta.hello("room");
  TestClient again(endpoint.port(), from("192.0.2.2"));
  CHECK(again.read_close().code == 4103);
  TestClient carla(endpoint.port(), from("2001:db8:1:2::1"));
  carla.hello("room");
  TestClient same_network(endpoint.port(), from("2001:db8:1:2::2"));
  CHECK(same_network.read_close().code == 4103);
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a proxy that is not trusted is pointed out once", "[endpoint]") {
  EndpointProcess endpoint;
  ClientSetup setup;
  setup.more_header_name = "X-Forwarded-For";
  setup.more_header_value = "192.0.2.1";
  TestClient anna(endpoint.port(), setup);
  TestClient berta(endpoint.port(), setup);
  endpoint.wait_for_log("untrusted_forwarded_for");
  CHECK(endpoint.stop() == 0);
  const std::string log = endpoint.log();
  CHECK(log.find("untrusted_forwarded_for") == log.rfind("untrusted_forwarded_for"));
}

TEST_CASE("a nearly right name is recognized", "[endpoint]") {
  const std::vector<std::string> known = {"frames_per_second", "bytes_per_second", "port", "host"};
  CHECK(endpoint::nearest_name("frames_per_secnd", known) == "frames_per_second");
  CHECK(endpoint::nearest_name("frames-per-second", known) == "frames_per_second");
  CHECK(endpoint::nearest_name("Ports", known) == "port");
  CHECK(endpoint::nearest_name("something_else", known).empty());
  CHECK(endpoint::nearest_name(std::string(1000, 'x'), known).empty());
}

}  // namespace partyline::endpoint_test
