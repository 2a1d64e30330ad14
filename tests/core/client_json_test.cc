// The door's text: every input and output survives being written and read, and whatever is wrong is
// told with its place.
#include "partyline/client_json.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "codec/enum_names.h"
#include "codec/input_fields.h"
#include "codec/output_fields.h"
#include "filler.h"
#include "protocol/json_guard.h"

namespace partyline {
namespace {

using nlohmann::json;

std::vector<ClientInput> inputs() { return samples<ClientInput>(); }
std::vector<ClientOutput> outputs() { return samples<ClientOutput>(); }

std::string text_of(const ClientOutput& output) {
  return json::parse(write_step_result({output}, std::nullopt)).at("outputs").at(0).dump();
}

// Replaces each member in turn by something of another type, and leaves each out in turn.
template <class Parse>
void check_wrong_members(const json& good, const Parse& parse) {
  for (const auto& [key, value] : good.items()) {
    if (value.is_object() || key == "type") continue;
    CAPTURE(good.dump(), key);
    json wrong = good;
    wrong[key] = json::object();
    const auto result = parse(wrong.dump());
    const bool any_json = key == "metadata" || key == "init" || key == "ice_servers";
    REQUIRE(result.ok() == any_json);
    if (any_json) continue;
    CHECK(result.error().code == ErrorCode::invalid_argument);
    CHECK(result.error().detail.find(good.at("type").get<std::string>()) == 0);
    CHECK(result.error().detail.find("." + key + ":") != std::string::npos);
  }
}

}  // namespace

TEST_CASE("every input is read as it was written") {
  for (const ClientInput& input : inputs()) {
    const std::string text = write_client_input(input);
    CAPTURE(text);
    const auto read = parse_client_input(text);
    REQUIRE(read.ok());
    CHECK(read.value() == input);
  }
}

TEST_CASE("every output is read as it was written") {
  for (const ClientOutput& output : outputs()) {
    const std::string text = text_of(output);
    CAPTURE(text);
    const auto read = parse_client_output(text);
    REQUIRE(read.ok());
    CHECK(read.value() == output);
  }
}

TEST_CASE("members are spelled as the members are, and values as the header says") {
  const input::Publish publish{
      CallId{1},    ChannelId{2}, PublicationName{"camera"}, JsonText{"{\"a\":1}"}, TrackId{3},
      std::nullopt, true};
  CHECK(json::parse(write_client_input(publish)) ==
        json::parse(R"({"type": "Publish", "call": 1, "channel": 2, "name": "camera",
                        "metadata": {"a": 1}, "audio": 3, "muted": true})"));

  output::MakeOffer offer{OperationId{4}, ConnectionId{5}, {}, true};
  offer.attach.push_back({SlotId{6}, MediaKind::kVideo, TrackId{7}, "s", Mid{"0"}});
  output::LineStateChanged state{LineState::kConnected, LineState::kReconnecting, "restarting", "",
                                 DurationMs{250}};
  const output::CallDone done{CallId{8}, Error{ErrorCode::channel_full, "words"}};
  CHECK(json::parse(write_step_result({offer, state, done}, TimeMs{1234})) == json::parse(R"({
    "outputs": [
      {"type": "MakeOffer", "operation": 4, "connection": 5, "ice_restart": true,
       "attach": [{"slot": 6, "kind": "video", "track": 7, "stream": "s", "mid": "0"}]},
      {"type": "LineStateChanged", "from": "connected", "to": "reconnecting",
       "code": "restarting", "reason": "", "retry_in_ms": 250},
      {"type": "CallDone", "call": 8, "error": {"code": "channel_full", "detail": "words"}}],
    "wakeup": 1234})"));
  CHECK(write_step_result({}, std::nullopt) == R"({"outputs":[],"wakeup":null})");
  CHECK(write_step_error({ErrorCode::invalid_argument, "no"}) ==
        R"({"error":{"code":"invalid_argument","detail":"no"}})");
}

TEST_CASE("a member of another type is told with its place") {
  for (const ClientInput& input : inputs()) {
    check_wrong_members(json::parse(write_client_input(input)),
                        [](const std::string& text) { return parse_client_input(text); });
  }
  for (const ClientOutput& output : outputs()) {
    check_wrong_members(json::parse(text_of(output)),
                        [](const std::string& text) { return parse_client_output(text); });
  }
  const auto nested = parse_client_input(
      R"({"type": "OfferMade", "operation": 1, "sdp": "", "mids": [{"slot": 1, "mid": "0"}, )"
      R"({"slot": -1, "mid": "0"}]})");
  REQUIRE_FALSE(nested.ok());
  CHECK(nested.error().detail == "OfferMade.mids[1].slot: must be a whole number, not negative");
}

TEST_CASE("a frame and an SDP may follow the line") {
  const auto offer =
      parse_client_input("{\"type\":\"OfferMade\",\"operation\":1,\"mids\":[]}\nv=0\n\"\\ \u00e9");
  REQUIRE(offer.ok());
  CHECK(std::get<input::OfferMade>(offer.value()).sdp == "v=0\n\"\\ \u00e9");
  const auto frame = parse_client_input("{\"type\":\"FrameReceived\",\"socket\":1}\n");
  REQUIRE(frame.ok());
  CHECK(std::get<input::FrameReceived>(frame.value()).text.empty());

  const auto both =
      parse_client_input("{\"type\":\"FrameReceived\",\"socket\":1,\"text\":\"a\"}\nb");
  REQUIRE(both.ok());
  CHECK(std::get<input::FrameReceived>(both.value()).text == "b");
  const auto none = parse_client_input("{\"type\":\"FrameReceived\",\"socket\":1}");
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().detail == "FrameReceived.text: is missing");
  const auto unasked = parse_client_input("{\"type\":\"Wakeup\"}\nb");
  REQUIRE_FALSE(unasked.ok());
  CHECK(unasked.error().detail == "Wakeup: there is text after the line");
}

