// Samples of everything that passes the door. To be included after the descriptions of fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "codec/enum_names.h"
#include "codec/fields.h"
#include "partyline/ids.h"
#include "partyline/json_text.h"
#include "partyline/time.h"

namespace partyline {

// Gives every member of a struct a value of its own, by the same description that the codec uses.
class Filler {
 public:
  template <class T>
  void operator()(const char* /*name*/, T& value) {
    fill(value);
  }
  void body(const char* /*name*/, std::string& value) { fill(value); }

  void fill(std::string& value) { value = "text \"\n\u00e9 " + std::to_string(++count_); }
  void fill(bool& value) { value = true; }
  void fill(std::uint64_t& value) { value = 9007199254740000U + ++count_; }
  void fill(std::uint16_t& value) { value = static_cast<std::uint16_t>(4000 + ++count_); }
  void fill(DurationMs& value) { value.value = static_cast<std::int64_t>(++count_); }
  void fill(JsonText& value) { value.text = R"({"n":[)" + std::to_string(++count_) + "]}"; }
  template <class Tag>
  void fill(StringId<Tag>& value) {
    fill(value.value);
  }
  template <class Tag>
  void fill(NumberId<Tag>& value) {
    fill(value.value);
  }
  template <class T>
  void fill(std::optional<T>& value) {
    fill(value.emplace());
  }
  template <class T>
  void fill(std::vector<T>& value) {
    fill(value.emplace_back());
    fill(value.emplace_back());
  }
  template <class T>
  void fill(T& value) {
    if constexpr (std::is_enum_v<T>) {
      value = static_cast<T>(++count_ % codec::enum_names<T>().size());
    } else {
      codec::visit_fields(*this, value);
    }
  }

 private:
  std::size_t count_ = 0;
};

// Every alternative, filled and as it is made.
template <class Variant, std::size_t... kIndices>
std::vector<Variant> samples_of(std::index_sequence<kIndices...> /*indices*/) {
  std::vector<Variant> all{Variant{std::in_place_index<kIndices>}...};
  const auto filled = [&](auto sample) {
    Filler{}.fill(sample);
    all.push_back(std::move(sample));
  };
  (filled(std::variant_alternative_t<kIndices, Variant>{}), ...);
  return all;
}

template <class Variant>
std::vector<Variant> samples() {
  return samples_of<Variant>(std::make_index_sequence<std::variant_size_v<Variant>>{});
}

}  // namespace partyline
