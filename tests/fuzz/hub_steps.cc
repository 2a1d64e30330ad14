// Several sockets do to a hub what a story says (step_reader.h), some of it nonsense. What must
// hold is in hub_pen.h. Sockets and peers are counted from the latest, which is 0.
//
//   o ADDRESS ORIGIN            a socket opens
//   h SOCKET KEY CHANNEL CHANNEL METADATA
//                               hello, with no, one or two joins (3: no channel)
//   r SOCKET TICKET DAMAGE RECEIVED FRESH CHANNEL CLAIM
//                               hello with the ticket of an earlier welcome
//   j SOCKET CHANNEL METADATA PUBLICATIONS NUMBER     join
//   u SOCKET CHANNEL METADATA PUBLICATIONS NUMBER     update
//   l SOCKET CHANNEL NUMBER                           leave
//   s SOCKET CHANNEL PEER INCARNATION SIZE NUMBER     signal
//   m SOCKET CHANNEL TO PEER PARTLY FORMAT SIZE NUMBER  message
//   p SOCKET, q SOCKET          ping, pong
//   a SOCKET COUNT              acknowledges
//   f SOCKET TEXT               any frame; ~ is a newline
//   n SOCKET TEXT               the same with the number that is due
//   b SOCKET, x SOCKET          a binary message; it reads too slowly
//   c SOCKET CODE               it closes
//   t SPAN, w SPAN              time passes; the same with a single late wake-up
//   d, R                        drain; another process
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hub_pen.h"
#include "partyline/limits.h"
#include "step_reader.h"

