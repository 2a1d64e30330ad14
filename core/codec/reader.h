// Reads the door's objects. It asks for the type before it takes a value, and remembers the place
// where something was wrong. A long text may be a member or what follows the object's line.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "enum_names.h"
#include "partyline/ids.h"
#include "partyline/json_text.h"
#include "partyline/result.h"
#include "partyline/time.h"
#include "protocol/json_guard.h"

namespace partyline::codec {

// Whether a member may be missing: in inputs and outputs only optionals may, in options all may.
enum class Missing : std::uint8_t { kIsWrong, kKeepsDefault };

class Reader {
 public:
  explicit Reader(Missing missing = Missing::kIsWrong,
                  std::optional<std::string_view> body = std::nullopt)
      : missing_(missing), body_(body) {}

  [[nodiscard]] bool ok() const { return problem_.empty(); }
  // What was wrong first, with its place: "Join.metadata: is missing".
  [[nodiscard]] Error error(std::string_view what) const;

  // Says what is wrong with the value that is being read. The callers up the way add the place.
  bool fail(std::string_view problem);

  // Reads the members that visit_fields(*this, target) names.
  template <class T>
  bool read_object(const Json& json, T& target) {
    const Json* const outer = object_;
    if (!json.is_object()) return fail("must be an object");
    object_ = &json;
    visit_fields(*this, target);
    object_ = outer;
    return ok();
  }

  // One member; called by visit_fields.
  template <class T>
  void operator()(const char* name, T& target) {
    if (!ok()) return;
    const Json* const value = find(name, missing_);
    if (value != nullptr && !read(*value, target)) add_place(name);
  }
  template <class T>
  void operator()(const char* name, std::optional<T>& target) {
    if (!ok()) return;
    const Json* const value = find(name, Missing::kKeepsDefault);
    if (value != nullptr && !read(*value, target.emplace())) add_place(name);
  }

  // A long text; called by visit_fields.
  void body(const char* name, std::string& target) {
    if (!ok() || !body_) return (*this)(name, target);
    target = *body_;
    body_.reset();
  }
  // Whether there was a body that no member took.
  [[nodiscard]] bool has_body() const { return body_.has_value(); }

 private:
  const Json* find(const char* name, Missing missing);
  void add_place(std::string_view name);
  void add_place(std::size_t index);

  bool read(const Json& json, std::string& target);
  bool read(const Json& json, bool& target);
  bool read(const Json& json, std::uint64_t& target);
  bool read(const Json& json, std::uint16_t& target);
  bool read(const Json& json, DurationMs& target);
  bool read(const Json& json, JsonText& target);
  bool read_name(const Json& json, std::span<const std::string_view> names, std::uint8_t& target);

  template <class Tag>
  bool read(const Json& json, StringId<Tag>& target) {
    return read(json, target.value);
  }
  template <class Tag>
  bool read(const Json& json, NumberId<Tag>& target) {
    return read(json, target.value);
  }
  template <class E>
  requires std::is_enum_v<E>
  bool read(const Json& json, E& target) {
    std::uint8_t value = 0;
    if (!read_name(json, enum_names<E>(), value)) return false;
    target = static_cast<E>(value);
    return true;
  }
  template <class T>
  bool read(const Json& json, std::vector<T>& target) {
    if (!json.is_array()) return fail("must be an array");
    target.clear();
    for (const Json& item : json) {
      if (!read(item, target.emplace_back())) {
        add_place(target.size() - 1);
        return false;
      }
    }
    return true;
  }
  template <class T>
  requires std::is_class_v<T>
  bool read(const Json& json, T& target) { return read_object(json, target); }

  Missing missing_;
  std::optional<std::string_view> body_;
  const Json* object_ = nullptr;
  std::string place_;
  std::string problem_;
};

}  // namespace partyline::codec
