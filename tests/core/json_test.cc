// JSON as text and as values, held against the library that knows both.
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "dice.h"
#include "protocol/json_guard.h"
#include "protocol/json_writer.h"
#include "protocol/text.h"

namespace partyline {
namespace {

std::string as_the_library_writes(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Bytes at the edges of what UTF-8 may be, and what JSON escapes.
std::string any_bytes(Dice& dice) {
  static constexpr std::string_view kBytes =
      "a\"\\/\b\f\n\r\t\x01\x0f\x10\x1f\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc1\xc2\xdf"
      "\xe0\xe1\xec\xed\xee\xef\xf0\xf1\xf3\xf4\xf5\xff";
  std::string bytes(dice.below(8), '\0');
  for (char& byte : bytes) {
    byte = dice.one_in(40) ? '\0' : kBytes[dice.below(kBytes.size())];
  }
  return bytes;
}

Json any_value(Dice& dice, int depth) {
  switch (dice.below(depth > 0 ? 8 : 6)) {
    case 0:
      return any_bytes(dice);
    case 1:
      return dice.next();
    case 2:
      return -static_cast<std::int64_t>(dice.next() >> (1 + dice.below(63)));
    case 3:
      return dice.one_in(2);
    case 4:
      return nullptr;
    case 5:
      return "\u00e9\u4f1a\U0001f389";
    case 6: {
      Json array = Json::array();
      for (std::size_t i = dice.below(4); i > 0; --i) array.push_back(any_value(dice, depth - 1));
      return array;
    }
    default: {
      Json object = Json::object();
      for (std::size_t i = dice.below(4); i > 0; --i) {
        object[any_bytes(dice)] = any_value(dice, depth - 1);
      }
      return object;
    }
  }
}

}  // namespace

TEST_CASE("what is no UTF-8 is replaced as everybody replaces it") {
  Dice dice(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::string bytes = any_bytes(dice);
    const std::string text = dump_json(bytes);
    REQUIRE(text == as_the_library_writes(bytes));
    REQUIRE(is_utf8(text));
    REQUIRE(is_utf8(bytes) == (Json::parse(text).get<std::string>() == bytes));
  }
}

TEST_CASE("a value is written as the library writes it") {
  Dice dice(2);
  for (int i = 0; i < 5'000; ++i) {
    const Json value = any_value(dice, 4);
    REQUIRE(dump_json(value) == as_the_library_writes(value));
  }
  CHECK(dump_json(Json::object()) == "{}");
  CHECK(dump_json({Json::array(), Json::array()}) == "[[],[]]");
}

TEST_CASE("a fraction is written as the shortest text that is read as the same") {
  CHECK(dump_json({0.1, -2.5e-8, 1e300, 5e-324}) == "[0.1,-2.5e-08,1e+300,5e-324]");
  Dice dice(3);
  for (int i = 0; i < 5'000; ++i) {
    const double value =
        static_cast<double>(dice.next()) / static_cast<double>(1 + dice.next() % 1'000'000);
    REQUIRE(parse_json(dump_json(value)).value() == Json(value));
  }
}

TEST_CASE("commas go between members and between items") {
  JsonWriter json;
  json.open('{');
  json.member("a", true);
  json.member_if_set("b", std::string());
  json.member_if_set("c", JsonText());
  json.member_if_set("d", std::uint64_t{0});
  json.key("e");
  json.open('[');
  json.write("[");
  json.open('{');
  json.close('}');
  json.write(std::uint64_t{1});
  json.close(']');
  json.member("f", JsonText("[{}]"));
  json.close('}');
  CHECK(std::move(json).take() == R"({"a":true,"e":["[",{},1],"f":[{}]})");
}

}  // namespace partyline
