// A hub with sockets around it, in virtual time. What the hub orders is collected per socket, and
// the world checks what must hold whatever a test does: frames can be parsed by a client, none
// follows a close, and no socket is paused or resumed twice.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "partyline/hub.h"
#include "partyline/protocol.h"
#include "printers.h"

namespace partyline {

// A key for everything, in the options of tests that are not about keys.
[[nodiscard]] KeyOptions open_key();

// A token that the world takes for one that this key has signed.
[[nodiscard]] std::string token(std::string_view key, std::string_view claims);

class HubWorld {
 public:
  // Of a world with a run: its clock's zero in milliseconds since 1970.
  static constexpr std::int64_t kUnixOffset = 1'700'000'000'000;

  // Without a `run` the hub has no secret, so it gives no tickets and holds no sessions.
  explicit HubWorld(HubOptions options = {}, std::vector<KeyOptions> keys = {open_key()},
                    std::optional<std::uint32_t> run = std::nullopt);

  // ---- what sockets do ----
  SocketId open(std::string address = "192.0.2.1", std::string origin = "https://app.example");
  void send_text(SocketId socket, std::string text);
  void send(SocketId socket, const ClientMessage& message);
  void close(SocketId socket);
  // From now on nobody reads what the socket is sent.
  void stop_reading(SocketId socket) { sockets_.at(socket).reads = false; }
  void handle(const HubInput& input);

  // ---- stories in one line ----
  // Opens a socket and says hello with these joins. The frames that answer stay to be taken.
  SocketId enter(std::vector<message::Join> joins = {}, std::string key = "pk_open");
  // The same, with the answers taken; everyone else's frames are taken too.
  SocketId member(std::string_view channel);
  // The peer id that the socket was given.
  [[nodiscard]] PeerId peer(SocketId socket) const;
  // The incarnation that the socket was given in its latest join of the channel.
  [[nodiscard]] std::uint64_t incarnation(SocketId socket, std::string_view channel) const;

  // ---- time ----
  // Passes, with a wake-up whenever the hub asked for one.
  void run_for(DurationMs span);
  [[nodiscard]] TimeMs now() const { return now_; }

  // ---- what the hub ordered ----
  // All frames to the socket since they were last taken.
  std::vector<HubMessage> take(SocketId socket);
  // The same, where there must be exactly one, of this type.
  template <class Message>
  Message take_one(SocketId socket) {
    const std::vector<HubMessage> frames = take(socket);
    REQUIRE(frames.size() == 1);
    const auto* message = std::get_if<Message>(&frames.front());
    INFO(write_message(frames.front()));
    REQUIRE(message != nullptr);
    return *message;
  }
  // Takes the one frame, which must be a refusal.
  message::Refused take_refusal(SocketId socket) { return take_one<message::Refused>(socket); }
  // Nothing was sent to any socket since the frames were last taken, and none was closed.
  void check_quiet();
  void discard_frames() { frames_.clear(); }
  // The order to close the socket, if there was one.
  [[nodiscard]] std::optional<hub_output::CloseSocket> closed(SocketId socket) const;
  void check_closed(SocketId socket, ErrorCode code) const;
  [[nodiscard]] bool paused(SocketId socket) const;
  [[nodiscard]] const std::vector<hub_output::Log>& logs() const { return logs_; }
  [[nodiscard]] const Hub& hub() const { return hub_; }

 private:
  struct Socket {
    PeerId peer;
    std::map<std::string, std::uint64_t> incarnations;
    std::optional<hub_output::CloseSocket> closed;
    bool gone = false;
    bool reads = true;
    bool paused = false;
  };

  void drain();
  void on(const hub_output::SendFrame& order);
  void on(const hub_output::CloseSocket& order);
  void on(const hub_output::PauseReading& order);
  void on(const hub_output::ResumeReading& order);
  void on(const hub_output::Log& order);
  void note(Socket& socket, const HubMessage& message);

  Hub hub_;
  TimeMs now_{1'000'000};
  std::uint64_t last_socket_ = 0;
  std::map<SocketId, Socket> sockets_;
  std::map<SocketId, std::vector<HubMessage>> frames_;
  std::vector<hub_output::Log> logs_;
};

// A join of a channel by name.
[[nodiscard]] message::Join join(std::string_view channel, std::uint64_t request = 1);
[[nodiscard]] PublicationInfo publication(std::string_view name);

}  // namespace partyline
