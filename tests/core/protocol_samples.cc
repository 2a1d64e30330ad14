#include "protocol_samples.h"

#include <string>

namespace partyline::samples {
namespace {

const ChannelName kRoom("tenant/Küche 7");
const PeerId kPeer("p_abcdefghijklmnopqrstuv");
constexpr std::uint64_t kLarge = (1ULL << 53U) - 1;

PublicationInfo camera() {
  return {PublicationName("camera"), TrackStatus::kLive, TrackStatus::kMuted,
          JsonText(R"({"facing":"user","sizes":[1,2.5,-3]})")};
}

PublicationInfo screen() {
  return {PublicationName("screen"), TrackStatus::kAbsent, TrackStatus::kLive, JsonText()};
}

MemberInfo member() {
  return {kPeer, kLarge, JsonText(R"({"name":"Zoë \"Z\"\n"})"), {camera(), screen()}};
}

message::Join join() { return {kRoom, 7, JsonText(R"(["a",null,true])"), {camera(), screen()}}; }

message::Joined joined() { return {kRoom, 7, 8, {member(), {PeerId("p_2"), 9, JsonText(), {}}}}; }

}  // namespace

std::vector<ClientMessage> client_messages() {
  return {
      message::Hello{1, "pk_demo", "", "partyline 0.1", {join(), {ChannelName("b"), 0, {}, {}}}},
      message::Hello{1, "", "a.b.c", "", {}},
      message::Hello{1,
                     "pk_demo",
                     "",
                     "",
                     {{kRoom, 1, {}, {}, kLarge}},
                     message::Resume{"0a.{\"peer\":\"p\"}", 12}},
      message::Hello{1, "pk_demo", "", "", {}, message::Resume{"ticket", std::nullopt}},
      message::Hello{1, "pk_demo", "", "", {}, message::Resume{"ticket", std::nullopt, true}},
      join(),
      message::Join{ChannelName("b"), 0, {}, {}},
      message::Leave{kRoom},
      message::Update{kRoom, JsonText("{\"a\":1}"), std::vector{screen(), camera()}},
      message::Update{kRoom, JsonText(), std::vector<PublicationInfo>()},
      message::Update{kRoom, std::nullopt, std::nullopt},
      message::SignalTo{kRoom, kPeer, kLarge, "first line\nsecond line\n\n\"{\\"},
      message::SignalTo{kRoom, kPeer, 0, ""},
      message::MessageTo{kRoom, kLarge, {kPeer, PeerId("p_2")}, true, "chat", "bytes", "AAEC"},
      message::MessageTo{kRoom, 1, {}, false, "", "", "{\"a\":\n1}"},
      message::Ping{},
      message::Pong{},
      message::Token{"a.b.c"},
      message::Ack{0},
      message::Ack{kLarge},
  };
}

std::vector<HubMessage> hub_messages() {
  return {
      message::Welcome{kPeer,
                       {15'000},
                       JsonText(R"([{"urls":["stun:stun.example"]}])"),
                       "partyline-endpoint 0.1",
                       {joined(), {ChannelName("b"), 0, 3, {}}}},
      message::Welcome{kPeer, {1}, JsonText("[]"), "", {}},
      message::Welcome{kPeer,
                       {1},
                       JsonText("[]"),
                       "",
                       {},
                       message::SessionKind::kResumed,
                       12,
                       "ticket",
                       {30'000},
                       {500}},
      message::Welcome{kPeer, {1}, JsonText("[]"), "", {}, message::SessionKind::kResynced},
      message::Welcome{kPeer, {1}, JsonText("[]"), "", {}, message::SessionKind::kRestored},
      joined(),
      message::Joined{kRoom, 0, 1, {}},
      message::Refused{ErrorCode::channel_full, "Full.", kRoom, kPeer, 12},
      message::Refused{ErrorCode::unknown_type, "", {}, {}, 0},
      message::PeerJoined{kRoom, member()},
      message::PeerUpdated{kRoom, kPeer, JsonText("3"), std::vector{camera()}},
      message::PeerUpdated{kRoom, kPeer, JsonText(), std::nullopt},
      message::PeerLeft{kRoom, kPeer, message::LeaveReason::kLeft},
      message::PeerLeft{kRoom, kPeer, message::LeaveReason::kDisconnected},
      message::PeerJoined{kRoom, {kPeer, 1, JsonText(), {}, true}},
      message::PeerPresence{kRoom, kPeer, true},
      message::PeerPresence{kRoom, kPeer, false},
      message::Ack{3},
      message::Ticket{"another ticket"},
      message::IceServers{},
      message::TokenExpiring{},
      message::Removed{kRoom, ErrorCode::channel_not_allowed, "The token does not allow it."},
      message::PeerLeft{kRoom, kPeer, message::LeaveReason::kRemoved},
      message::PeerUpdated{kRoom, kPeer, std::nullopt, std::nullopt, false},
      message::PeerUpdated{kRoom, kPeer, std::nullopt, std::nullopt, true},
      message::PeerUpdated{kRoom, kPeer, std::nullopt, std::nullopt, std::nullopt, false},
      message::PeerJoined{kRoom, {kPeer, 5, {}, {}, false, false}},
      message::IceServers{JsonText(R"([{"credential":"c","urls":"turn:a","username":"9:p"}])")},
      message::SignalFrom{kRoom, kPeer, 5, "{}\nv=0\r\n"},
      message::MessageFrom{kRoom, kPeer, kLarge, "chat", "buffer", "AAEC"},
      message::MessageFrom{kRoom, kPeer, 1, "", "", "\"line\""},
      message::Sent{kRoom, kLarge},
      message::Delivered{kRoom, kPeer, kLarge},
      message::Joined{kRoom, 0, 1, {}, true},
      message::Pong{},
      message::Pong{DurationMs{5'000}},
      message::Ping{},
      message::Goodbye{{1'000}, "Back soon."},
      message::Goodbye{{0}, ""},
  };
}

std::vector<Signal> signals() {
  const std::string sdp = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\na=ice-ufrag:Ab+/\r\n";
  const std::vector<IceCandidate> candidates = {
      {"candidate:1 1 udp 2122260223 192.0.2.1 54400 typ host", Mid("0"), "Ab+/"},
      {"", Mid("0"), "Ab+/"},
      {"candidate:2", Mid(""), ""}};
  const std::vector<MediaBinding> media = {
      {Mid("0"), PublicationName("camera"), MediaKind::kAudio},
      {Mid("1"), PublicationName("camera"), MediaKind::kVideo}};
  Signal offer{3, false, Description{DescriptionType::kOffer, 4, sdp, media}, candidates};
  Signal answer{1, false, Description{DescriptionType::kAnswer, 1, "", {}}, {}};
  Signal trickle{0, false, std::nullopt, candidates};
  Signal plea{9, true, std::nullopt, {}};
  Signal wish{1, false, std::nullopt, {}, true};
  Signal complaint{2, false, std::nullopt, {}, false, {Mid("0"), Mid("video")}};
  return {offer, answer, trickle, plea, wish, complaint};
}

}  // namespace partyline::samples
