// What one end writes, the other reads as the same message, and the wire carries no more than it
// must.
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "partyline/limits.h"
#include "partyline/protocol.h"
#include "printers.h"
#include "protocol_samples.h"

namespace partyline {
namespace {

TEST_CASE("every client message survives the wire") {
  for (const ClientMessage& message : samples::client_messages()) {
    const std::string frame = write_message(message);
    INFO(frame);
    const Result<ClientMessage> parsed = parse_client_message(frame);
    REQUIRE(parsed.ok());
    CHECK(parsed.value() == message);
    CHECK(write_message(parsed.value()) == frame);
  }
}

TEST_CASE("every hub message survives the wire") {
  for (const HubMessage& message : samples::hub_messages()) {
    const std::string frame = write_message(message);
    INFO(frame);
    const Result<HubMessage> parsed = parse_hub_message(frame);
    REQUIRE(parsed.ok());
    CHECK(parsed.value() == message);
    CHECK(write_message(parsed.value()) == frame);
  }
}

TEST_CASE("the samples cover every type of message") {
  std::vector<bool> client(std::variant_size_v<ClientMessage>);
  for (const ClientMessage& message : samples::client_messages()) client[message.index()] = true;
  CHECK(client == std::vector<bool>(client.size(), true));
  std::vector<bool> hub(std::variant_size_v<HubMessage>);
  for (const HubMessage& message : samples::hub_messages()) hub[message.index()] = true;
  CHECK(hub == std::vector<bool>(hub.size(), true));
}

TEST_CASE("what has its default is not on the wire") {
  CHECK(write_message(ClientMessage(message::Join{ChannelName("a"), 0, {}, {}})) ==
        R"({"type":"join","channel":"a"})");
  CHECK(write_message(ClientMessage(message::Update{ChannelName("a"), JsonText(), {}})) ==
        R"({"type":"update","channel":"a","metadata":null})");
  CHECK(write_message(ClientMessage(message::SignalTo{ChannelName("a"), PeerId("p"), 2, "x"})) ==
        "{\"type\":\"signal\",\"channel\":\"a\",\"to\":\"p\",\"incarnation\":2}\nx");
  CHECK(write_message(HubMessage(message::Pong{})) == R"({"type":"pong"})");
  const PublicationInfo screen{PublicationName("s"), TrackStatus::kAbsent, TrackStatus::kLive, {}};
  const MemberInfo member{PeerId("p"), 1, {}, {screen}};
  CHECK(write_message(HubMessage(message::PeerJoined{ChannelName("a"), member})) ==
        R"({"type":"peer-joined","channel":"a","peer":"p","incarnation":1,)"
        R"("publications":[{"name":"s","video":"live"}]})");
}

TEST_CASE("a field that is not known is ignored") {
  const auto parsed = parse_client_message(R"({"type":"leave","channel":"a","why":{"x":[1]}})");
  REQUIRE(parsed.ok());
  CHECK(parsed.value() == ClientMessage(message::Leave{ChannelName("a")}));
}

TEST_CASE("whitespace may follow a frame that has no body") {
  CHECK(parse_client_message("{\"type\":\"ping\"}\r\n \n").ok());
  CHECK_FALSE(parse_client_message("{\"type\":\"ping\"}\nx").ok());
}

TEST_CASE("a newer hub's words are understood as far as they go") {
  const auto refused = parse_hub_message(R"({"type":"refused","code":"of_tomorrow"})");
  REQUIRE(refused.ok());
  CHECK(std::get<message::Refused>(refused.value()).code == ErrorCode::internal);
  const auto left =
      parse_hub_message(R"({"type":"peer-left","channel":"a","peer":"p","reason":"abducted"})");
  REQUIRE(left.ok());
  CHECK(std::get<message::PeerLeft>(left.value()).reason == message::LeaveReason::kLeft);
}

TEST_CASE("a hello of another version is told so, whatever else is in it") {
  const auto parsed = parse_client_message(R"({"type":"hello","version":2,"key":{"new":"way"}})");
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.error().code == ErrorCode::unsupported_version);
}

TEST_CASE("metadata larger than allowed passes the parser, for the hub to refuse") {
  const std::string text = '"' + std::string(limits::kMetadataBytesMax + 1, 'x') + '"';
  const auto parsed =
      parse_client_message(R"({"type":"join","channel":"a","metadata":)" + text + "}");
  REQUIRE(parsed.ok());
  CHECK(std::get<message::Join>(parsed.value()).metadata.text == text);
}

TEST_CASE("the members' metadata is on the wire as it stands, and ICE servers on one line") {
  const JsonText odd(R"({"b":1,"a":[1.50,"\u00e9"]})");
  CHECK(write_message(message::Join{ChannelName("a"), 0, odd, {}}) ==
        R"({"type":"join","channel":"a","metadata":)" + odd.text + "}");
  message::Welcome welcome{PeerId("p"), {1}, JsonText("[ {\"urls\":\n\"stun:a\"} ]"), "", {}};
  CHECK(write_message(HubMessage(welcome)) ==
        R"({"type":"welcome","peer":"p","heartbeat_ms":1,"ice_servers":[{"urls":"stun:a"}]})");
  welcome.ice_servers = JsonText("[\"open");
  CHECK(write_message(HubMessage(welcome)) == R"({"type":"welcome","peer":"p","heartbeat_ms":1})");
}

}  // namespace
}  // namespace partyline
