// Writes the door's objects as JSON text, without building a tree first: most of what is written is
// JSON already. Long texts are members like all others, or put aside: then the member is the number
// of their bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "enum_names.h"
#include "partyline/ids.h"
#include "partyline/json_text.h"
#include "partyline/time.h"

namespace partyline::codec {

enum class Bodies : std::uint8_t { kInline, kAside };

class Writer {
 public:
  explicit Writer(Bodies bodies = Bodies::kInline) : bodies_(bodies) {}

  // {"type": type, …fields}; without "type" when it is empty.
  template <class T>
  void write_object(std::string_view type, const T& object) {
    text_ += '{';
    first_ = true;
    if (!type.empty()) (*this)("type", type);
    visit_fields(*this, object);
    text_ += '}';
    first_ = false;
  }

  // One member; called by visit_fields.
  template <class T>
  void operator()(const char* name, const T& value) {
    key(name);
    write(value);
  }
  template <class T>
  void operator()(const char* name, const std::optional<T>& value) {
    if (value) (*this)(name, *value);
  }

  // A long text; called by visit_fields.
  void body(const char* name, const std::string& value) {
    if (bodies_ == Bodies::kInline) return (*this)(name, value);
    (*this)(name, std::uint64_t{value.size()});
    aside_ += value;
  }

  void raw(std::string_view text) { text_ += text; }
  void write(std::int64_t value) { text_ += std::to_string(value); }
  // What was written, and after a NUL, which JSON never has, what was put aside.
  [[nodiscard]] std::string take() && {
    if (!aside_.empty()) (text_ += '\0') += aside_;
    return std::move(text_);
  }

 private:
  void key(std::string_view name);

  void write(std::string_view value);
  void write(const std::string& value) { write(std::string_view{value}); }
  void write(bool value) { text_ += value ? "true" : "false"; }
  void write(std::uint64_t value) { text_ += std::to_string(value); }
  void write(std::uint16_t value) { text_ += std::to_string(value); }
  void write(DurationMs value) { write(value.value); }
  void write(const JsonText& value) { text_ += value.text; }

  template <class Tag>
  void write(const StringId<Tag>& value) {
    write(std::string_view{value.value});
  }
  template <class Tag>
  void write(NumberId<Tag> value) {
    write(value.value);
  }
  template <class E>
  requires std::is_enum_v<E>
  void write(E value) { write(enum_names<E>()[static_cast<std::size_t>(value)]); }
  template <class T>
  void write(const std::vector<T>& items) {
    text_ += '[';
    bool first = true;
    for (const T& item : items) {
      if (!std::exchange(first, false)) text_ += ',';
      write(item);
    }
    text_ += ']';
  }
  template <class T>
  requires std::is_class_v<T>
  void write(const T& object) { write_object({}, object); }

  Bodies bodies_;
  std::string text_;
  std::string aside_;
  bool first_ = true;
};

}  // namespace partyline::codec
