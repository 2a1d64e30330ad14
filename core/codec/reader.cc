#include "reader.h"

#include <limits>

#include "protocol/json_guard.h"

namespace partyline::codec {

Error Reader::error(std::string_view what) const {
  std::string text{what};
  text += place_;
  text += ": ";
  text += problem_;
  return {ErrorCode::invalid_argument, std::move(text)};
}

bool Reader::fail(std::string_view problem) {
  if (problem_.empty()) problem_ = problem;
  return false;
}

const Json* Reader::find(const char* name, Missing missing) {
  const auto found = object_->find(name);
  if (found != object_->end()) return &*found;
  if (missing == Missing::kIsWrong) {
    fail("is missing");
    add_place(name);
  }
  return nullptr;
}

void Reader::add_place(std::string_view name) { place_.insert(0, "." + std::string{name}); }

void Reader::add_place(std::size_t index) { place_.insert(0, "[" + std::to_string(index) + "]"); }

bool Reader::read(const Json& json, std::string& target) {
  const auto* const text = json.get_ptr<const std::string*>();
  if (text == nullptr) return fail("must be a string");
  target = *text;
  return true;
}

bool Reader::read(const Json& json, bool& target) {
  if (!json.is_boolean()) return fail("must be true or false");
  target = json.get<bool>();
  return true;
}

bool Reader::read(const Json& json, std::uint64_t& target) {
  if (!json.is_number_unsigned()) return fail("must be a whole number, not negative");
  target = json.get<std::uint64_t>();
  return true;
}

bool Reader::read(const Json& json, std::uint16_t& target) {
  std::uint64_t wide = 0;
  if (!read(json, wide)) return false;
  if (wide > std::numeric_limits<std::uint16_t>::max()) return fail("must be at most 65535");
  target = static_cast<std::uint16_t>(wide);
  return true;
}

bool Reader::read(const Json& json, DurationMs& target) {
  // JavaScript counts exactly up to 2^53, which is 285,000 years.
  constexpr double kMax = 9007199254740992.0;
  const double value = json.is_number() ? json.get<double>() : -1.0;
  if (!(value >= 0.0 && value <= kMax)) return fail("must be milliseconds, from 0 to 2^53");
  target.value = static_cast<std::int64_t>(value);
  return true;
}

bool Reader::read(const Json& json, JsonText& target) {
  target = to_json_text(json);
  return true;
}

bool Reader::read_name(const Json& json, std::span<const std::string_view> names,
                       std::uint8_t& target) {
  const auto* const text = json.get_ptr<const std::string*>();
  if (text != nullptr) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == *text) {
        target = static_cast<std::uint8_t>(i);
        return true;
      }
    }
  }
  return fail("is none of the known names");
}

}  // namespace partyline::codec
