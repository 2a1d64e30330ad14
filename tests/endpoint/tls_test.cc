// TLS on the one port: handshake, WebSocket and files through it, a new certificate without a
// restart.
#include <csignal>
#include <filesystem>
#include <memory>

#include <boost/asio/ssl/context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <openssl/ssl.h>

#include "endpoint_process.h"
#include "raw_socket.h"
#include "self_signed.h"
#include "test_client.h"

namespace partyline::endpoint_test {
namespace {

namespace ssl = boost::asio::ssl;

// A client's context that trusts exactly this certificate.
std::shared_ptr<ssl::context> trusting(const SelfSigned& server) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  context->add_certificate_authority(
      boost::asio::buffer(server.certificate.data(), server.certificate.size()));
  context->set_verify_mode(ssl::verify_peer);
  return context;
}

struct Files {
  void write(const SelfSigned& pair) {
    certificate = folder.write("certificate.pem", pair.certificate);
    key = folder.write("key.pem", pair.key);
  }
  [[nodiscard]] std::vector<std::string> flags() const {
    return {"--tls-certificate", certificate, "--tls-key", key};
  }
  TemporaryFolder folder;
  std::string certificate;
  std::string key;
};

}  // namespace

TEST_CASE("calls are made through TLS", "[endpoint][tls]") {
  Files files;
  const SelfSigned pair = make_self_signed();
  files.write(pair);
  EndpointProcess endpoint("{}", files.flags());
  CHECK(endpoint.url().starts_with("https://127.0.0.1:"));
  ClientSetup setup;
  setup.tls = trusting(pair);
  TestClient anna(endpoint.port(), setup);
  TestClient berta(endpoint.port(), setup);
  const message::Welcome anna_welcome = anna.hello("room");
  berta.hello("room");
  const MemberInfo to_berta = anna.expect<message::PeerJoined>().member;
  // Larger than a TLS record.
  const std::string body(90'000, 'x');
  anna.send(message::SignalTo{ChannelName("room"), to_berta.peer, to_berta.incarnation, body});
  CHECK((berta.expect<message::SignalFrom>().body == body));
  berta.close();
  anna.expect<message::PeerLeft>();

  SECTION("a client that does not trust the certificate is told by its own TLS") {
    ClientSetup other;
    other.tls = trusting(make_self_signed());
    CHECK_THROWS_AS(TestClient(endpoint.port(), other), std::runtime_error);
  }
  SECTION("TLS 1.1 is not spoken") {
    ClientSetup old;
    old.tls = trusting(pair);
    SSL_CTX_set_security_level(old.tls->native_handle(), 0);
    SSL_CTX_set_min_proto_version(old.tls->native_handle(), TLS1_1_VERSION);
    SSL_CTX_set_max_proto_version(old.tls->native_handle(), TLS1_1_VERSION);
    CHECK_THROWS_AS(TestClient(endpoint.port(), old), std::runtime_error);
  }
  SECTION("plain HTTP gets nowhere") {
    RawSocket plain(endpoint.port());
    plain.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(plain.read_to_end().find("200") == std::string::npos);
  }
  anna.ping();
  endpoint.signal(SIGTERM);
  anna.expect<message::Goodbye>();
  CHECK(anna.read_close().code == 4000);
  CHECK(endpoint.wait() == 0);
}

TEST_CASE("a handshake that does not come to its end is cut off", "[endpoint][tls]") {
  Files files;
  files.write(make_self_signed());
  EndpointProcess endpoint(R"({"http": {"timeout_ms": 200}})", files.flags());
  RawSocket slow(endpoint.port());
  slow.write("\x16\x03\x01");
  CHECK(slow.read_to_end().empty());
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a hang-up brings in a new certificate", "[endpoint][tls]") {
  Files files;
  const SelfSigned before = make_self_signed();
  files.write(before);
  EndpointProcess endpoint("{}", files.flags());
  ClientSetup trusts_before;
  trusts_before.tls = trusting(before);
  TestClient old_client(endpoint.port(), trusts_before);
  old_client.hello("room");

  files.folder.write("key.pem", "not a key");
  endpoint.signal(SIGHUP);
  endpoint.wait_for_log("certificate_not_reloaded");
  TestClient still(endpoint.port(), trusts_before);

  const SelfSigned after = make_self_signed();
  files.write(after);
  endpoint.signal(SIGHUP);
  endpoint.wait_for_log("certificate_reloaded");
  ClientSetup trusts_after;
  trusts_after.tls = trusting(after);
  TestClient new_client(endpoint.port(), trusts_after);
  new_client.hello("room");
  old_client.expect<message::PeerJoined>();
  CHECK_THROWS_AS(TestClient(endpoint.port(), trusts_before), std::runtime_error);
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("certificates that are none are found before the start", "[endpoint][tls]") {
  Files files;
  files.write(make_self_signed());
  const auto check = [&] {
    std::vector<std::string> arguments = files.flags();
    arguments.emplace_back("--check");
    return run_endpoint(arguments);
  };
  CHECK(check().exit_code == 0);
  SECTION("a key of another certificate") {
    files.folder.write("key.pem", make_self_signed().key);
    const Ended ended = check();
    CHECK(ended.exit_code == 2);
    CHECK(ended.err.find("is not that of the certificate") != std::string::npos);
  }
  SECTION("no certificate") {
    files.folder.write("certificate.pem", "hello");
    const Ended ended = check();
    CHECK(ended.exit_code == 2);
    CHECK(ended.err.find("no PEM certificate") != std::string::npos);
  }
  SECTION("no such file") {
    std::filesystem::remove(files.key);
    const Ended ended = check();
    CHECK(ended.exit_code == 2);
    CHECK(ended.err.find("--tls-key: is no file") != std::string::npos);
  }
}

}  // namespace partyline::endpoint_test
