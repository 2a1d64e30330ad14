// An endpoint, peers, a browser and an application do to a client core what a story says
// (step_reader.h), some of it nonsense. What must hold is in client_pen.h.
//
// The application:  j NAME METADATA   l CHANNEL   p CHANNEL NAME TRACKS MUTED   x CHANNEL NAME
//   m CHANNEL NAME KIND MUTED   k CHANNEL NAME KIND   q CHANNEL METADATA   z CHANNEL NAME METADATA
//   s CHANNEL TO FORMAT SIZE   d CHANNEL PEER   e DATA-CHANNEL   r (retry)   C (close)
// The endpoint:     o (socket opens)   c CODE   b (binary)   f TEXT   n TEXT (numbered)
//   W KIND MEMBERS RECEIVED   J CHANNEL MEMBERS NUMBER   X CHANNEL CODE NUMBER
//   I CHANNEL PEER NUMBER   U CHANNEL PEER METADATA NUMBER   L CHANNEL PEER NUMBER
//   A CHANNEL PEER AWAY NUMBER   E CHANNEL PEER REQUEST FORMAT NUMBER   T CHANNEL PEER REQUEST
//   NUMBER K KIND (of those about the socket)
// Peers:            S CHANNEL PEER INCARNATION GENERATION KIND NEGOTIATION CANDIDATES NUMBER
//   G CHANNEL PEER TEXT (any body)
// The browser:      O OPERATION RESULT   Y CONNECTION STATE   Z CONNECTION COUNT   V CONNECTION
// KIND
//   H CONNECTION (gathered)
// The host:         N WHAT   h PERSISTED   t SPAN   w SPAN (one late wake-up)
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "client_pen.h"
#include "partyline/limits.h"
#include "step_reader.h"

namespace partyline::fuzz {
namespace {

constexpr std::size_t kPeers = 4;
constexpr std::uint64_t kHighest = (1ULL << 53U) - 1;

ChannelName channel_name(Step& step) {
  static const char* const kNames[] = {"red", "green", " no name"};
  return ChannelName(kNames[step.below(3)]);
}
ChannelId channel_id(Step& step) { return ChannelId{step.below(6) + 1}; }
PublicationName publication_name(Step& step) {
  static const char* const kNames[] = {"camera", "screen", "a/b"};
  return PublicationName(kNames[step.below(3)]);
}
JsonText metadata(Step& step) {
  static const std::string kValues[] = {"null", R"({"a":1})",
                                        '"' + std::string(limits::kMetadataBytesMax, 'x') + '"',
                                        "[[[[[[[[[1]]]]]]]]]"};
  return JsonText(kValues[step.below(4)]);
}
MediaKind kind(Step& step) { return step.flag() ? MediaKind::kVideo : MediaKind::kAudio; }

class Story {
 public:
  void take(Step step) {
    application(step) || endpoint(step) || roster(step) || peers(step) || browser(step) ||
        host(step);
  }
  void end() { pen_.end(); }

 private:
  // Each of these says whether the step was its own.

  bool application(Step& step) {
    switch (step.what()) {
      case 'j': {
        const ChannelName name = channel_name(step);
        pen_.join(name, metadata(step));
        return true;
      }
      case 'l':
        pen_.tell(input::Leave{channel_id(step)});
        return true;
      case 'q': {
        const ChannelId channel = channel_id(step);
        pen_.tell(input::SetMetadata{channel, metadata(step)});
        return true;
      }
      case 's':
        send(step);
        return true;
      case 'd': {
        input::OpenDataChannel wish{channel_id(step), peer(step), {}, "chat", JsonText("{}")};
        pen_.open_data_channel(std::move(wish));
        return true;
      }
      case 'e':
        pen_.tell(input::CloseDataChannel{DataChannelId{step.below(8)}});
        return true;
      case 'r':
        pen_.tell(input::RetryNow{});
        return true;
      case 'C':
        pen_.tell(input::Close{});
        return true;
      default:
        return publications(step);
    }
  }

