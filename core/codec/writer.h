// Writes the door's objects as JSON text. Long texts are members like all others, or put aside:
// then the member is the number of their bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "enum_names.h"
#include "protocol/json_writer.h"

namespace partyline::codec {

enum class Bodies : std::uint8_t { kInline, kAside };

class Writer : public JsonWriter {
 public:
  explicit Writer(Bodies bodies = Bodies::kInline) : bodies_(bodies) {}

  // {"type": type, …fields}; without "type" when it is empty.
  template <class T>
  void write_object(std::string_view type, const T& object) {
    open('{');
    if (!type.empty()) member("type", type);
    visit_fields(*this, object);
    close('}');
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

  // What was written, and after a NUL, which JSON never has, what was put aside.
  [[nodiscard]] std::string take() && {
    if (!aside_.empty()) (text_ += '\0') += aside_;
    return std::move(text_);
  }

  using JsonWriter::write;

 private:
  template <class E>
  requires std::is_enum_v<E>
  void write(E value) { write(enum_names<E>()[static_cast<std::size_t>(value)]); }
  template <class T>
  void write(const std::vector<T>& items) {
    open('[');
    for (const T& item : items) write(item);
    close(']');
  }
  template <class T>
  requires std::is_class_v<T>
  void write(const T& object) { write_object({}, object); }

  Bodies bodies_;
  std::string aside_;
};

}  // namespace partyline::codec
