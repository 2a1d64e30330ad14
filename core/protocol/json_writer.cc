#include "protocol/json_writer.h"

#include <charconv>

#include "protocol/text.h"

namespace partyline {
namespace {

bool needs_escape(char character) {
  return static_cast<unsigned char>(character) < 0x20 || character == '"' || character == '\\';
}

}  // namespace

void JsonWriter::separate() {
  if (text_.empty()) return;
  const char last = text_.back();
  if (last != '{' && last != '[' && last != ':') text_ += ',';
}

void JsonWriter::open(char bracket) {
  separate();
  text_ += bracket;
}

void JsonWriter::key(std::string_view name) {
  write(name);
  text_ += ':';
}

void JsonWriter::write(std::string_view text) {
  separate();
  text_ += '"';
  std::size_t written = 0;
  for (std::size_t index = 0; index < text.size();) {
    const Utf8Sequence sequence = utf8_sequence(text, index);
    const std::size_t next = index + sequence.length;
    if (!sequence.whole || needs_escape(text[index])) {
      text_ += text.substr(written, index - written);
      if (sequence.whole) {
        write_escaped(text[index]);
      } else {
        text_ += "\xEF\xBF\xBD";  // U+FFFD
      }
      written = next;
    }
    index = next;
  }
  text_ += text.substr(written);
  text_ += '"';
}

void JsonWriter::write_escaped(char character) {
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  text_ += '\\';
  const std::size_t found = kShort.find(character);
  if (found != std::string_view::npos) {
    text_ += kLetters[found];
    return;
  }
  text_ += character < 0x10 ? "u000" : "u001";
  text_ += "0123456789abcdef"[character & 15];
}

void JsonWriter::write(bool value) {
  separate();
  text_ += value ? "true" : "false";
}

void JsonWriter::write(std::uint64_t value) {
  separate();
  text_ += std::to_string(value);
}

void JsonWriter::write(std::int64_t value) {
  separate();
  text_ += std::to_string(value);
}

void JsonWriter::write(const JsonText& value) {
  separate();
  text_ += value.text;
}

// Parsing has seen to it that this does not go deep.
void JsonWriter::write_tree(const Json& value) {
  if (const auto* object = value.get_ptr<const Json::object_t*>()) {
    open('{');
    for (const auto& [name, member] : *object) {
      key(name);
      write_tree(member);
    }
    close('}');
  } else if (const auto* array = value.get_ptr<const Json::array_t*>()) {
    open('[');
    for (const Json& item : *array) write_tree(item);
    close(']');
  } else if (const auto* text = value.get_ptr<const std::string*>()) {
    write(*text);
  } else if (const auto* flag = value.get_ptr<const bool*>()) {
    write(*flag);
  } else if (const auto* natural = value.get_ptr<const std::uint64_t*>()) {
    write(*natural);
  } else if (const auto* whole = value.get_ptr<const std::int64_t*>()) {
    write(*whole);
  } else if (const auto* number = value.get_ptr<const double*>()) {
    separate();
    char digits[32];
    text_.append(digits, std::to_chars(digits, std::end(digits), *number).ptr);
  } else {
    write(JsonText());
  }
}

}  // namespace partyline