  bool publications(Step& step) {
    const char what = step.what();
    if (what != 'p' && what != 'x' && what != 'm' && what != 'k' && what != 'z') return false;
    const ChannelId channel = channel_id(step);
    const PublicationName name = publication_name(step);
    if (what == 'p') {
      const std::size_t tracks = step.below(4);
      input::Publish wish{{}, channel, name, {}, {}, {}, step.flag()};
      if ((tracks & 1U) == 0) wish.audio = TrackId{++tracks_};
      if ((tracks & 2U) == 0) wish.video = TrackId{++tracks_};
      pen_.ask(std::move(wish));
    } else if (what == 'x') {
      pen_.tell(input::Unpublish{channel, name});
    } else if (what == 'm') {
      const std::size_t which = step.below(3);
      input::SetMuted wish{channel, name, std::nullopt, step.flag()};
      if (which > 0) wish.kind = which == 1 ? MediaKind::kAudio : MediaKind::kVideo;
      pen_.tell(wish);
    } else if (what == 'k') {
      pen_.ask(input::ReplaceTrack{{}, channel, name, kind(step), TrackId{++tracks_}});
    } else {
      pen_.tell(input::SetPublicationMetadata{channel, name, metadata(step)});
    }
    return true;
  }

  void send(Step& step) {
    static const std::size_t kSizes[] = {0, 2, 5'000, 70'000};
    input::SendMessage wish{{}, channel_id(step), {}, "chat", "", ""};
    const std::size_t to = step.below(6);
    if (to > 0) wish.to.push_back(PeerId("p_" + std::to_string(to - 1)));
    if (step.flag()) wish.format = "bytes";
    wish.body = std::string(kSizes[step.below(4)], '7');
    pen_.ask(std::move(wish));
  }

  // ---- the endpoint ----

  bool endpoint(Step& step) {
    switch (step.what()) {
      case 'o':
        pen_.tell(input::SocketOpened{pen_.socket()});
        return true;
      case 'c': {
        static const std::uint16_t kCodes[] = {1006, 1000, 4000, 4101, 4105, 4106,
                                               4200, 4201, 4300, 4305, 1007, 4999};
        pen_.tell(input::SocketClosed{pen_.socket(), kCodes[step.below(12)], "because"});
        return true;
      }
      case 'b':
        pen_.tell(input::BinaryReceived{pen_.socket()});
        return true;
      case 'f':
        frame(step.text());
        return true;
      case 'n':
        frame(step.text().size() < 2 ? "" : write_numbered(++seq_, step.text()));
        return true;
      case 'W':
        welcome(step);
        return true;
      case 'K':
        of_socket(step);
        return true;
      default:
        return false;
    }
  }

  void frame(const std::string& text) {
    // A browser hands in nothing of a socket that is not open.
    if (pen_.is_open()) pen_.tell(input::FrameReceived{pen_.socket(), text});
  }

  // With a number: the next, none, one that came before, one too high.
  void say(HubMessage message, std::size_t how) {
    const std::string text = write_message(message);
    if (how == 1) return frame(text);
    if (how == 0) ++seq_;
    frame(write_numbered(how == 3 ? seq_ + 2 : std::max<std::uint64_t>(seq_, 1), text));
  }
  void say(HubMessage message, Step& step) { say(std::move(message), step.below(4)); }

  std::vector<MemberInfo> members(std::size_t mask) {
    std::vector<MemberInfo> list;
    for (std::size_t index = 0; index < kPeers; ++index) {
      if ((mask >> index & 1U) == 0) continue;
      list.push_back({PeerId("p_" + std::to_string(index)), incarnations_[index], {}, media()});
    }
    return list;
  }
  static std::vector<PublicationInfo> media() {
    return {{PublicationName("camera"), TrackStatus::kLive, TrackStatus::kMuted, {}}};
  }

