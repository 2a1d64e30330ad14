#include "protocol/fields.h"

#include "protocol/text.h"

namespace partyline {

FieldReader::FieldReader(const Json& value, std::string_view what) : what_(what) {
  if (value.is_object()) {
    object_ = &value;
  } else {
    fail(Error{ErrorCode::protocol_error, std::string(what) + " must be a JSON object."});
  }
}

const Json* FieldReader::find(const char* key) const {
  if (object_ == nullptr) return nullptr;
  const auto entry = object_->find(key);
  return entry == object_->end() ? nullptr : &*entry;
}

const Json* FieldReader::require(const char* key) {
  const Json* value = find(key);
  if (value == nullptr) fail(key, "is missing");
  return value;
}

void FieldReader::fail(const char* key, std::string_view expectation) {
  fail(Error{ErrorCode::protocol_error,
             std::string(what_) + ": \"" + key + "\" " + std::string(expectation) + "."});
}

void FieldReader::fail(Error error) {
  if (!error_) error_ = std::move(error);
}

std::string FieldReader::text(const char* key, std::size_t bytes_max) {
  const Json* value = require(key);
  return value == nullptr ? std::string() : optional_text(key, bytes_max);
}

std::string FieldReader::optional_text(const char* key, std::size_t bytes_max) {
  const Json* value = find(key);
  if (value == nullptr) return {};
  const auto* text = value->get_ptr<const std::string*>();
  if (text == nullptr || text->size() > bytes_max) {
    fail(key, "must be a string of at most " + std::to_string(bytes_max) + " bytes");
    return {};
  }
  return *text;
}

std::string FieldReader::id(const char* key, std::size_t bytes_max) {
  std::string text = this->text(key, bytes_max);
  if (ok() && !is_id_text(text, bytes_max)) {
    fail(key, "must not be empty, and must not contain control characters");
    return {};
  }
  return text;
}

std::string FieldReader::optional_id(const char* key, std::size_t bytes_max) {
  std::string text = optional_text(key, bytes_max);
  if (!is_line_text(text, bytes_max)) {
    fail(key, "must not contain control characters");
    return {};
  }
  return text;
}

std::uint64_t FieldReader::number(const char* key) {
  return require(key) == nullptr ? 0 : optional_number(key);
}

std::uint64_t FieldReader::optional_number(const char* key) {
  const Json* value = find(key);
  if (value == nullptr) return 0;
  // Only what was written as a whole number without a sign is of this type.
  const auto* number = value->get_ptr<const Json::number_unsigned_t*>();
  if (number == nullptr || *number > kNumberMax) {
    fail(key, "must be a whole number from 0 to 2^53");
    return 0;
  }
  return *number;
}

DurationMs FieldReader::duration_ms(const char* key, std::int64_t lowest) {
  const auto value = static_cast<std::int64_t>(number(key));
  if (value < lowest || value > kDurationMsMax) {
    fail(key, "must be from " + std::to_string(lowest) + " to " + std::to_string(kDurationMsMax));
    return {lowest};
  }
  return {value};
}

bool FieldReader::optional_flag(const char* key) {
  const Json* value = find(key);
  if (value == nullptr) return false;
  const auto* flag = value->get_ptr<const Json::boolean_t*>();
  if (flag == nullptr) {
    fail(key, "must be true or false");
    return false;
  }
  return *flag;
}

JsonText FieldReader::json(const char* key) const {
  const Json* value = find(key);
  return value == nullptr ? JsonText() : to_json_text(*value);
}

const Json* FieldReader::array(const char* key, bool required) {
  const Json* value = required ? require(key) : find(key);
  if (value == nullptr || value->is_array()) return value;
  fail(key, "must be an array");
  return nullptr;
}

const Json* FieldReader::object(const char* key, bool required) {
  const Json* value = required ? require(key) : find(key);
  if (value == nullptr || value->is_object()) return value;
  fail(key, "must be an object");
  return nullptr;
}

}  // namespace partyline
