// What strangers can cause to be logged does not fill the disk.
#include "log_throttle.h"

#include <fstream>
#include <iterator>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "endpoint_process.h"
#include "log.h"
#include "temporary_folder.h"
#include "test_client.h"

namespace partyline::endpoint_test {
namespace {

using endpoint::LogThrottle;

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("of each event so many lines are written, and the others counted", "[endpoint]") {
  LogThrottle throttle;
  const LogThrottle::Clock::time_point start{};
  for (std::uint32_t line = 0; line < LogThrottle::kLinesMax; ++line) {
    REQUIRE(throttle.judge("joined", start).write);
  }
  const auto first = throttle.judge("joined", start);
  CHECK_FALSE(first.write);
  CHECK(first.begins);
  CHECK_FALSE(throttle.judge("joined", start).begins);
  CHECK(throttle.judge("left", start).write);
  const auto next = throttle.judge("joined", start + LogThrottle::kWindow);
  CHECK(next.write);
  CHECK(next.left_out == 2);
  CHECK(throttle.judge("joined", start + LogThrottle::kWindow).left_out == 0);
}

TEST_CASE("one client's refusals are logged, but not each of thousands", "[endpoint]") {
  EndpointProcess endpoint(R"({
    "keys": [{"id": "pk_rooms", "channels": ["room"]}],
    "limits": {"frames_per_second": 100000, "frames_burst": 1000000}
  })");
  TestClient nosy(endpoint.port());
  nosy.hello("room", "pk_rooms");
  constexpr int kAttempts = 2'000;
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    const std::string name = "secret" + std::to_string(attempt);
    nosy.send(message::Join{ChannelName(name), static_cast<std::uint64_t>(attempt), {}, {}});
  }
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    CHECK(nosy.expect<message::Refused>().code == ErrorCode::channel_not_allowed);
  }
  CHECK(endpoint.stop() == 0);
  const std::size_t logged = count_of(endpoint.log(), "join_refused");
  CHECK(logged > 0);
  CHECK(logged <= 16);
}

TEST_CASE("what is left out of the log is told there", "[endpoint]") {
  const TemporaryFolder folder;
  const std::string file = folder.write("log", "");
  const int log = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  const int standard_error = ::dup(STDERR_FILENO);
  REQUIRE(::dup2(log, STDERR_FILENO) == STDERR_FILENO);
  for (std::uint32_t line = 0; line < LogThrottle::kLinesMax + 100; ++line) {
    endpoint::log_event(endpoint::LogLevel::kInfo, "of_a_flood");
  }
  REQUIRE(::dup2(standard_error, STDERR_FILENO) == STDERR_FILENO);
  ::close(standard_error);
  ::close(log);
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  CHECK(count_of(text, "\"event\":\"of_a_flood\"") == LogThrottle::kLinesMax);
  CHECK(count_of(text, "\"event\":\"lines_left_out\",\"of\":\"of_a_flood\"") == 1);
}

}  // namespace partyline::endpoint_test