TEST_CASE("a client's answer has long texts aside") {
  Client client(parse_client_options(R"({"endpoints": ["wss://a"], "key": "k"})").value(), 1);
  client.handle(TimeMs{0}, input::Join{CallId{1}, ChannelId{1}, ChannelName{"a"}, JsonText{"{}"}});
  static_cast<void>(write_step_result(client));
  client.handle(TimeMs{1}, input::SocketOpened{SocketId{1}});
  const std::string text = write_step_result(client);
  const std::size_t end = text.find('\0');
  REQUIRE(end != std::string::npos);
  const json answer = json::parse(text.substr(0, end));
  const std::string hello = text.substr(end + 1);
  CHECK(answer.at("outputs").at(0).at("text") == hello.size());
  CHECK(json::parse(hello).at("type") == "hello");
}

TEST_CASE("only optional members may be missing") {
  CHECK_FALSE(parse_client_input(R"({"type": "Leave"})").ok());
  CHECK(parse_client_input(R"({"type": "Leave"})").error().detail == "Leave.channel: is missing");
}

TEST_CASE("text that is no input is refused in words") {
  const std::string deep = R"({"type": "SetMetadata", "channel": 1, "metadata": )" +
                           std::string(20, '[') + std::string(20, ']') + "}";
  for (const std::string& text :
       {std::string{}, std::string{"{"}, std::string{"[]"}, std::string{"3"}, deep,
        std::string{R"({"type": 3})"}, std::string{R"({"type": "Nothing"})"}, std::string{"\xff"},
        std::string{R"({"type": "FrameReceived", "socket": 1, "text": "\ud800"})"},
        std::string{R"({"type": "SocketClosed", "socket": 1, "code": 70000, "reason": ""})"},
        std::string{R"({"type": "ConnectionStateChanged", "connection": 1, "state": "odd"})"}}) {
    CAPTURE(text);
    const auto result = parse_client_input(text);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == ErrorCode::invalid_argument);
    CHECK_FALSE(result.error().detail.empty());
  }
}

TEST_CASE("text that is not UTF-8 does not keep an output from being read") {
  const auto text = write_step_result({output::Log{output::Log::Level::kInfo, "a\xff"}}, {});
  CHECK(json::parse(text).at("outputs").at(0).at("text") == "a\uFFFD");
}

TEST_CASE("options have defaults for all but the endpoints") {
  const auto options = parse_client_options(
      R"({"endpoints": ["wss://a", "wss://b"], "key": "pk_1", "reconnect": {"max_delay_ms": 1.5e3},
          "ice_servers": [{"urls": "stun:x"}]})");
  REQUIRE(options.ok());
  CHECK(options.value().endpoints == std::vector<std::string>{"wss://a", "wss://b"});
  CHECK(options.value().key == "pk_1");
  CHECK(options.value().reconnect.max_delay_ms == DurationMs{1500});
  CHECK(options.value().reconnect.min_delay_ms == ReconnectOptions{}.min_delay_ms);
  CHECK(options.value().reconnect.give_up_after_ms == ReconnectOptions{}.give_up_after_ms);
  CHECK(options.value().ice_servers == JsonText{R"([{"urls":"stun:x"}])"});

  for (const char* text : {"", "[]", "{}", R"({"endpoints": []})", R"({"endpoints": [1]})",
                           R"({"endpoints": ["a"], "reconnect": {"min_delay_ms": -1}})",
                           R"({"endpoints": ["a"], "reconnect": "soon"})"}) {
    CAPTURE(text);
    const auto wrong = parse_client_options(text);
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().code == ErrorCode::invalid_argument);
  }
}

TEST_CASE("numbers in metadata keep their value") {
  const std::string text =
      R"({"type":"SetMetadata","channel":1,"metadata":[0.1,1e300,-2.5e-8,9007199254740993,-1]})";
  const auto input = parse_client_input(text);
  REQUIRE(input.ok());
  CHECK(json::parse(std::get<input::SetMetadata>(input.value()).metadata.text) ==
        json::parse("[0.1,1e300,-2.5e-8,9007199254740993,-1]"));
}

// RFC 8259: what many parsers let pass, and what overflows.
TEST_CASE("what is nearly JSON is none") {
  for (const char* text : {"1e999",     "[1,]",      R"({"a"})",    R"({"a":1,})",
                           R"({a:1})",  "'a'",       R"("\ud800")", R"("\udc00\ud800")",
                           "01",        "+1",        ".5",          "1.",
                           "1e",        "NaN",       "Infinity",    "nul",
                           "truefalse", "{} {}",     "[] x",        "[1 2]",
                           "\"a\nb\"",  R"("\x41")", "/* */ 1",     "\xef\xbb\xbf",
                           "",          " "}) {
    CAPTURE(text);
    CHECK_FALSE(parse_json(text).ok());
  }
  // Of members with the same name the last counts, for every reader.
  CHECK(parse_json(R"({"a":1,"a":2})").value() == json{{"a", 2}});
}

}  // namespace partyline
