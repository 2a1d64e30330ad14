#include "partyline/error_codes.h"

#include <array>
#include <cstddef>

#include "protocol/error_names.h"

namespace partyline {
namespace {

struct ErrorRow {
  std::string_view name;
  std::uint16_t close_code;
  bool retryable;
};

constexpr std::array kErrors = {
#define PARTYLINE_ROW(name, close_code, retryable) ErrorRow{#name, close_code, retryable},
    PARTYLINE_ERROR_CODES(PARTYLINE_ROW)
#undef PARTYLINE_ROW
};

const ErrorRow& row(ErrorCode code) { return kErrors[static_cast<std::size_t>(code)]; }

}  // namespace

std::string_view error_name(ErrorCode code) { return row(code).name; }

std::uint16_t close_code(ErrorCode code) { return row(code).close_code; }

bool is_retryable(ErrorCode code) { return row(code).retryable; }

std::optional<ErrorCode> error_from_name(std::string_view name) {
  for (std::size_t index = 0; index < kErrors.size(); ++index) {
    if (kErrors[index].name == name) return static_cast<ErrorCode>(index);
  }
  return std::nullopt;
}

RetryPolicy retry_policy(std::uint16_t close_code) {
  if (close_code >= 4000 && close_code < 4100) return RetryPolicy::kRetryNow;
  if (close_code >= 4200 && close_code < 4300) return RetryPolicy::kNewToken;
  if (close_code >= 4300 && close_code < 4400) return RetryPolicy::kNever;
  return RetryPolicy::kRetryWithBackoff;
}

}  // namespace partyline
