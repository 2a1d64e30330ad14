// A hub with sockets around it, in virtual time, and what must hold whatever they do:
//   - nothing is ordered of a socket that is closed, or not yet welcomed; reading is paused and
//     resumed in turn;
//   - every frame is one that a client understands, and frames of a session are numbered without a
//     gap;
//   - a signal or a message comes from who spoke just now, unchanged, and only to members of that
//     channel; a roster names who is in it;
//   - a session is resumed with the counts that are true; a ticket that was damaged is worth
//   nothing;
//   - the hub's own counts are those of the sockets and memberships here; one step has a bounded
//     number of orders, and a wake-up is not asked for again at once;
//   - when all have gone and the hold time is over, nothing is left.
// The pen knows memberships from what was said: joined frames, and leaves that were due.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "partyline/hub.h"
#include "partyline/protocol.h"

namespace partyline::fuzz {

struct PenSocket {
  bool admitted = false;
  bool closed = false;  // the hub has ordered it
  bool gone = false;
  bool paused = false;
  bool welcomed = false;
  PeerId peer{};
  [[nodiscard]] bool open() const { return admitted && !closed && !gone; }
};

struct PenSession {
  std::string key{};
  SocketId socket{};           // 0: none
  std::uint64_t received = 0;  // numbered frames that the hub took
  std::uint64_t next = 1;      // the number that its next frame must have
  std::uint64_t highest = 0;   // the highest that came
  std::set<ChannelName> channels{};
  std::map<PeerId, std::uint64_t> incarnations{};  // of others, as last heard
};

struct PenTicket {
  std::string text;
  std::string key;
  PeerId peer;
};

class HubPen {
 public:
  HubPen();
  ~HubPen();
  HubPen(const HubPen&) = delete;
  HubPen& operator=(const HubPen&) = delete;

  // ---- what happens ----
  void open(std::size_t address, std::size_t origin);
  void frame(SocketId socket, const std::string& text);
  // `damaged`: its ticket was altered.
  void hello(SocketId socket, const message::Hello& hello, bool damaged);
  void binary(SocketId socket);
  void queue_full(SocketId socket);
  void close(SocketId socket, std::uint16_t code);
  void drain();
  // Another process with the same secret, without a memory.
  void restart();
  // Time passes, with a wake-up whenever the hub asked for one, or with one that comes late.
  void run_for(DurationMs span);
  void jump(DurationMs span);
  // All go, and so does all that the hub had.
  void end();

  // ---- what is there ----
  [[nodiscard]] SocketId socket(std::size_t index) const;
  [[nodiscard]] const PenSession* session(SocketId socket) const;
  [[nodiscard]] const PenSession* session_of(const PeerId& peer) const;
  [[nodiscard]] const PeerId& peer(std::size_t index) const;
  [[nodiscard]] const std::vector<PenTicket>& tickets() const { return tickets_; }

 private:
  void start();
  void handle(const HubInput& input);
  void on(const hub_output::SendFrame& order);
  void on(const hub_output::CloseSocket& order);
  void on(const hub_output::PauseReading& order);
  void on(const hub_output::ResumeReading& order);
  void on(const hub_output::Log& order) const;

  void take(const std::string& text, PenSocket& socket, const HubFrame& frame);
  void number(PenSession& session, std::uint64_t seq, const std::string& text);
  void welcome(SocketId id, PenSocket& socket, const message::Welcome& welcome);
  void note(PenSession& session, const PeerId& self, const message::Joined& joined);
  void read(PenSession& session, const PeerId& self, const HubMessage& message);
  void check_speech(const PeerId& self, const ChannelName& channel, const PeerId& from,
                    const std::string& body) const;
  // What a frame will do, by its own words; and whether it did.
  void expect(SocketId id, const std::string& text);
  void check_counts() const;

  std::unique_ptr<Hub> hub_;
  std::uint32_t run_ = 0;
  TimeMs now_{1'000'000};
  bool draining_ = false;
  std::uint64_t last_socket_ = 0;
  std::map<SocketId, PenSocket> sockets_;
  std::map<PeerId, PenSession> sessions_;
  std::vector<PenTicket> tickets_;

  // ---- of the present step ----
  std::size_t orders_ = 0;
  PeerId speaker_;
  std::string body_;
  std::string key_;
  std::optional<message::Resume> shown_;
  bool damaged_ = false;
  bool must_close_ = false;
};

}  // namespace partyline::fuzz
