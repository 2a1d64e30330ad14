// A value or an error. There are no exceptions in the core in any build, so that the native and the
// wasm build mean the same.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "partyline/error_codes.h"

namespace partyline {

// What went wrong: the code for programs, the detail for people. A detail never contains a key, a
// token or any other secret.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string detail;
  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Legal only when ok().
  [[nodiscard]] T& value() { return *std::get_if<0>(&state_); }
  [[nodiscard]] const T& value() const { return *std::get_if<0>(&state_); }
  // Legal only when not ok().
  [[nodiscard]] const Error& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace partyline
