#include "token_gate.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>
#include <variant>

#include "partyline/error_codes.h"
#include "partyline/protocol.h"

namespace partyline::sim {
namespace {

constexpr std::string_view kPrefix = "good-until-";

}  // namespace

std::string make_token(TimeMs until, const std::string& subject) {
  const std::string token = std::string(kPrefix) + std::to_string(until.value);
  return subject.empty() ? token : token + "-of-" + subject;
}

std::optional<SignedToken> read_token(std::string_view token, const std::string& key) {
  if (!token.starts_with(kPrefix)) return std::nullopt;
  token.remove_prefix(kPrefix.size());
  std::int64_t until = 0;
  const auto number = std::from_chars(token.data(), token.data() + token.size(), until);
  if (number.ec != std::errc{}) return std::nullopt;
  std::string claims = R"({"exp":)" + std::to_string(static_cast<double>(until) / 1000);
  constexpr std::string_view kOf = "-of-";
  token.remove_prefix(static_cast<std::size_t>(number.ptr - token.data()));
  if (token.starts_with(kOf)) {
    claims += R"(,"sub":")" + std::string(token.substr(kOf.size())) + '"';
  }
  return SignedToken{key, claims + '}'};
}

Admission judge_token(TimeMs now, std::string frame, const std::string& key) {
  if (frame.find("\"token\"") == std::string::npos) return {std::move(frame), 0};
  const Result<ClientMessage> parsed = parse_client_message(frame);
  const auto* hello = parsed ? std::get_if<message::Hello>(&parsed.value()) : nullptr;
  if (hello == nullptr || hello->token.empty()) return {std::move(frame), 0};
  const std::string_view token = hello->token;
  std::int64_t until = 0;
  const std::string_view number = token.substr(std::min(token.size(), kPrefix.size()));
  const bool ours =
      token.starts_with(kPrefix) &&
      std::from_chars(number.data(), number.data() + number.size(), until).ec == std::errc{};
  if (!ours) return {"", close_code(ErrorCode::token_refused)};
  if (until < now.value) return {"", close_code(ErrorCode::token_expired)};
  message::Hello admitted = *hello;
  admitted.token.clear();
  admitted.key = key;
  return {write_message(ClientMessage{std::move(admitted)}), 0};
}

}  // namespace partyline::sim