namespace partyline::fuzz {
namespace {

ChannelName channel(Step& step) {
  static const char* const kNames[] = {"red", "green", "blue", "ultra/violet", " no name"};
  return ChannelName(kNames[step.below(5)]);
}

JsonText metadata(Step& step) {
  static const std::string kValues[] = {"null",
                                        R"({"a":1})",
                                        '"' + std::string(100, 'x') + '"',
                                        '"' + std::string(limits::kMetadataBytesMax - 2, 'x') + '"',
                                        '"' + std::string(limits::kMetadataBytesMax, 'x') + '"',
                                        "[[[[[[[[1]]]]]]]]",
                                        "[[[[[[[[[1]]]]]]]]]"};
  return JsonText(kValues[step.below(7)]);
}

PublicationInfo publication(std::string name) {
  return {PublicationName(std::move(name)), TrackStatus::kLive, TrackStatus::kMuted, {}};
}

std::vector<PublicationInfo> publications(Step& step) {
  switch (step.below(5)) {
    case 1:
      return {publication("camera")};
    case 2:
      return {publication("screen"), publication("camera")};
    case 3:
      return {publication("camera"), publication("camera")};
    case 4: {
      std::vector<PublicationInfo> many;
      for (std::size_t count = 0; count <= limits::kPublicationsMax; ++count) {
        many.push_back(publication("p" + std::to_string(count)));
      }
      return many;
    }
    default:
      return {};
  }
}

std::string body(Step& step, char what) {
  static const std::size_t kSizes[] = {0, 1, 100, 3'000, 17'000, 70'000};
  return std::string(kSizes[step.below(6)], what);
}

class Story {
 public:
  void take(Step step) {
    switch (step.what()) {
      case 'o': {
        const std::size_t address = step.below(3);
        return pen_.open(address, step.below(3));
      }
      case 'h':
        return hello(step);
      case 'r':
        return resume(step);
      case 't':
        return pen_.run_for(span(step));
      case 'w':
        return pen_.jump(span(step));
      case 'd':
        return pen_.drain();
      case 'R':
        return pen_.restart();
      default:
        return of_socket(step);
    }
  }

  void end() { pen_.end(); }

 private:
  static DurationMs span(Step& step) {
    static const std::int64_t kSpans[] = {1,       50,      250,     1'000,    2'000,
                                          5'000,   10'000,  29'000,  31'000,   60'000,
                                          150'000, 300'000, 600'000, 3'600'000};
    return {kSpans[step.below(14)]};
  }

  SocketId socket(Step& step) const { return pen_.socket(step.below(12)); }

  void hello(Step& step) {
    static const char* const kKeys[] = {"pk_open", "pk_quiet", "pk_reject", "pk_allow", "pk_none"};
    const SocketId id = socket(step);
    message::Hello hello{limits::kProtocolVersion, kKeys[step.below(5)], "", "fuzz", {}};
    for (std::uint64_t request = 1; request <= 2; ++request) {
      const std::size_t which = step.below(4);
      if (which == 3) continue;
      static const char* const kNames[] = {"red", "green", "blue"};
      hello.joins.push_back({ChannelName(kNames[which]), request, {}, {}});
    }
    if (!hello.joins.empty()) hello.joins[0].metadata = metadata(step);
    pen_.hello(id, hello, false);
  }

  void resume(Step& step) {
    if (pen_.tickets().empty()) return;
    const SocketId id = socket(step);
    const auto& tickets = pen_.tickets();
    const PenTicket& ticket = tickets[tickets.size() - 1 - step.below(tickets.size())];
    message::Hello hello{limits::kProtocolVersion, ticket.key, "", "fuzz", {}};
    hello.resume = message::Resume{ticket.text, received(step.below(5), ticket), false};
    const bool damaged = damage(hello.resume->ticket, step.below(6));
    hello.resume->fresh = step.flag();
    const std::size_t which = step.below(4);
    if (which < 3) {
      static const char* const kNames[] = {"red", "green", "blue"};
      hello.joins.push_back({ChannelName(kNames[which]), 1, {}, {}, step.below(64)});
    }
    pen_.hello(id, hello, damaged);
  }

  // What the page says that it has of the hub's frames; mostly the truth.
  std::optional<std::uint64_t> received(std::size_t how, const PenTicket& ticket) const {
    const PenSession* session = pen_.session_of(ticket.peer);
    const std::uint64_t truth = session == nullptr ? 0 : session->highest;
    if (how == 1) return std::nullopt;
    if (how == 2) return truth + 1;
    if (how == 3) return truth == 0 ? 0 : truth - 1;
    if (how == 4) return 0;
    return truth;
  }

  static bool damage(std::string& ticket, std::size_t how) {
    if (how == 0 || ticket.size() < 40) return false;
    char& changed = ticket[how == 1 ? 0 : ticket.size() - how];
    if (how == 5) {
      ticket.pop_back();
    } else {
      changed = changed == '1' ? '2' : '1';
    }
    return true;
  }

  void of_socket(Step& step) {
    const SocketId id = socket(step);
    switch (step.what()) {
      case 'f':
        return pen_.frame(id, step.text());
      case 'n':
        return say(id, step.text(), 0);
      case 'b':
        return pen_.binary(id);
      case 'x':
        return pen_.queue_full(id);
      case 'c': {
        static const std::uint16_t kCodes[] = {1006, 1000, 1001, 4300, 4000, 4200};
        return pen_.close(id, kCodes[step.below(6)]);
      }
      case 'p':
        return pen_.frame(id, write_message(message::Ping{}));
      case 'q':
        return pen_.frame(id, write_message(message::Pong{}));
      case 'a':
        return acknowledge(id, step);
      default:
        return of_channel(id, step);
    }
  }

  void acknowledge(SocketId id, Step& step) {
    const PenSession* session = pen_.session(id);
    const std::uint64_t truth = session == nullptr ? 0 : session->highest;
    const std::uint64_t counts[] = {truth, truth / 2, 0, truth + 1};
    pen_.frame(id, write_message(message::Ack{counts[step.below(4)]}));
  }

  void of_channel(SocketId id, Step& step) {
    const ChannelName name = channel(step);
    switch (step.what()) {
      case 'j': {
        message::Join join{name, ++requests_, metadata(step), publications(step)};
        return say(id, write_message(join), step.below(5));
      }
      case 'u': {
        message::Update update{name, metadata(step), publications(step)};
        return say(id, write_message(update), step.below(5));
      }
      case 'l':
        return say(id, write_message(message::Leave{name}), step.below(5));
      case 's': {
        const PeerId& to = pen_.peer(step.below(12));
        message::SignalTo signal{name, to, incarnation(id, to, step.below(3)), body(step, 's')};
        return say(id, write_message(signal), step.below(5));
      }
      case 'm':
        return send(id, name, step);
      default:
        return;
    }
  }

  void send(SocketId id, const ChannelName& name, Step& step) {
    message::MessageTo message{name, ++requests_, {}, false, "chat", "", ""};
    for (std::size_t left = step.below(4); left > 0; --left) {
      message.to.push_back(pen_.peer(step.below(12)));
    }
    message.partly = step.flag();
    if (step.flag()) message.format = "bytes";
    message.body = body(step, 'm');
    say(id, write_message(message), step.below(5));
  }

  std::uint64_t incarnation(SocketId id, const PeerId& to, std::size_t how) const {
    const PenSession* session = pen_.session(id);
    if (session == nullptr || !session->incarnations.contains(to)) return how;
    return session->incarnations.at(to) + how;
  }

  // With a number: the next, none, one that came before, one too high, the highest of all.
  void say(SocketId id, const std::string& text, std::size_t how) {
    const PenSession* session = pen_.session(id);
    const std::uint64_t received = session == nullptr ? 0 : session->received;
    const std::uint64_t seqs[] = {received + 1, 0, received, received + 2, (1ULL << 53U) - 1};
    if (seqs[how] == 0 || text.empty()) return pen_.frame(id, text);
    pen_.frame(id, write_numbered(seqs[how], text));
  }

  HubPen pen_;
  std::uint64_t requests_ = 0;
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