  void welcome(Step& step) {
    using message::SessionKind;
    static const SessionKind kKinds[] = {SessionKind::kNew, SessionKind::kResumed,
                                         SessionKind::kResynced, SessionKind::kRestored};
    const SessionKind kind = kKinds[step.below(4)];
    const std::size_t mask = step.below(16);
    message::Welcome welcome{PeerId("p_me"), {15'000}, JsonText("[]"), "fuzz", {}};
    welcome.session = kind;
    welcome.received = step.below(20);
    welcome.ticket = "ticket";
    welcome.hold_ms = {30'000};
    if (kind != SessionKind::kResumed) {
      seq_ = 0;
      if (pen_.hello()) {
        for (const message::Join& join : pen_.hello()->joins) {
          welcome.joined.push_back(
              {join.channel, join.request, ++last_incarnation_, members(mask)});
        }
      }
    }
    frame(write_message(HubMessage(std::move(welcome))));
  }

  void of_socket(Step& step) {
    switch (step.below(9)) {
      case 0:
        return say(message::Pong{}, 1);
      case 1:
        return say(message::Ping{}, 1);
      case 2:
        return say(message::Ack{step.below(20)}, 1);
      case 3:
        return say(message::Ticket{"another"}, 1);
      case 4:
        return say(message::IceServers{JsonText(R"([{"urls":"stun:a"}])")}, 1);
      case 5:
        return say(message::Goodbye{{static_cast<std::int64_t>(step.below(64)) * 1'000}, ""}, 1);
      case 6:
        return say(message::Pong{{5'000}}, 1);
      case 7:
        return say(message::Ack{kHighest}, 1);
      default:
        return say(message::Goodbye{{0}, "words"}, 0);
    }
  }

  PeerId peer(Step& step) {
    at_ = step.below(kPeers + 2);
    if (at_ == kPeers) return PeerId("p_me");
    return PeerId("p_" + std::to_string(at_));
  }
  [[nodiscard]] std::uint64_t incarnation() const {
    return at_ < kPeers ? incarnations_[at_] : last_incarnation_;
  }

  bool roster(Step& step) {
    const char what = step.what();
    if (what != 'J' && what != 'X' && what != 'I' && what != 'U' && what != 'L' && what != 'A' &&
        what != 'E' && what != 'T') {
      return false;
    }
    const ChannelName channel = channel_name(step);
    if (what == 'J') {
      const std::size_t mask = step.below(16);
      message::Joined joined{channel, pen_.request(channel), ++last_incarnation_, members(mask)};
      joined.missed = step.flag();
      say(std::move(joined), step);
      return true;
    }
    if (what == 'X') {
      static const ErrorCode kCodes[] = {
          ErrorCode::channel_full,      ErrorCode::overloaded,     ErrorCode::channel_not_allowed,
          ErrorCode::not_in_channel,    ErrorCode::peer_not_found, ErrorCode::publish_not_allowed,
          ErrorCode::message_too_large, ErrorCode::internal};
      const ErrorCode code = kCodes[step.below(8)];
      const std::uint64_t request = step.flag() ? step.below(20) : pen_.request(channel);
      say(message::Refused{code, "no", channel, {}, request}, step);
      return true;
    }
    about_peer(what, channel, step);
    return true;
  }

  void about_peer(char what, const ChannelName& channel, Step& step) {
    const PeerId who = peer(step);
    if (what == 'I') {
      if (at_ < kPeers) incarnations_[at_] = ++last_incarnation_;
      say(message::PeerJoined{channel, {who, incarnation(), {}, media()}}, step);
    } else if (what == 'U') {
      say(message::PeerUpdated{channel, who, JsonText(std::to_string(step.below(9))), media()},
          step);
    } else if (what == 'L') {
      say(message::PeerLeft{channel, who}, step);
    } else if (what == 'A') {
      const bool away = step.flag();
      say(message::PeerPresence{channel, who, away}, step);
    } else if (what == 'E') {
      message::MessageFrom message{channel, who, step.below(30), "chat", "", "\"body\""};
      if (step.flag()) message.format = "bytes";
      say(std::move(message), step);
    } else {
      const std::uint64_t request = step.below(20);
      if (step.flag()) {
        say(message::Delivered{channel, who, request}, step);
      } else {
        say(message::Sent{channel, request}, step);
      }
    }
  }

  // ---- other peers ----

  bool peers(Step& step) {
    if (step.what() != 'S' && step.what() != 'G') return false;
    const ChannelName channel = channel_name(step);
    const PeerId who = peer(step);
    if (step.what() == 'G') {
      say(message::SignalFrom{channel, who, incarnation(), step.text()}, 0);
      return true;
    }
    const std::uint64_t incarnation_of_it = incarnation() + step.below(2);
    const Signal signal = make_signal(step);
    say(message::SignalFrom{channel, who, incarnation_of_it, write_signal(signal)}, step);
    return true;
  }

  Signal make_signal(Step& step) {
    Signal signal;
    const std::uint64_t last = pen_.signal().generation;
    const std::uint64_t generations[] = {last, last + 1, last + 2, 0, kHighest};
    signal.generation = generations[step.below(5)];
    const std::size_t kind = step.below(7);
    signal.please_offer = kind == 3 || kind == 6;
    signal.wants_to_offer = kind == 4;
    if (kind == 5) signal.missing = {Mid("0"), Mid("m1")};
    const std::size_t number = step.below(4);
    if (kind == 1 || kind == 2) signal.description = describe(kind == 1, number);
    static const char* const kUfrags[] = {"abcd", "efgh", ""};
    for (std::size_t left = step.below(4); left > 0; --left) {
      signal.candidates.push_back({left == 3 ? "" : "candidate:1 1 udp 1 192.0.2.1 9 typ host",
                                   Mid("0"), kUfrags[left - 1]});
    }
    return signal;
  }

  Description describe(bool offer, std::size_t number) {
    Description description;
    description.type = offer ? DescriptionType::kOffer : DescriptionType::kAnswer;
    const auto& last = pen_.signal().description;
    const std::uint64_t own = last ? last->negotiation : 0;
    const std::uint64_t numbers[] = {own, own + 1, ++offers_, kHighest};
    description.negotiation = numbers[number];
    description.sdp = "v=0\r\na=ice-ufrag:abcd\r\na=mid:0\r\n";
    description.media = {{Mid("0"), PublicationName("camera"), MediaKind::kAudio},
                         {Mid("m1"), PublicationName("camera"), MediaKind::kVideo}};
    return description;
  }

  // ---- the browser and the host ----

  bool browser(Step& step) {
    switch (step.what()) {
      case 'O':
        end_operation(step);
        return true;
      case 'Y': {
        static const ConnectionState kStates[] = {
            ConnectionState::kConnected, ConnectionState::kConnecting,
            ConnectionState::kDisconnected, ConnectionState::kFailed, ConnectionState::kClosed};
        const ConnectionId connection = pen_.connection(step.below(6));
        pen_.tell(input::ConnectionStateChanged{connection, kStates[step.below(5)]});
        return true;
      }
      case 'Z': {
        input::StatisticsRead read{pen_.connection(step.below(6)), {}};
        packets_ += step.below(3);
        read.lines = {{Mid("0"), packets_, packets_}, {Mid("m1"), packets_ / 2, packets_}};
        pen_.tell(std::move(read));
        return true;
      }
      case 'V': {
        input::CandidateGathered gathered{pen_.connection(step.below(6)), {"", Mid("0"), "mine"}};
        if (step.flag()) gathered.candidate.candidate = "candidate:2 1 tcp 1 192.0.2.2 9 typ host";
        pen_.tell(std::move(gathered));
        return true;
      }
      case 'H':
        pen_.tell(input::GatheringComplete{pen_.connection(step.below(6))});
        return true;
      default:
        return false;
    }
  }

  // Well, badly, or as one that ended long ago.
  void end_operation(Step& step) {
    const auto& all = pen_.operations();
    if (all.empty()) return;
    const PenOperation operation = all[step.below(all.size())];
    const std::size_t result = step.below(3);
    if (result == 1) {
      return pen_.tell(input::OperationFailed{operation.id, "OperationError", "no"});
    }
    if (result == 2) return pen_.tell(input::AnswerAccepted{OperationId{operation.id.value + 50}});
    std::vector<SlotMid> mids;
    for (const auto& [slot, mid] : pen_.slots(operation.connection)) mids.push_back({slot, mid});
    const std::string sdp = "v=0\r\na=ice-ufrag:mine\r\n";
    switch (operation.kind) {
      case PenOperation::Kind::kMakeOffer:
        return pen_.tell(input::OfferMade{operation.id, sdp, mids});
      case PenOperation::Kind::kAcceptOffer:
        return pen_.tell(input::AnswerMade{operation.id, sdp, mids});
      case PenOperation::Kind::kAcceptAnswer:
        return pen_.tell(input::AnswerAccepted{operation.id});
    }
  }

  bool host(Step& step) {
    static const std::int64_t kSpans[] = {1,     20,     50,     200,    1'000,  2'000,
                                          5'000, 10'000, 16'000, 31'000, 60'000, 300'000};
    switch (step.what()) {
      case 'N': {
        const std::size_t what = step.below(3);
        if (what == 0) pen_.tell(input::WentOffline{});
        if (what == 1) pen_.tell(input::WentOnline{});
        if (what == 2) pen_.tell(input::Resumed{});
        return true;
      }
      case 'h':
        pen_.tell(input::PageHidden{step.flag()});
        return true;
      case 't':
        pen_.run_for({kSpans[step.below(12)]});
        return true;
      case 'w':
        pen_.jump({kSpans[step.below(12)]});
        return true;
      default:
        return false;
    }
  }

  ClientPen pen_;
  std::uint64_t seq_ = 0;
  std::uint64_t tracks_ = 0;
  std::uint64_t offers_ = 0;
  std::uint64_t packets_ = 0;
  std::size_t at_ = 0;
  std::array<std::uint64_t, kPeers> incarnations_{1, 2, 3, 4};
  std::uint64_t last_incarnation_ = 10;
};

}  // namespace
}  // namespace partyline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  partyline::fuzz::Story story;
  partyline::fuzz::for_each_step({reinterpret_cast<const char*>(data), size},
                                 [&](partyline::fuzz::Step step) { story.take(step); });
  story.end();
  return 0;
}
