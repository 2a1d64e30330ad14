// Who guesses keys or tickets learns nothing: each wrong one is answered as every other of its
// kind.
#include <set>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "endpoint_process.h"
#include "partyline/limits.h"
#include "test_client.h"

namespace partyline::endpoint_test {
namespace {

message::Hello showing(const std::string& ticket) {
  message::Hello hello;
  hello.version = limits::kProtocolVersion;
  hello.key = "pk_demo";
  hello.resume = message::Resume{ticket, 0};
  return hello;
}

// What somebody may make of a ticket without the secret.
std::vector<std::string> forgeries(const std::string& ticket, const std::string& other_peer) {
  const std::size_t dot = ticket.find('.');
  const std::string signature = ticket.substr(0, dot);
  const std::string claims = ticket.substr(dot + 1);
  std::string first = ticket;
  first[0] = first[0] == 'a' ? 'b' : 'a';
  std::string last = ticket;
  last[dot - 1] = last[dot - 1] == 'a' ? 'b' : 'a';
  std::string other = ticket;
  const std::size_t peer = other.find("p_");
  other.replace(peer, other_peer.size(), other_peer);
  return {first,
          last,
          other,
          '.' + claims,
          signature.substr(0, signature.size() - 1) + '.' + claims,
          signature + signature + '.' + claims,
          std::string(signature.size(), '0') + '.' + claims,
          signature + '.' + claims + ' ',
          signature + '.',
          signature,
          ".",
          std::string(limits::kTicketBytesMax, 'a')};
}

}  // namespace

TEST_CASE("every wrong key is refused in the same words", "[endpoint][abuse]") {
  EndpointProcess endpoint;
  std::set<std::string> reasons;
  for (const std::string& key : std::vector<std::string>{"pk_dem", "pk_demo2", "pk_demp", "PK_DEMO",
                                                         "pk_", "x", std::string(8'000, 'k')}) {
    INFO(key.substr(0, 20));
    TestClient guesser(endpoint.port());
    guesser.send(message::Hello{limits::kProtocolVersion, key, "", "test", {}});
    const Closed closed = guesser.read_close();
    CHECK(closed.code == 4302);
    reasons.insert(closed.reason);
  }
  CHECK(reasons.size() == 1);
  CHECK(endpoint.stop() == 0);
  CHECK(endpoint.log().find("pk_dem") == std::string::npos);
}

TEST_CASE("a forged ticket is as good as none, and never logged", "[endpoint][abuse]") {
  EndpointProcess endpoint;
  TestClient anna(endpoint.port());
  const message::Welcome welcome = anna.hello("room");
  TestClient berta(endpoint.port());
  const message::Welcome other = berta.hello("elsewhere");
  for (const std::string& ticket : forgeries(welcome.ticket, other.peer.value)) {
    INFO(ticket.substr(0, 200));
    TestClient guesser(endpoint.port());
    guesser.send(showing(ticket));
    const auto answer = guesser.expect<message::Welcome>();
    CHECK(answer.session == message::SessionKind::kNew);
    CHECK(answer.peer != welcome.peer);
    CHECK(answer.peer != other.peer);
    CHECK(answer.joined.empty());
  }
  anna.ping();
  berta.ping();
  // The one that is not forged.
  TestClient again(endpoint.port());
  again.send(showing(welcome.ticket));
  CHECK(again.expect<message::Welcome>().peer == welcome.peer);
  CHECK(endpoint.stop() == 0);
  const std::string signature = welcome.ticket.substr(0, welcome.ticket.find('.'));
  CHECK(endpoint.log().find(signature.substr(0, signature.size() - 1)) == std::string::npos);
}

}  // namespace partyline::endpoint_test
