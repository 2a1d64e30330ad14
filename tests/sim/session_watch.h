// What passes over the sockets, and whether sessions are what docs/PROTOCOL.md says: numbers
// without a gap, the same text again in a replay and no more than is to be kept, acknowledgements
// of what has come, and in time. Knows nothing of the cores but their frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "context.h"
#include "partyline/ids.h"
#include "partyline/protocol.h"

namespace partyline::sim {

struct Port;
struct Wire;

class SessionWatch {
 public:
  explicit SessionWatch(Context& context) : context_(context) {}

  // ---- what an end says ----
  void client_says(const Wire& wire, std::string_view frame);
  void hub_says(const Wire& wire, std::string_view frame);
  // ---- what an end hears, on a socket that it has not given up ----
  void client_hears(const Wire& wire, std::string_view frame);
  void hub_hears(const Wire& wire, std::string_view frame);

  // Once nothing happens any more: all that came over a living socket has been acknowledged.
  void check_rest();

 private:
  // The numbered frames of one direction of a session.
  struct Stream {
    struct Frame {
      std::size_t hash = 0;
      std::optional<TimeMs> heard;
    };
    std::uint64_t last = 0;
    std::uint64_t acknowledged = 0;
    // The number that must come next on the present socket.
    std::uint64_t next = 1;
    // Those that are not acknowledged, the last of them with the number `last`.
    std::deque<Frame> kept;
    // Said in the moment of the resumption.
    std::size_t replayed = 0;
    std::size_t replayed_bytes = 0;
  };
  struct Session {
    const Wire* wire = nullptr;
    TimeMs welcomed;
    Stream up;
    Stream down;
    std::uint64_t heard_by_hub = 0;
  };
  // What a client has heard, which is not yet that a session was begun anew.
  struct View {
    std::uint64_t heard = 0;
  };

  Session* session_of(const Wire& wire);
  void say(const Wire& wire, Session& session, Stream& stream, std::string_view frame);
  void check_replay(const Wire& wire, Stream& stream, std::size_t bytes);
  void acknowledge(const Wire& wire, Stream& stream, std::uint64_t number, std::uint64_t heard);
  void welcome(const Wire& wire, const message::Welcome& welcome);
  static void mark_heard(Stream& stream, std::uint64_t number, TimeMs now);
  void check_rest(const Session& session, const Stream& stream, const char* whose);

  Context& context_;
  std::map<PeerId, Session> sessions_;
  std::map<const Wire*, PeerId> peers_;
  std::map<const Port*, View> views_;
  // What a hello says to have got, by its socket.
  std::map<const Wire*, std::uint64_t> claimed_;
};

}  // namespace partyline::sim
