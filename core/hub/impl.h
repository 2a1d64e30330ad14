// The hub behind hub.h. Its parts are in files of their own:
//   sockets.cc   opening, closing, drain
//   sessions.cc  what outlives a socket
//   watch.cc     timeouts and rates
//   frames.cc    from a frame to who handles it; hello, ping, signals
//   channels.cc  join, update, leave
//   messages.cc  messages between members
//
// A connection is open from SocketOpened until its CloseSocket is ordered: then it is in no roster
// and nothing of it is handled, and it only counts until SocketClosed. Its session may be held.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/connections.h"
#include "hub/deadlines.h"
#include "hub/key_access.h"
#include "hub/outbox.h"
#include "hub/relays.h"
#include "hub/rosters.h"
#include "hub/session_table.h"
#include "hub/tickets.h"
#include "partyline/hub.h"
#include "partyline/result.h"
#include "protocol/frame.h"

namespace partyline {

// The parts are in a namespace of their own: the client core has channels and connections too, and
// both may be in one program.
using hub::Connection;
using hub::Membership;
using hub::Session;

class Hub::Impl {
 public:
  Impl(HubOptions options, std::vector<KeyOptions> keys, HubRun run);

  void set_now(TimeMs now) { now_ = now; }

  void handle(const hub_input::SocketOpened& input);
  void handle(const hub_input::FrameReceived& input);
  void handle(const hub_input::BinaryReceived& input);
  void handle(const hub_input::SendQueueFull& input);
  void handle(const hub_input::SocketClosed& input);
  void handle(const hub_input::Drain& input);
  void handle(const hub_input::ClockSet& input);
  void handle(const hub_input::KeysChanged& input);
  void handle(const hub_input::Wakeup& input);

  [[nodiscard]] std::optional<HubOutput> poll() { return outbox_.poll(); }
  [[nodiscard]] std::optional<TimeMs> next_wakeup() const;
  [[nodiscard]] HubCounts counts() const;

 private:
  // As whom a hello comes.
  struct Identity {
    PeerId peer;
    std::optional<hub::TicketClaims> ticket;
    bool fresh = false;  // another page than the one that has a session of it
    bool known = true;   // by a ticket or a token; else it is made up
  };

  // Null also for a connection that is closing.
  [[nodiscard]] Connection* find_open(SocketId socket) const;

  // ---- sockets.cc ----
  [[nodiscard]] std::optional<Error> check_admission(const std::string& address) const;
  void close(Connection& connection, ErrorCode code, std::string_view reason);
  void send_goodbye(SocketId socket);
  // Takes it out of its channels without a word.
  void forget(Session& session);
  // Takes it out of everything but the count of sockets. Its session is held, or ends for `reason`.
  void retire(Connection& connection, bool may_hold,
              message::LeaveReason reason = message::LeaveReason::kDisconnected);

  // ---- access.cc ----
  // Milliseconds since 1970.
  [[nodiscard]] std::int64_t unix_now() const { return now_.value + unix_offset_ms_; }
  // What a hello is good for.
  [[nodiscard]] Result<hub::Grant> let_in(const Connection& connection,
                                          const message::Hello& hello) const;
  [[nodiscard]] Result<hub::Grant> grant_of_key(const std::string& id) const;
  [[nodiscard]] Result<hub::Grant> grant_of_token(const std::string& token) const;
  void on_message(Connection& connection, const message::Token& message);
  // Its grant has another token, or none.
  void note_token(Session& session);
  [[nodiscard]] std::optional<TimeMs> token_deadline(const Session& session) const;
  // False where it has ended, and the connection with it.
  bool look_at_token(Connection& connection);
  // What it may do from now on; it loses what it may no more.
  void change_grant(Session& session, hub::Grant grant);
  // The same where the session has it already; `before` is the former.
  void apply_grant(Session& session, const hub::Grant& before);
  void change_access(Membership& membership, const Permissions& before);
  void tell_unpublished(const Membership& membership);
  void tell_publishing(const Membership& membership);
  [[nodiscard]] std::optional<Error> check_access(const Session& session,
                                                  const ChannelName& channel) const;
  // Takes it out of its channel, and tells it.
  void evict(Membership& membership, const Error& error);
  void limit_rate(Connection& connection);

