// The door's text of the companion: every input and output survives being written and read.
#include "partyline/companion_json.h"

#include <string>
#include <utility>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "codec/companion_fields.h"
#include "filler.h"

namespace partyline {

using nlohmann::json;

TEST_CASE("every input of the companion is read as it was written") {
  for (const CompanionInput& input : samples<CompanionInput>()) {
    const std::string text = write_companion_input(input);
    CAPTURE(text);
    const auto read = parse_companion_input(text);
    REQUIRE(read.ok());
    CHECK(read.value() == input);
  }
}

TEST_CASE("every output of the companion is read as it was written") {
  for (const CompanionOutput& output : samples<CompanionOutput>()) {
    const std::string text =
        json::parse(write_step_result({output}, std::nullopt)).at("outputs").at(0).dump();
    CAPTURE(text);
    const auto read = parse_companion_output(text);
    REQUIRE(read.ok());
    CHECK(read.value() == output);
  }
}

TEST_CASE("the companion's answer has long texts aside, and its inputs have them after the line") {
  Companion companion(parse_companion_options("{}").value());
  const auto tell = [&](const std::string& text) {
    const auto read = parse_companion_input(text);
    REQUIRE(read.ok());
    companion.handle(TimeMs{0}, read.value());
    return write_step_result(companion);
  };
  tell(R"({"type":"ChannelRoute","channel":1,"name":"room","numbers_above":0,"open":true,)"
       R"("expected":[]})");
  const std::string sent = tell(
      "{\"type\":\"SendMessage\",\"call\":1,\"channel\":1,\"to\":[],\"topic\":\"t\",\"format\":"
      "\"\"}\n{\"a\":1}");
  const std::size_t end = sent.find('\0');
  REQUIRE(end != std::string::npos);
  CHECK(sent.ends_with("\n{\"a\":1}"));
  CHECK(json::parse(sent.substr(0, end)).at("outputs").at(1).at("text") == sent.size() - end - 1);
  CHECK(tell("{\"type\":\"ChannelFrame\",\"channel\":1}\n{\"type\":\"sent\",\"channel\":\"room\","
             "\"request\":3}") == R"({"outputs":[{"type":"CallDone","call":1}],"wakeup":null})");
  CHECK_FALSE(parse_companion_options("3").ok());
}

}  // namespace partyline
