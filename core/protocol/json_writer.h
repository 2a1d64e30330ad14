// Writes JSON as text, member by member and without building a tree: most of what is written is
// JSON already.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "partyline/ids.h"
#include "partyline/json_text.h"
#include "partyline/time.h"
#include "protocol/json_guard.h"

namespace partyline {

class JsonWriter {
 public:
  // Of an object or of an array. What follows is its members, each a key and a value, or its items.
  void open(char bracket);
  void close(char bracket) { text_ += bracket; }
  void key(std::string_view name);

  template <class T>
  void member(std::string_view name, const T& value) {
    key(name);
    write(value);
  }
  // The same, but for what readers take an absent member for.
  template <class T>
  void member_if_set(std::string_view name, const T& value) {
    if (value != T{}) member(name, value);
  }

  // A string. What is no UTF-8 in it is replaced, so that this cannot fail.
  void write(std::string_view text);
  void write(const std::string& text) { write(std::string_view{text}); }
  void write(const char* text) { write(std::string_view{text}); }
  void write(bool value);
  void write(std::uint64_t value);
  void write(std::int64_t value);
  void write(std::uint16_t value) { write(std::uint64_t{value}); }
  void write(DurationMs value) { write(value.value); }
  // As it stands: compact JSON, which whoever made it has seen to.
  void write(const JsonText& value);
  template <class Tag>
  void write(const StringId<Tag>& value) {
    write(std::string_view{value.value});
  }
  template <class Tag>
  void write(NumberId<Tag> value) {
    write(value.value);
  }
  void write_tree(const Json& value);

  [[nodiscard]] std::string take() && { return std::move(text_); }

 protected:
  // The comma before a member or an item, where it is not the first.
  void separate();

  std::string text_;

 private:
  void write_escaped(char character);
};

}  // namespace partyline
