// Messages between the application here and those of the other members of one channel.
//
// Rules
//  - A message is kept until all whom it is for have it, or have left. Its number grows with each
//    message of this client. What may have been lost is sent again with its number; receivers drop
//    what they have. So each message arrives once, and those of one sender in their order.
//  - While the session goes on frame by frame, nothing is sent twice: numbered frames see to that.
//    After any other welcome each reader gets again what it is not known to have.
//  - The application has its answer when the endpoint has passed the message on. From then on a
//    message is kept for the endpoint's sake, which may be killed; and is the first to go when
//    there are too many.
//  - "All" are those whom the endpoint knows when the message comes to it. Where the endpoint has
//    lost its memory and somebody is waited for, readers are named, since it knows fewer than we
//    do.
//  - So much is on its way to the endpoint at a time that signals are not kept waiting.
//
// Theory: per reader, messages leave in the order of their numbers, each socket keeps order, and
// the endpoint passes on in order; so a reader that has a number has all before it that were for
// it, and one number says what it has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "companion/environment.h"
#include "companion/members.h"
#include "partyline/companion_input.h"
#include "partyline/protocol.h"

namespace partyline::companion {

class Messages {
 public:
  Messages(Environment& env, ChannelId channel, ChannelName name)
      : env_(env), channel_(channel), name_(std::move(name)) {}

  // What is wrong with it, whatever the state.
  [[nodiscard]] static std::optional<Error> misuse(const input::SendMessage& wish);
  void send(const input::SendMessage& wish);
  // For a message of that size, here or in another channel: lets go of what was passed on where
  // there are too many. False where there still are.
  bool make_room(std::size_t bytes);
  void on_sent(std::uint64_t number);
  void on_refused(const message::Refused& refused);
  void on_delivered(const message::Delivered& delivered);
  void on_message(const message::MessageFrom& message, bool from_member);
  // Another session: frames may be lost.
  void on_membership(const output::MembershipBegan& fact);
  // What waits is answered with the error, and nothing is sent any more.
  void end(const Error& error);

  // Sends what can be sent, where the channel is `open`, and forgets what has arrived.
  void settle(const Members& members, bool open);

 private:
  struct Message {
    std::uint64_t number = 0;
    input::SendMessage wish;
    bool said = false;       // in the present session, to some at least
    bool in_flight = false;  // and the endpoint has not answered that yet
    bool passed_on = false;  // the endpoint had it, so the application has its answer
    bool over = false;       // to be swept out
  };
  // A member, from when we know of it.
  struct Reader {
    PeerId peer;
    std::uint64_t incarnation = 0;
    std::uint64_t since = 0;  // later numbers are for it
    std::uint64_t said = 0;   // in the present session
    std::uint64_t has = 0;
    bool expected = false;  // the endpoint does not know it at present
  };
  struct Heard {
    PeerId peer;
    std::uint64_t number = 0;
  };

  void on_new_session(bool restart, bool as_before);
  // Messages for us were lost. The application is told when the channel is open.
  void on_missed() { missed_ = true; }
  void follow(const Members& members);
  void say(Message& message);
  void name_readers(const Message& message, message::MessageTo& frame, bool& waits) const;
  [[nodiscard]] bool window_is_full() const;
  [[nodiscard]] bool has_arrived(const Message& message) const;
  [[nodiscard]] static bool is_for(const Message& message, const Reader& reader);
  [[nodiscard]] Message* find(std::uint64_t number);
  void land(Message& message);
  void answer(const Message& message, std::optional<Error> error);
  void drop(Message& message);
  void sweep();

  Environment& env_;
  ChannelId channel_;
  ChannelName name_;
  std::uint64_t membership_ = 0;
  std::uint64_t incarnation_ = 0;  // of ours
  PeerId me_;
  std::vector<std::unique_ptr<Message>> log_;  // by number
  std::vector<Reader> readers_;
  std::vector<Heard> heard_;       // the last number of each sender, also of those who left
  std::uint64_t passed_on_ = 0;    // the highest number that was
  std::uint64_t said_to_all_ = 0;  // in the present session
  std::uint64_t dropped_ = 0;      // the highest that was passed on and is not kept any more
  std::size_t in_flight_ = 0;
  std::size_t bytes_in_flight_ = 0;
  bool open_ = false;
  bool changed_ = false;
  bool missed_ = false;
  bool in_use_ = false;  // anything was ever sent or received here
};

}  // namespace partyline::companion
