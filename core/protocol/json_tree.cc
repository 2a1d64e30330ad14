#include "protocol/json_tree.h"

#include <cmath>
#include <string>
#include <utility>

namespace partyline {
namespace {

using Json = nlohmann::json;

// The library's lexer with a parser of our own. Whatever is hard about JSON (numbers, escapes,
// surrogates) is the lexer's; its parser is for texts of any depth and for errors in words, which
// nobody hears here, and is several kilobytes of the browser's module.
class TreeParser {
 public:
  explicit TreeParser(std::string_view text)
      : lexer_(nlohmann::detail::input_adapter(text.begin(), text.end())) {}

  std::optional<Json> parse() {
    std::optional<Json> root(std::in_place);
    lex();
    if (!value(*root)) return std::nullopt;
    lex();
    if (token_ != Token::end_of_input) return std::nullopt;
    return root;
  }

 private:
  using Input = decltype(nlohmann::detail::input_adapter(std::declval<std::string_view>().begin(),
                                                         std::declval<std::string_view>().end()));
  using Lexer = nlohmann::detail::lexer<Json, Input>;
  using Token = Lexer::token_type;

  void lex() { token_ = lexer_.scan(); }

  // Reads the value that begins with the present token, and leaves its last token present.
  // parse_json() has seen to it that this does not go deep.
  bool value(Json& target) {
    switch (token_) {
      case Token::begin_object:
        return object(target);
      case Token::begin_array:
        return array(target);
      case Token::value_string:
        target = std::move(lexer_.get_string());
        return true;
      case Token::value_unsigned:
        target = lexer_.get_number_unsigned();
        return true;
      case Token::value_integer:
        target = lexer_.get_number_integer();
        return true;
      case Token::value_float:
        target = lexer_.get_number_float();
        return std::isfinite(lexer_.get_number_float());
      case Token::literal_true:
        target = true;
        return true;
      case Token::literal_false:
        target = false;
        return true;
      case Token::literal_null:
        return true;
      default:
        return false;
    }
  }

  bool object(Json& target) {
    target = Json::object();
    lex();
    if (token_ == Token::end_object) return true;
    for (;; lex()) {
      if (token_ != Token::value_string) return false;
      // Of several members of one name the last counts.
      Json& member = (*target.get_ptr<Json::object_t*>())[std::move(lexer_.get_string())];
      lex();
      if (token_ != Token::name_separator) return false;
      lex();
      member = Json();
      if (!value(member)) return false;
      lex();
      if (token_ == Token::end_object) return true;
      if (token_ != Token::value_separator) return false;
    }
  }

  bool array(Json& target) {
    target = Json::array();
    auto& items = *target.get_ptr<Json::array_t*>();
    lex();
    if (token_ == Token::end_array) return true;
    for (;; lex()) {
      items.emplace_back();
      if (!value(items.back())) return false;
      lex();
      if (token_ == Token::end_array) return true;
      if (token_ != Token::value_separator) return false;
    }
  }

  Lexer lexer_;
  Token token_ = Token::uninitialized;
};

}  // namespace

std::optional<Json> build_json_tree(std::string_view text) { return TreeParser(text).parse(); }

}  // namespace partyline
