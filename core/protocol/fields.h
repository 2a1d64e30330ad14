// Reads the fields of one JSON object, each with its type and its limits. The first field that is
// wrong is remembered and ends up in the error; the readers after it still give harmless values.
// So a message is read in straight lines, and judged once at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "partyline/json_text.h"
#include "partyline/result.h"
#include "partyline/time.h"
#include "protocol/json_guard.h"

namespace partyline {

// What JavaScript's numbers hold exactly; larger ones would silently become others.
inline constexpr std::uint64_t kNumberMax = 1ULL << 53U;
// What a browser's timer holds (2^31 - 1 ms).
inline constexpr std::int64_t kDurationMsMax = 2'147'483'647;

class FieldReader {
 public:
  // `what` names the object in errors. A value that is no object is the first error.
  FieldReader(const Json& value, std::string_view what);

  [[nodiscard]] bool has(const char* key) const { return find(key) != nullptr; }

  // A string of at most `bytes_max` bytes. Absent: the error, or "" where `optional_text`.
  [[nodiscard]] std::string text(const char* key, std::size_t bytes_max);
  [[nodiscard]] std::string optional_text(const char* key, std::size_t bytes_max);
  // A string of 1 to `bytes_max` bytes without control characters.
  [[nodiscard]] std::string id(const char* key, std::size_t bytes_max);
  // The same, or empty, or absent.
  [[nodiscard]] std::string optional_id(const char* key, std::size_t bytes_max);

  // A whole number from 0 to kNumberMax.
  [[nodiscard]] std::uint64_t number(const char* key);
  // The same; 0 where absent.
  [[nodiscard]] std::uint64_t optional_number(const char* key);
  [[nodiscard]] DurationMs duration_ms(const char* key, std::int64_t lowest);
  // A boolean; false where absent.
  [[nodiscard]] bool optional_flag(const char* key);

  // Any value, as compact text; null where absent.
  [[nodiscard]] JsonText json(const char* key) const;

  // An array, or an object; nothing where absent or wrong. `required` makes absent an error.
  [[nodiscard]] const Json* array(const char* key, bool required = false);
  [[nodiscard]] const Json* object(const char* key, bool required = false);

  // Remembers what a caller found wrong, unless something was wrong before. `expectation` goes on
  // from the field's name: "must be a string".
  void fail(const char* key, std::string_view expectation);
  void fail(Error error);

  [[nodiscard]] bool ok() const { return !error_; }
  // Legal only when not ok().
  [[nodiscard]] const Error& error() const { return *error_; }

 private:
  [[nodiscard]] const Json* find(const char* key) const;
  [[nodiscard]] const Json* require(const char* key);

  const Json* object_ = nullptr;
  std::string_view what_;
  std::optional<Error> error_;
};

}  // namespace partyline
