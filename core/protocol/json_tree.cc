#include "protocol/json_tree.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace partyline {
namespace {

using Json = nlohmann::json;

// What the parser calls, in the order of the text; `false` stops it.
class TreeBuilder {
 public:
  bool null() { return add(Json()); }
  bool boolean(bool value) { return add(Json(value)); }
  bool number_integer(std::int64_t value) { return add(Json(value)); }
  bool number_unsigned(std::uint64_t value) { return add(Json(value)); }
  bool number_float(double value, const std::string& /*text*/) { return add(Json(value)); }
  bool string(std::string& value) { return add(Json(std::move(value))); }
  bool binary(Json::binary_t& /*value*/) { return false; }  // there is none in JSON text

  bool start_object(std::size_t /*size*/) { return open(Json(Json::value_t::object)); }
  bool key(std::string& name) {
    member_ = &(*open_.back()->get_ptr<Json::object_t*>())[name];
    return true;
  }
  bool end_object() { return close(); }

  bool start_array(std::size_t /*size*/) { return open(Json(Json::value_t::array)); }
  bool end_array() { return close(); }

  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const Json::exception& /*error*/) {
    return false;
  }

  Json take() { return std::move(root_); }

 private:
  // Puts a value where the parser is. The place stays valid while the value is open, since only
  // the innermost open value grows.
  Json& place(Json value) {
    Json* target = &root_;
    if (!open_.empty()) {
      if (auto* const array = open_.back()->get_ptr<Json::array_t*>()) {
        array->push_back(Json());
        target = &array->back();
      } else {
        target = member_;
      }
    }
    *target = std::move(value);
    return *target;
  }
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json value) {
    open_.push_back(&place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  Json root_;
  std::vector<Json*> open_;
  Json* member_ = nullptr;
};

}  // namespace

std::optional<Json> build_json_tree(std::string_view text) {
  TreeBuilder builder;
  if (!Json::sax_parse(text.begin(), text.end(), &builder)) return std::nullopt;
  return builder.take();
}

}  // namespace partyline
