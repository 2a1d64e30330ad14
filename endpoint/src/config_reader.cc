#include "config_reader.h"

#include <algorithm>
#include <cctype>

#include "nearest_name.h"

namespace partyline::endpoint {
namespace {

// A problem is one line, whatever the names and paths in it have.
std::string one_line(std::string text) {
  for (char& character : text) {
    if (std::iscntrl(static_cast<unsigned char>(character)) != 0) character = '?';
  }
  return text;
}

}  // namespace

void ConfigProblems::add(int line, std::string_view path, std::string_view words) {
  std::string text = file_ + ":" + std::to_string(line) + ": ";
  if (!path.empty()) text.append("field \"").append(path).append("\": ");
  found_.push_back(one_line(text.append(words)));
}

void ConfigProblems::add_syntax(const ConfigSyntaxError& error) {
  add(error.line, "", error.words);
}

void ConfigProblems::note_field(const std::string& path) {
  std::string general;
  bool in_brackets = false;
  for (const char c : path) {
    if (c == ']') in_brackets = false;
    if (!in_brackets) general += c;
    if (c == '[') in_brackets = true;
  }
  fields_.insert(general);
}

ObjectReader::ObjectReader(const ConfigNode& object, std::string path, ConfigProblems& problems)
    : object_(object), path_(std::move(path)), problems_(problems) {
  std::set<std::string_view> seen;
  for (const ConfigMember& member : object_.members) {
    if (!seen.insert(member.name).second) {
      problems_.add(member.line, path_of(member.name), "is given twice");
    }
  }
}

std::string ObjectReader::path_of(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

const ConfigNode* ObjectReader::find(std::string_view name) {
  known_.emplace_back(name);
  problems_.note_field(path_of(name));
  const auto found = std::find_if(object_.members.begin(), object_.members.end(),
                                  [&](const ConfigMember& member) { return member.name == name; });
  return found == object_.members.end() ? nullptr : &found->value;
}

const ConfigNode* ObjectReader::find_of_kind(std::string_view name, ConfigNode::Kind kind,
                                             std::string_view wanted) {
  const ConfigNode* node = find(name);
  if (node == nullptr || node->kind == kind) return node;
  problem(name, "must be " + std::string(wanted) + ", is " + describe(*node));
  return nullptr;
}

void ObjectReader::boolean(std::string_view name, bool& out) {
  const ConfigNode* node = find_of_kind(name, ConfigNode::Kind::kBoolean, "true or false");
  if (node != nullptr) out = node->boolean;
}

void ObjectReader::text(std::string_view name, std::string& out) {
  const ConfigNode* node = find_of_kind(name, ConfigNode::Kind::kString, "a text");
  if (node != nullptr) out = node->text;
}

bool ObjectReader::read_whole(std::string_view name, std::int64_t& out, std::int64_t least,
                              std::int64_t most) {
  const ConfigNode* node = find(name);
  if (node == nullptr) return false;
  if (node->kind == ConfigNode::Kind::kWhole && node->whole >= least && node->whole <= most) {
    out = node->whole;
    return true;
  }
  problem(name, "must be a whole number between " + std::to_string(least) + " and " +
                    std::to_string(most) + ", is " + describe(*node));
  return false;
}

const ConfigNode* ObjectReader::object(std::string_view name) {
  return find_of_kind(name, ConfigNode::Kind::kObject, "an object");
}

const ConfigNode* ObjectReader::list(std::string_view name) {
  return find_of_kind(name, ConfigNode::Kind::kList, "a list");
}

const ConfigNode* ObjectReader::any(std::string_view name) { return find(name); }

void ObjectReader::problem(std::string_view name, std::string_view words) {
  int line = object_.line;
  for (const ConfigMember& member : object_.members) {
    if (member.name == name) line = member.value.line;
  }
  problems_.add(line, path_of(name), words);
}

void ObjectReader::finish() {
  for (const ConfigMember& member : object_.members) {
    if (std::find(known_.begin(), known_.end(), member.name) != known_.end()) continue;
    std::string words = "is not known";
    const std::string nearest = nearest_name(member.name, known_);
    if (!nearest.empty()) words += "; did you mean \"" + nearest + "\"?";
    problems_.add(member.line, path_of(member.name), words);
  }
}

std::string item_path(std::string_view list, std::size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

std::vector<std::string> read_texts(const ConfigNode& list, const std::string& path,
                                    std::string (*problem_of)(std::string_view),
                                    ConfigProblems& problems) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const ConfigNode& item = list.items[i];
    if (item.kind != ConfigNode::Kind::kString) {
      problems.add(item.line, item_path(path, i), "must be a text, is " + describe(item));
      continue;
    }
    const std::string problem = problem_of(item.text);
    if (!problem.empty()) {
      problems.add(item.line, item_path(path, i), problem + ", is " + describe(item));
    }
    texts.push_back(item.text);
  }
  return texts;
}

bool is_object(const ConfigNode& node, const std::string& path, ConfigProblems& problems) {
  if (node.kind == ConfigNode::Kind::kObject) return true;
  problems.add(node.line, path, "must be an object, is " + describe(node));
  return false;
}

}  // namespace partyline::endpoint
