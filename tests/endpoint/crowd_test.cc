// Full channels whose members say as much as they may and read nothing: memory has its bounds, and
// who does read gets everything.
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "endpoint_process.h"
#include "partyline/limits.h"
#include "raw_socket.h"
#include "test_client.h"

namespace partyline::endpoint_test {
namespace {

const ChannelName kRoom{"room"};

// About 70 kB, different for each `number`.
message::Update largest(int number) {
  message::Update update{kRoom, {}, std::vector<PublicationInfo>()};
  const std::string text = std::to_string(10 + number % 10);
  update.metadata = JsonText('"' + text + std::string(limits::kMetadataBytesMax - 4, 'm') + '"');
  for (std::size_t index = 0; index < limits::kPublicationsMax; ++index) {
    update.publications->push_back({PublicationName("p" + std::to_string(index)),
                                    TrackStatus::kLive, TrackStatus::kLive, *update.metadata});
  }
  return update;
}

// The most memory that the process ever had, in MB; 0 where the system does not tell.
std::size_t peak_mb(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string word; status >> word;) {
    std::size_t kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes / 1024;
  }
  return 0;
}

std::unique_ptr<RawSocket> sleeper(unsigned short port) {
  auto socket = std::make_unique<RawSocket>(port, 4096);
  socket->write(upgrade_request());
  REQUIRE(socket->read_response().status == 101);
  socket->write(client_frame(
      R"({"type":"hello","version":1,"key":"pk_demo","join":[{"channel":"room","request":1}]})"));
  return socket;
}

}  // namespace

TEST_CASE("a full channel that talks and does not read has bounded memory", "[endpoint][abuse]") {
  EndpointProcess endpoint(R"({"limits": {"bytes_burst": 4194304}, "timing": {"hold_ms": 0}})");
  constexpr int kMembers = 32;
  constexpr int kUpdates = 20;
  std::vector<std::unique_ptr<RawSocket>> members;
  for (int member = 0; member < kMembers; ++member) members.push_back(sleeper(endpoint.port()));
  // 1.4 GB, if it were all kept.
  for (int update = 0; update < kUpdates; ++update) {
    const std::string frame = client_frame(write_message(largest(update)));
    for (const auto& member : members) member->write(frame);
  }
  TestClient watcher(endpoint.port());
  watcher.hello("elsewhere");
  for (const auto& member : members) {
    member->end_writing();
    static_cast<void>(member->read_to_end());
  }
  watcher.ping();
  // Of each: twice send_queue_bytes_max, what is kept for its return, and a frame on its way.
  constexpr std::size_t kBoundMb = 40 + kMembers * 4;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK(peak_mb(endpoint.pid()) < kBoundMb);
#else
  static_cast<void>(kBoundMb);
  CHECK(peak_mb(endpoint.pid()) > 0);
#endif
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("what is said to all harms only who does not read it", "[endpoint][abuse]") {
  EndpointProcess endpoint(R"({
    "limits": {"send_queue_bytes_max": 1048576, "frames_per_second": 100000,
               "frames_burst": 1000000, "bytes_per_second": 500000000, "bytes_burst": 500000000,
               "fanout_bytes_per_second": 500000000, "fanout_bytes_burst": 500000000},
    "timing": {"away_after_ms": 0}
  })");
  TestClient talker(endpoint.port());
  talker.hello("room");
  TestClient listener(endpoint.port());
  listener.hello("room");
  static_cast<void>(talker.expect<message::PeerJoined>());
  const auto sleeping = sleeper(endpoint.port());
  const PeerId sleeps = talker.expect<message::PeerJoined>().member.peer;
  static_cast<void>(listener.expect<message::PeerJoined>());

  // More than the kernel keeps for any socket, 6 MB at most: what it takes is not ours to limit.
  constexpr std::uint64_t kMessages = 200;
  const std::string body = '"' + std::string(limits::kMessageBytesMax - 2, 'x') + '"';
  // So many at once that nobody waits for the other side's acknowledgements of TCP.
  constexpr std::uint64_t kAtOnce = 10;
  bool away = false;
  for (std::uint64_t first = 1; first < kMessages; first += kAtOnce) {
    for (std::uint64_t number = first; number < first + kAtOnce; ++number) {
      talker.send(message::MessageTo{kRoom, number, {}, false, "", "", body});
    }
    for (std::uint64_t next = first; next < first + kAtOnce;) {
      const HubMessage message = listener.read();
      if (const auto* said = std::get_if<message::MessageFrom>(&message)) {
        REQUIRE(said->request == next++);
      } else if (const auto* presence = std::get_if<message::PeerPresence>(&message)) {
        CHECK(presence->peer == sleeps);
        away = away || presence->away;
      }
    }
    for (std::uint64_t next = first; next < first + kAtOnce;) {
      const HubMessage message = talker.read();
      const auto* sent = std::get_if<message::Sent>(&message);
      if (sent != nullptr) REQUIRE(sent->request == next++);
    }
  }
  CHECK(away);
  endpoint.wait_for_log("slow_reader");
  CHECK(endpoint.stop() == 0);
}

}  // namespace partyline::endpoint_test
