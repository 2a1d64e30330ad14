// Frames that nobody well-meaning sends. Each is an error of the right code, never a crash and
// never half a message.
#include <functional>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "partyline/limits.h"
#include "partyline/protocol.h"
#include "printers.h"
#include "protocol_samples.h"

namespace partyline {
namespace {

using nlohmann::json;

ErrorCode client_error(const std::string& frame) {
  INFO(frame.substr(0, 200));
  const Result<ClientMessage> parsed = parse_client_message(frame);
  REQUIRE_FALSE(parsed.ok());
  return parsed.error().code;
}

ErrorCode hub_error(const std::string& frame) {
  INFO(frame.substr(0, 200));
  const Result<HubMessage> parsed = parse_hub_message(frame);
  REQUIRE_FALSE(parsed.ok());
  return parsed.error().code;
}

std::string header_of(const std::string& frame) { return frame.substr(0, frame.find('\n')); }

std::string body_of(const std::string& frame) { return frame.substr(header_of(frame).size()); }

// Values of every JSON type, and numbers that are none of ours.
const std::vector<json>& odd_values() {
  static const std::vector<json> values = {nullptr, true,  -1, 1.5, (1ULL << 53U) + 1, "",
                                           "\n",    "odd", 3,  {1}, {{"a", 1}}};
  return values;
}

// Whether `odd` is of the type of `original`, so that it may be right.
bool may_be_right(const json& odd, const json& original) {
  if (original.is_number()) return odd == 3;
  return odd.type() == original.type();
}

// Calls `visit` with `root` changed in one place, for every place and every value of another type.
// What the application owns may be anything and is left out.
void with_each_wrong_type(json& root, json& place, const std::function<void()>& visit) {
  for (auto item = place.begin(); item != place.end(); ++item) {
    const bool free = place.is_object() && item.key() == "metadata";
    if (free) continue;
    const bool opaque = place.is_object() && item.key() == "ice_servers";
    if (item->is_structured() && !opaque) with_each_wrong_type(root, *item, visit);
    const json original = *item;
    for (const json& odd : odd_values()) {
      if (may_be_right(odd, original)) continue;
      *item = odd;
      visit();
    }
    *item = original;
  }
}

TEST_CASE("every field of a client message must have its type") {
  int tried = 0;
  for (const ClientMessage& message : samples::client_messages()) {
    const std::string frame = write_message(message);
    json root = json::parse(header_of(frame));
    with_each_wrong_type(root, root, [&] {
      ++tried;
      const ErrorCode code = client_error(root.dump() + body_of(frame));
      const bool is_version = code == ErrorCode::unsupported_version;
      CHECK((code == ErrorCode::protocol_error || (is_version && root.contains("version"))));
    });
  }
  CHECK(tried > 300);
}

TEST_CASE("every field of a hub message must have its type") {
  int tried = 0;
  for (const HubMessage& message : samples::hub_messages()) {
    const std::string frame = write_message(message);
    json root = json::parse(header_of(frame));
    with_each_wrong_type(root, root, [&] {
      ++tried;
      CHECK(hub_error(root.dump() + body_of(frame)) == ErrorCode::protocol_error);
    });
  }
  CHECK(tried > 300);
}

TEST_CASE("a frame cut short anywhere is an error") {
  for (const ClientMessage& message : samples::client_messages()) {
    const std::string frame = header_of(write_message(message));
    for (std::size_t length = 0; length < frame.size(); ++length) {
      CHECK(client_error(frame.substr(0, length)) == ErrorCode::protocol_error);
    }
  }
  for (const HubMessage& message : samples::hub_messages()) {
    const std::string frame = header_of(write_message(message));
    for (std::size_t length = 0; length < frame.size(); ++length) {
      CHECK(hub_error(frame.substr(0, length)) == ErrorCode::protocol_error);
    }
  }
}

TEST_CASE("what is no object with a type is a protocol error") {
  for (const char* frame : {"", " ", "\n", "null", "[]", "\"hello\"", "7", "{}", "{\"type\":7}",
                            "{\"type\":\"\"}", "{\"type\":null}", "{type:'ping'}", "\xEF\xBB\xBF",
                            "{\"type\":\"ping\"}{", "{\"type\":\"ping\",}", "NaN"}) {
    CHECK(client_error(frame) == ErrorCode::protocol_error);
    CHECK(hub_error(frame) == ErrorCode::protocol_error);
  }
}

TEST_CASE("an unknown type is told apart from a broken frame") {
  CHECK(client_error(R"({"type":"teleport"})") == ErrorCode::unknown_type);
  CHECK(client_error(R"({"type":"welcome"})") == ErrorCode::unknown_type);
  CHECK(hub_error(R"({"type":"teleport"})") == ErrorCode::unknown_type);
  CHECK(hub_error(R"({"type":"hello"})") == ErrorCode::unknown_type);
}

TEST_CASE("a frame may be as large as the limit, and no larger") {
  const std::string head =
      "{\"channel\":\"a\",\"incarnation\":1,\"to\":\"p\",\"type\":\"signal\"}\n";
  std::string frame = head + std::string(limits::kFrameBytesMax - head.size(), 'x');
  CHECK(parse_client_message(frame).ok());
  frame.push_back('x');
  CHECK(client_error(frame) == ErrorCode::frame_too_large);
  CHECK(hub_error(std::string(limits::kHubFrameBytesMax + 1, 'x')) == ErrorCode::frame_too_large);
}

TEST_CASE("nesting is limited before anything recurses") {
  const auto nested = [](int levels) {
    const auto count = static_cast<std::size_t>(levels);
    return R"({"type":"join","channel":"a","metadata":)" + std::string(count, '[') +
           std::string(count, ']') + "}";
  };
  CHECK(parse_client_message(nested(limits::kJsonDepthMax - 1)).ok());
  CHECK(client_error(nested(limits::kJsonDepthMax)) == ErrorCode::protocol_error);
  CHECK(client_error(nested(60'000)) == ErrorCode::protocol_error);
  CHECK(client_error(std::string(limits::kFrameBytesMax, '[')) == ErrorCode::protocol_error);
  CHECK(client_error(std::string(limits::kFrameBytesMax, '{')) == ErrorCode::protocol_error);
  // Brackets within a string are only characters, also behind an escaped quote.
  CHECK(parse_client_message(R"({"type":"join","channel":"a","metadata":"\"[[[[[[[[[[[[[[[[[[["})")
            .ok());
}

TEST_CASE("bytes that are no UTF-8 are refused wherever they are") {
  for (const char* bytes : {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82",
                            "\x80", "\xF0\x80\x80\x80"}) {
    const std::string bad(bytes);
    CHECK(client_error("{\"type\":\"leave\",\"channel\":\"" + bad + "\"}") ==
          ErrorCode::protocol_error);
    CHECK(client_error("{\"channel\":\"a\",\"incarnation\":1,\"to\":\"p\",\"type\":\"signal\"}\n" +
                       bad) == ErrorCode::protocol_error);
  }
  CHECK(client_error(R"({"type":"leave","channel":"\ud800"})") == ErrorCode::protocol_error);
}

TEST_CASE("ids have a length and no control characters") {
  const auto leave = [](const std::string& name) {
    return json{{"type", "leave"}, {"channel", name}}.dump();
  };
  CHECK(parse_client_message(leave(std::string(limits::kChannelNameBytesMax, 'n'))).ok());
  CHECK(client_error(leave(std::string(limits::kChannelNameBytesMax + 1, 'n'))) ==
        ErrorCode::protocol_error);
  for (const std::string& name : {std::string(), std::string(1, '\0'), std::string("a\nb"),
                                  std::string("\x7F"), std::string("\xC2\x85")}) {
    CHECK(client_error(leave(name)) == ErrorCode::protocol_error);
  }
  CHECK(client_error(R"({"type":"signal","channel":"a","incarnation":1,"to":")" +
                     std::string(limits::kPeerIdBytesMax + 1, 'p') + "\"}\n") ==
        ErrorCode::protocol_error);
}

TEST_CASE("a publication's name and states are from small sets") {
  const auto join = [](const std::string& publication) {
    return R"({"type":"join","channel":"a","publications":[)" + publication + "]}";
  };
  CHECK(parse_client_message(join(R"({"name":"camera"})")).ok());
  CHECK(client_error(join(R"({})")) == ErrorCode::protocol_error);
  CHECK(client_error(join(R"({"name":"a/b"})")) == ErrorCode::protocol_error);
  CHECK(client_error(join(R"({"name":""})")) == ErrorCode::protocol_error);
  CHECK(client_error(join(R"({"name":"camera","audio":"loud"})")) == ErrorCode::protocol_error);
  CHECK(client_error(join(R"({"name":"camera","video":"absent"})")) == ErrorCode::protocol_error);
}

TEST_CASE("a hello has one credential and a bounded list of joins") {
  const auto hello = [](const json& more) {
    json frame = {{"type", "hello"}, {"version", 1}};
    frame.update(more);
    return frame.dump();
  };
  const std::string too_long(limits::kCredentialBytesMax + 1, 'k');
  const std::vector<json> joins(limits::kHelloJoinsMax + 1, json{{"channel", "a"}});
  CHECK(parse_client_message(hello({{"key", "pk_a"}})).ok());
  CHECK(client_error(hello(json::object())) == ErrorCode::protocol_error);
  CHECK(client_error(hello({{"key", "pk_a"}, {"token", "t"}})) == ErrorCode::protocol_error);
  CHECK(client_error(hello({{"key", too_long}})) == ErrorCode::protocol_error);
  CHECK(client_error(hello({{"key", "pk_a"}, {"join", joins}})) == ErrorCode::protocol_error);
  CHECK(client_error(R"({"type":"hello","key":"pk_a"})") == ErrorCode::protocol_error);
  CHECK(client_error(hello({{"key", "pk_a"}, {"version", 0}})) == ErrorCode::unsupported_version);
}

TEST_CASE("the addressees of a message are some peers") {
  const auto message = [](const std::string& fields) {
    return R"({"type":"message","channel":"a","request":1)" + fields + "}\n1";
  };
  CHECK(parse_client_message(message("")).ok());
  CHECK(parse_client_message(message(R"(,"to":["p"],"partly":true,"topic":"t")")).ok());
  std::string many = "\"p\"";
  for (std::size_t i = 1; i < limits::kAddresseesMax; ++i) many += ",\"p\"";
  CHECK(parse_client_message(message(R"(,"to":[)" + many + "]")).ok());
  for (const std::string& wrong :
       {std::string(R"(,"to":[])"), std::string(R"(,"to":"p")"), std::string(R"(,"to":[1])"),
        std::string(R"(,"to":[""])"), R"(,"to":[)" + many + ",\"p\"]",
        R"(,"to":[")" + std::string(65, 'p') + "\"]", std::string(R"(,"partly":1)"),
        R"(,"topic":")" + std::string(129, 't') + '"', std::string(R"(,"topic":"a\nb")"),
        R"(,"format":")" + std::string(17, 'f') + '"', std::string(R"(,"request":-1)")}) {
    CAPTURE(wrong);
    CHECK(client_error(message(wrong)) == ErrorCode::protocol_error);
  }
}

TEST_CASE("only signals and messages have a body, and they must have one") {
  CHECK(client_error(R"({"channel":"a","request":1,"type":"message"})") ==
        ErrorCode::protocol_error);
  CHECK(hub_error(R"({"channel":"a","request":1,"from":"p","type":"message"})") ==
        ErrorCode::protocol_error);
  CHECK(client_error(R"({"channel":"a","incarnation":1,"to":"p","type":"signal"})") ==
        ErrorCode::protocol_error);
  CHECK(client_error("{\"type\":\"leave\",\"channel\":\"a\"}\n{}") == ErrorCode::protocol_error);
  CHECK(client_error("{\n\"type\":\"ping\"}") == ErrorCode::protocol_error);
}

TEST_CASE("spans of time are ones that a timer can hold") {
  const auto goodbye = [](const std::string& span) {
    return R"({"type":"goodbye","retry_in_ms":)" + span + "}";
  };
  CHECK(parse_hub_message(goodbye("2147483647")).ok());
  CHECK(hub_error(goodbye("2147483648")) == ErrorCode::protocol_error);
  CHECK(hub_error(R"({"type":"welcome","peer":"p","heartbeat_ms":0})") ==
        ErrorCode::protocol_error);
}

TEST_CASE("an error's words repeat nothing of what came in") {
  const auto parsed = parse_client_message(
      R"({"type":"hello","version":1,"key":["pk_secret"],"token":"tok_secret"})");
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.error().detail.find("secret") == std::string::npos);
  CHECK(parse_client_message(R"({"type":"pk_secret"})").error().detail.find("secret") ==
        std::string::npos);
}

}  // namespace
}  // namespace partyline
