// Typed, strict reading of a configuration's tree. Every problem is collected with its place, so
// that an operator sees all of them at once.
#pragma once

#include <concepts>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config_document.h"
#include "partyline/time.h"

namespace partyline::endpoint {

// The problems found, in words that begin with the place:
// `endpoint.json:7: field "listen.port": must be …`.
class ConfigProblems {
 public:
  explicit ConfigProblems(std::string file) : file_(std::move(file)) {}
  void add(int line, std::string_view path, std::string_view words);
  void add_syntax(const ConfigSyntaxError& error);
  // One that has no line: a flag's.
  void add_plain(std::string text) { found_.push_back(std::move(text)); }
  [[nodiscard]] const std::vector<std::string>& found() const { return found_; }

  // Every field that was asked for, with list positions as `[]`: "keys[].origins".
  void note_field(const std::string& path);
  [[nodiscard]] const std::set<std::string>& fields() const { return fields_; }

 private:
  std::string file_;
  std::vector<std::string> found_;
  std::set<std::string> fields_;
};

// Reads one object. A member that is absent leaves its variable as it was; one that is wrong is a
// problem; one that was never asked for is a problem when `finish` is called.
class ObjectReader {
 public:
  // `path` is the object's own place: "" for the root, "keys[2]" for an item.
  ObjectReader(const ConfigNode& object, std::string path, ConfigProblems& problems);

  void boolean(std::string_view name, bool& out);
  void text(std::string_view name, std::string& out);
  template <std::integral Number>
  void whole(std::string_view name, Number& out, std::int64_t least, std::int64_t most) {
    std::int64_t value = 0;
    if (read_whole(name, value, least, most)) out = static_cast<Number>(value);
  }
  void duration(std::string_view name, DurationMs& out, std::int64_t least, std::int64_t most) {
    read_whole(name, out.value, least, most);
  }
  // The member when it is there and of that kind, else nullptr.
  const ConfigNode* object(std::string_view name);
  const ConfigNode* list(std::string_view name);
  // The member whatever it is.
  const ConfigNode* any(std::string_view name);

  // Reports members that nobody asked for.
  void finish();

  // A problem with the member `name`, or with the object itself when it has none of that name.
  void problem(std::string_view name, std::string_view words);
  [[nodiscard]] std::string path_of(std::string_view name) const;

 private:
  bool read_whole(std::string_view name, std::int64_t& out, std::int64_t least, std::int64_t most);
  const ConfigNode* find(std::string_view name);
  const ConfigNode* find_of_kind(std::string_view name, ConfigNode::Kind kind,
                                 std::string_view wanted);

  const ConfigNode& object_;
  std::string path_;
  ConfigProblems& problems_;
  std::vector<std::string> known_;
};

// The texts of a list. `problem_of` says what is wrong with one, or nothing.
[[nodiscard]] std::vector<std::string> read_texts(const ConfigNode& list, const std::string& path,
                                                  std::string (*problem_of)(std::string_view),
                                                  ConfigProblems& problems);

// Whether it is an object, which is a problem where it is not.
[[nodiscard]] bool is_object(const ConfigNode& node, const std::string& path,
                             ConfigProblems& problems);

// "keys", 2 → "keys[2]"
[[nodiscard]] std::string item_path(std::string_view list, std::size_t index);

}  // namespace partyline::endpoint
