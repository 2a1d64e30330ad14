#include "config_document.h"

#include <iterator>
#include <limits>

#include <nlohmann/json.hpp>

namespace partyline::endpoint {
namespace {

using Json = nlohmann::ordered_json;

// Counts lines while the lexer reads. What counts is the line of the last character read, not of
// the next one: the lexer reads one character past a number, which may be the end of its line.
struct LineCounter {
  int of_last = 1;
  int of_next = 1;
};

class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, LineCounter* lines) : at_(at), lines_(lines) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    lines_->of_last = lines_->of_next;
    if (*at_ == '\n') ++lines_->of_next;
    ++at_;
    return *this;
  }
  // NOLINTNEXTLINE(cert-dcl21-cpp): a const result could not be assigned from.
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const CountingIterator& a, const CountingIterator& b) {
    return a.at_ == b.at_;
  }

 private:
  const char* at_;
  LineCounter* lines_;
};

// What is left of the library's message without its prefix: it numbers its exceptions and repeats
// the place.
std::string words_of(const std::string& message) {
  const std::size_t place = message.find("column ");
  const std::size_t start = place == std::string::npos ? place : message.find(": ", place);
  return start == std::string::npos ? message : message.substr(start + 2);
}

// Receives the library's SAX events and grows the tree. Returning false ends the parsing.
class TreeBuilder : public nlohmann::json_sax<Json> {
 public:
  explicit TreeBuilder(const LineCounter& lines) : lines_(lines) {}

  bool null() override { return add({}); }
  bool boolean(bool value) override {
    ConfigNode node;
    node.kind = ConfigNode::Kind::kBoolean;
    node.boolean = value;
    return add(std::move(node));
  }
  bool number_integer(number_integer_t value) override {
    return add_whole(value, std::to_string(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    // What does not fit is out of every range anyway.
    constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
    const bool fits = value <= static_cast<number_unsigned_t>(kMax);
    return add_whole(fits ? static_cast<std::int64_t>(value) : kMax, std::to_string(value));
  }
  bool number_float(number_float_t, const string_t& text) override {
    ConfigNode node;
    node.kind = ConfigNode::Kind::kFraction;
    node.text = text;
    return add(std::move(node));
  }
  bool string(string_t& value) override {
    ConfigNode node;
    node.kind = ConfigNode::Kind::kString;
    node.text = std::move(value);
    return add(std::move(node));
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(ConfigNode::Kind::kObject); }
  bool key(string_t& name) override {
    open_.back()->members.push_back({std::move(name), lines_.of_last, {}});
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(ConfigNode::Kind::kList); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception& error) override {
    error_ = {lines_.of_last, "is not JSON: " + words_of(error.what())};
    return false;
  }

  ConfigNode take_root() { return std::move(root_); }
  [[nodiscard]] const ConfigSyntaxError& error() const { return error_; }

 private:
  bool add_whole(std::int64_t value, std::string text) {
    ConfigNode node;
    node.kind = ConfigNode::Kind::kWhole;
    node.whole = value;
    node.text = std::move(text);
    return add(std::move(node));
  }

  // Puts the value where the text has it: the root, the last named member, the end of a list.
  ConfigNode* place(ConfigNode&& node) {
    node.line = lines_.of_last;
    if (open_.empty()) {
      root_ = std::move(node);
      return &root_;
    }
    ConfigNode& parent = *open_.back();
    if (parent.kind == ConfigNode::Kind::kList) {
      parent.items.push_back(std::move(node));
      return &parent.items.back();
    }
    parent.members.back().value = std::move(node);
    return &parent.members.back().value;
  }

  bool add(ConfigNode&& node) {
    place(std::move(node));
    return true;
  }

  // The pointers stay good: a node's siblings grow only after it was closed.
  bool open(ConfigNode::Kind kind) {
    if (open_.size() >= kConfigDepthMax) {
      error_ = {lines_.of_last,
                "is nested more than " + std::to_string(kConfigDepthMax) + " levels deep"};
      return false;
    }
    ConfigNode node;
    node.kind = kind;
    open_.push_back(place(std::move(node)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  const LineCounter& lines_;
  ConfigNode root_;
  std::vector<ConfigNode*> open_;
  ConfigSyntaxError error_;
};

Json json_of(const ConfigNode& node) {
  switch (node.kind) {
    case ConfigNode::Kind::kNull:
      return nullptr;
    case ConfigNode::Kind::kBoolean:
      return node.boolean;
    case ConfigNode::Kind::kWhole:
      return node.whole;
    case ConfigNode::Kind::kFraction:
      return Json::parse(node.text, nullptr, false);
    case ConfigNode::Kind::kString:
      return node.text;
    case ConfigNode::Kind::kList: {
      Json list = Json::array();
      for (const ConfigNode& item : node.items) list.push_back(json_of(item));
      return list;
    }
    case ConfigNode::Kind::kObject:
      break;
  }
  Json object = Json::object();
  for (const ConfigMember& member : node.members) object[member.name] = json_of(member.value);
  return object;
}

}  // namespace

std::variant<ConfigNode, ConfigSyntaxError> parse_config_document(std::string_view text) {
  LineCounter lines;
  TreeBuilder builder(lines);
  const char* begin = text.data();
  const char* end = begin + text.size();
  if (Json::sax_parse(CountingIterator(begin, &lines), CountingIterator(end, &lines), &builder)) {
    return builder.take_root();
  }
  return builder.error();
}

std::string describe(const ConfigNode& node) {
  constexpr std::size_t kShownMax = 60;
  switch (node.kind) {
    case ConfigNode::Kind::kList:
      return "a list";
    case ConfigNode::Kind::kObject:
      return "an object";
    case ConfigNode::Kind::kString:
      if (node.text.size() > kShownMax)
        return "a text of " + std::to_string(node.text.size()) + " bytes";
      break;
    default:
      break;
  }
  return to_json(node);
}

std::string to_json(const ConfigNode& node) {
  return json_of(node).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace partyline::endpoint