  // ---- sessions.cc ----
  [[nodiscard]] Identity identify(const Connection& connection, const message::Hello& hello,
                                  const hub::Grant& grant);
  // The session of the hello, attached to the connection; none where the peer id is taken.
  [[nodiscard]] message::SessionKind find_session(Connection& connection,
                                                  const message::Hello& hello, Identity identity,
                                                  const hub::Grant& grant);
  [[nodiscard]] std::optional<hub::TicketClaims> valid_claims(const message::Hello& hello,
                                                              const hub::Grant& grant);
  // What stands against this identity: another page with it, say.
  [[nodiscard]] std::optional<Error> check_identity(const Identity& identity,
                                                    const hub::Grant& grant);
  // What stands against one more peer with this key.
  [[nodiscard]] std::optional<Error> check_key_room(const hub::Grant& grant) const;
  // What stands against a hello that arrives when the session has a newer socket.
  [[nodiscard]] std::optional<Error> check_order(const Connection& connection,
                                                 const message::Hello& hello,
                                                 const Identity& identity) const;
  [[nodiscard]] Session* add_session(const PeerId& peer, const hub::Grant& grant);
  void take_over(Session& session, Connection& connection);
  [[nodiscard]] message::Welcome make_welcome(Session& session, message::SessionKind kind);
  [[nodiscard]] DurationMs return_spread() const;
  [[nodiscard]] std::string new_ticket(Session& session);
  [[nodiscard]] JsonText ice_servers(Session& session);
  // If it is time for that.
  void renew_ticket(Session& session);
  void renew_relays(Session& session);
  void resume(Session& session, std::uint64_t client_has);
  // Whether the frame is to be handled: it is not when it came before, or when some are missing.
  [[nodiscard]] bool is_new(Connection& connection, const ClientFrame& frame);
  void count(Connection& connection, std::size_t bytes);
  void acknowledge(Connection& connection);
  void on_message(Connection& connection, const message::Ack& ack);
  void hold_or_end(Session& session);
  void end_session(Session& session, message::LeaveReason reason);
  void watch_session(const Session& session);
  void look_at_session(Session& session);
  void tell_back(Session& session);

  // ---- watch.cc ----
  void charge(Connection& connection, std::size_t bytes, std::size_t written);
  void watch(Connection& connection);
  void look_at(Connection& connection);
  [[nodiscard]] DurationMs until_ready(Connection& connection) const;

  // ---- frames.cc ----
  void on_parse_error(Connection& connection, const Error& error);
  void on_frame(Connection& connection, const ClientFrame& frame);
  // The client has said something since, so it has the welcome and the ticket that was in it.
  static void confirm_welcome(Connection& connection);
  void on_message(Connection& connection, const message::Hello& hello);
  void on_message(Connection& connection, const message::Ping&);
  static void on_message(Connection& connection, const message::Pong&);
  void on_signal(Session& session, const message::SignalTo& signal, std::string_view body);
  // The state of the session's channels, as the joins want it.
  void welcome(Session& session, message::SessionKind kind,
               const std::vector<message::Join>& joins);
  void depart_unclaimed(Session& session, const std::vector<message::Join>& joins);
  void refuse(Session& session, message::Refused refused);

  // ---- messages.cc ----
  void on_send(Session& session, const message::MessageTo& message, std::string_view body);
  // The refusal, where there is one.
  [[nodiscard]] std::optional<message::Refused> find_addressees(
      const Membership& sender, const message::MessageTo& message,
      std::vector<Membership*>& addressees) const;
  void deliver_message(Membership& addressee, hub::Undelivered message);
  void deliver_again(Session& session);
  // The client has all frames up to that number.
  void on_received(Session& session, std::uint64_t received);

  // ---- channels.cc ----
  void on_message(Session& session, const message::Join& join);
  void on_message(Session& session, const message::Update& update);
  void on_message(Session& session, const message::Leave& leave);
  [[nodiscard]] std::optional<Error> check_join(const Session& session,
                                                const message::Join& join) const;
  [[nodiscard]] static std::optional<Error> check_state(const message::Join& join);
  // The same for one that is in already.
  [[nodiscard]] std::optional<Error> check_reentry(const Membership& membership,
                                                   const message::Join& join) const;
  [[nodiscard]] std::optional<Error> check_room(const message::Join& join,
                                                std::size_t members_max) const;
  // What stands against a member's saying this of itself, where it is more than before.
  [[nodiscard]] static std::optional<Error> check_growth(
      const Membership& membership, const JsonText& metadata,
      const std::vector<PublicationInfo>& publications);
  [[nodiscard]] static std::optional<Error> check_update(const message::Update& update);
  // Puts the session into the channel and tells nobody yet. `incarnation`: as Rosters::add.
  [[nodiscard]] message::Joined enter(Session& session, const message::Join& join,
                                      std::uint64_t incarnation = 0);
  // The member says anew what it wants to be seen as, and hears who is there.
  [[nodiscard]] message::Joined reenter(Membership& membership, const message::Join& join);
  // Takes down what the client says of itself, and tells others what they may see of it.
  void show(Membership& membership, JsonText metadata, std::vector<PublicationInfo> publications,
            bool tell = true);
  void refuse_join(Session& session, const message::Join& join, const Error& error);
  // What follows when the joiner has its answer.
  void announce(Session& session, const message::Join& join);
  void depart(Membership& membership, message::LeaveReason reason);

  const HubOptions options_;
  hub::Keys keys_;
  const std::function<std::optional<SignedToken>(std::string_view)> verify_token_;
  std::int64_t unix_offset_ms_;
  const hub::Relays relays_;
  const hub::Tickets tickets_;
  TimeMs now_;
  hub::Connections connections_;
  hub::SessionTable sessions_;
  hub::Rosters rosters_;
  hub::Deadlines<SocketId> deadlines_;
  hub::Deadlines<PeerId> session_deadlines_;
  hub::Outbox outbox_;
  hub::FrameText pong_;  // the same for all
  DurationMs pong_spread_;
  hub::FrameText goodbye_;  // written when the drain begins
  bool draining_ = false;
};

}  // namespace partyline
