// The one list of errors, and what a client does about a close code.
#include "partyline/error_codes.h"

#include <set>
#include <string_view>

#include <catch2/catch_test_macros.hpp>

#include "printers.h"
#include "protocol/error_names.h"

namespace partyline {
namespace {

constexpr ErrorCode kAll[] = {
#define PARTYLINE_VALUE(name, close_code, retryable) ErrorCode::name,
    PARTYLINE_ERROR_CODES(PARTYLINE_VALUE)
#undef PARTYLINE_VALUE
};

TEST_CASE("every code has a name of its own, and is found by it") {
  std::set<std::string_view> names;
  for (const ErrorCode code : kAll) {
    CHECK(names.insert(error_name(code)).second);
    CHECK(error_from_name(error_name(code)) == code);
  }
  CHECK(error_from_name("of_tomorrow") == std::nullopt);
  CHECK(error_name(ErrorCode::channel_full) == "channel_full");
}

TEST_CASE("no two codes close a socket alike") {
  std::set<std::uint16_t> numbers;
  for (const ErrorCode code : kAll) {
    if (close_code(code) != 0) CHECK(numbers.insert(close_code(code)).second);
  }
  CHECK(close_code(ErrorCode::restarting) == 4000);
  CHECK(close_code(ErrorCode::channel_full) == 0);
}

TEST_CASE("the range of a close code says what to do") {
  CHECK(retry_policy(4000) == RetryPolicy::kRetryNow);
  CHECK(retry_policy(4099) == RetryPolicy::kRetryNow);
  CHECK(retry_policy(4100) == RetryPolicy::kRetryWithBackoff);
  CHECK(retry_policy(4200) == RetryPolicy::kNewToken);
  CHECK(retry_policy(4299) == RetryPolicy::kNewToken);
  CHECK(retry_policy(4300) == RetryPolicy::kNever);
  CHECK(retry_policy(4399) == RetryPolicy::kNever);
  for (const std::uint16_t other :
       std::initializer_list<std::uint16_t>{0, 1000, 1001, 1006, 1011, 3999, 4400, 65535}) {
    CHECK(retry_policy(other) == RetryPolicy::kRetryWithBackoff);
  }
}

TEST_CASE("what closes for good is not retryable") {
  for (const ErrorCode code : kAll) {
    if (close_code(code) == 0) continue;
    CHECK(is_retryable(code) == (retry_policy(close_code(code)) != RetryPolicy::kNever));
  }
}

}  // namespace
}  // namespace partyline
