// Sessions that outlive a socket and the process, and the secret that makes the latter possible.
#include <csignal>
#include <fstream>
#include <sstream>

#include <catch2/catch_test_macros.hpp>
#include <sys/stat.h>

#include "endpoint_process.h"
#include "partyline/limits.h"
#include "temporary_folder.h"
#include "test_client.h"

namespace partyline::endpoint_test {
namespace {

const ChannelName kRoom{"room"};

message::Hello resuming(const message::Welcome& welcome, std::uint64_t received) {
  message::Hello hello;
  hello.version = limits::kProtocolVersion;
  hello.key = "pk_demo";
  hello.resume = message::Resume{welcome.ticket, received};
  hello.joins = {{kRoom, 2, {}, {}, welcome.joined.at(0).incarnation}};
  return hello;
}

}  // namespace

TEST_CASE("a client that lost its socket gets what it missed, and nobody saw it go",
          "[endpoint][session]") {
  EndpointProcess endpoint;
  TestClient anna(endpoint.port());
  message::Welcome before;
  {
    TestClient berta(endpoint.port());
    before = berta.hello("room");
    anna.hello("room");
    berta.expect<message::PeerJoined>();
  }
  anna.send(message::Update{kRoom, JsonText("\"missed\""), std::nullopt});
  TestClient berta(endpoint.port());
  berta.send(resuming(before, 1));
  const auto welcome = berta.expect<message::Welcome>();
  CHECK(welcome.session == message::SessionKind::kResumed);
  CHECK(welcome.peer == before.peer);
  CHECK(berta.expect<message::PeerUpdated>().metadata == JsonText("\"missed\""));
  anna.ping();
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("with a secret file a killed endpoint's successor knows its peers",
          "[endpoint][session]") {
  const TemporaryFolder folder;
  const std::vector<std::string> arguments{"--secret-file", (folder.path() / "secret").string()};
  message::Welcome before;
  {
    EndpointProcess first("{}", arguments);
    TestClient anna(first.port());
    before = anna.hello("room");
    first.signal(SIGKILL);
    first.wait();
  }
  EndpointProcess second("{}", arguments);
  TestClient anna(second.port());
  anna.send(resuming(before, 0));
  const auto welcome = anna.expect<message::Welcome>();
  CHECK(welcome.session == message::SessionKind::kRestored);
  CHECK(welcome.peer == before.peer);
  CHECK(welcome.joined.at(0).incarnation == before.joined.at(0).incarnation);
  CHECK(second.stop() == 0);
}

TEST_CASE("without a secret file a successor knows nobody", "[endpoint][session]") {
  message::Welcome before;
  {
    EndpointProcess first;
    first.wait_for_log("sessions_end_with_process");
    TestClient anna(first.port());
    before = anna.hello("room");
    CHECK(first.stop() == 0);
  }
  EndpointProcess second;
  TestClient anna(second.port());
  anna.send(resuming(before, 0));
  const auto welcome = anna.expect<message::Welcome>();
  CHECK(welcome.session == message::SessionKind::kNew);
  CHECK(welcome.peer != before.peer);
  CHECK(second.stop() == 0);
}

TEST_CASE("a secret file is made for its owner alone, and a bad one is refused",
          "[endpoint][session]") {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "secret").string();
  const auto refused = [&](const std::string& path) {
    const Ended ended = run_endpoint({"--port", "0", "--secret-file", path});
    CHECK(ended.exit_code == 2);
    return ended.err;
  };
  SECTION("made") {
    EndpointProcess endpoint("{}", {"--secret-file", file});
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    CHECK(status.st_size == 64);
    std::ifstream stream(file);
    std::stringstream secret;
    secret << stream.rdbuf();
    CHECK(endpoint.log().find(secret.str()) == std::string::npos);
    CHECK(endpoint.stop() == 0);
  }
  SECTION("too short") {
    std::ofstream(file) << "short";
    ::chmod(file.c_str(), 0600);
    CHECK(refused(file) == "secret_file: " + file + ": must have 32 to 4096 bytes\n");
  }
  SECTION("for everybody") {
    std::ofstream(file) << std::string(64, 'x');
    ::chmod(file.c_str(), 0644);
    CHECK(refused(file).find("chmod 600 it") != std::string::npos);
  }
  SECTION("nowhere") {
    CHECK(refused(folder.path() / "none" / "secret").find("No such file") != std::string::npos);
  }
  SECTION("a folder") { CHECK(refused(folder.path()).find("is no file") != std::string::npos); }
}

}  // namespace partyline::endpoint_test
