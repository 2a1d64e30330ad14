#include "companion/messages.h"

#include <algorithm>
#include <utility>

#include "partyline/limits.h"
#include "protocol/frame.h"
#include "protocol/text.h"

namespace partyline::companion {

namespace {

// Those who were silent for longest are forgotten first. Channels have fewer members.
constexpr std::size_t kHeardMax = 256;

constexpr const char* kMissed =
    "the connection was lost for too long: messages of other peers, or to them, may be missing";

Error unknown() {
  return {ErrorCode::delivery_unknown,
          "the endpoint had not answered when its connection or the channel ended: the message may "
          "have arrived, or not"};
}

}  // namespace

// ---- wishes ----

std::optional<Error> Messages::misuse(const input::SendMessage& wish) {
  const bool plain = wish.format.empty();
  if (wish.body.size() > (plain ? limits::kMessageBytesMax : limits::kMessageBase64BytesMax)) {
    return Error{ErrorCode::message_too_large, "a message has 64 kB at most"};
  }
  if (!is_line_text(wish.topic, limits::kTopicBytesMax) ||
      !is_line_text(wish.format, limits::kFormatBytesMax) ||
      wish.to.size() > limits::kAddresseesMax) {
    return Error{ErrorCode::invalid_argument,
                 "a topic has 128 bytes at most and no control characters; a message is for 256 "
                 "peers at most"};
  }
  for (const PeerId& peer : wish.to) {
    if (!is_id_text(peer.value, limits::kPeerIdBytesMax)) {
      return Error{ErrorCode::peer_not_found, "This peer is not in the channel."};
    }
  }
  return std::nullopt;
}

bool Messages::make_room(std::size_t bytes) {
  const auto full = [&] {
    return env_.messages >= env_.options.messages_max ||
           env_.message_bytes + bytes > env_.options.message_bytes_max;
  };
  for (const auto& message : log_) {
    if (!full()) break;
    if (!message->passed_on) continue;
    dropped_ = std::max(dropped_, message->number);
    drop(*message);
  }
  sweep();
  return !full();
}

void Messages::send(const input::SendMessage& wish) {
  in_use_ = changed_ = true;
  std::optional<Error> error = misuse(wish);
  if (!error && !make_room(wish.body.size())) {
    error = Error{ErrorCode::overloaded,
                  "too many messages are waiting to be sent: wait for the promises of earlier "
                  "ones"};
  }
  if (error) {
    env_.emit(output::CallDone{wish.call, std::move(error)});
    return;
  }
  ++env_.messages;
  env_.message_bytes += wish.body.size();
  log_.push_back(std::make_unique<Message>(Message{env_.new_number(), wish}));
}

void Messages::end(const Error& error) {
  for (const auto& message : log_) {
    answer(*message, message->said ? unknown() : error);
    drop(*message);
  }
  sweep();
}

void Messages::answer(const Message& message, std::optional<Error> error) {
  if (!message.passed_on) env_.emit(output::CallDone{message.wish.call, std::move(error)});
}

// ---- what the endpoint says ----

void Messages::on_sent(std::uint64_t number) {
  changed_ = true;
  passed_on_ = std::max(passed_on_, number);
  Message* message = find(number);
  if (message == nullptr) return;
  land(*message);
  answer(*message, std::nullopt);
  message->passed_on = true;
}

void Messages::on_refused(const message::Refused& refused) {
  Message* message = find(refused.request);
  if (message == nullptr) return;
  changed_ = true;
  land(*message);
  if (message->passed_on) return;  // by then its reader had left
  answer(*message, Error{refused.code, refused.text});
  drop(*message);
  sweep();
}

void Messages::on_delivered(const message::Delivered& delivered) {
  for (Reader& reader : readers_) {
    if (reader.peer == delivered.peer) reader.has = std::max(reader.has, delivered.request);
  }
  changed_ = true;
}

void Messages::on_message(const message::MessageFrom& message, bool from_member) {
  in_use_ = true;
  auto heard = std::find_if(heard_.begin(), heard_.end(),
                            [&](const Heard& each) { return each.peer == message.from; });
  const std::uint64_t before = heard == heard_.end() ? 0 : heard->number;
  if (message.request <= before) return;
  // Of somebody who left while the state was told anew.
  if (!from_member) return on_missed();
  if (heard == heard_.end() && heard_.size() == kHeardMax) heard = heard_.begin();
  if (heard != heard_.end()) heard_.erase(heard);
  heard_.push_back(Heard{message.from, message.request});
  env_.emit(
      output::MessageReceived{channel_, message.from, message.topic, message.format, message.body});
}

void Messages::on_membership(const output::MembershipBegan& fact) {
  membership_ = fact.membership;
  on_new_session(fact.restart, me_.empty() || me_ == fact.me);
  me_ = fact.me;
  // For the others we had left, and what they said then was not for us.
  const std::uint64_t before = std::exchange(incarnation_, fact.incarnation);
  const bool had_left = before != 0 && before != fact.incarnation;
  if (fact.missed || (had_left && in_use_)) on_missed();
}

void Messages::on_new_session(bool restart, bool as_before) {
  changed_ = true;
  said_to_all_ = 0;
  bool lost = false;
  if (restart) {
    for (const Reader& reader : readers_) lost |= std::max(reader.since, reader.has) < dropped_;
    dropped_ = 0;
  }
  for (const auto& message : log_) {
    // To the others we are somebody else, of whom they cannot tell what they had before.
    if (!as_before && (message->said || message->passed_on)) {
      lost |= message->passed_on;
      answer(*message, unknown());
      drop(*message);
    }
    land(*message);
    message->said = false;
  }
  sweep();
  for (Reader& reader : readers_) reader.said = reader.has;
  if (lost) on_missed();
}

// ---- after every input ----

void Messages::follow(const Members& members) {
  const std::size_t before = readers_.size();
  std::erase_if(readers_, [&](const Reader& reader) {
    const auto member = members.find(reader.peer);
    return member == members.end() || member->second.incarnation != reader.incarnation;
  });
  changed_ |= readers_.size() != before;
  for (const auto& [id, member] : members) {
    auto reader = std::find_if(readers_.begin(), readers_.end(),
                               [&, &id = id](const Reader& each) { return each.peer == id; });
    if (reader == readers_.end()) {
      // What was passed on before we heard of it was not for it; what went to all since, it has.
      readers_.push_back(Reader{id, member.incarnation, passed_on_, said_to_all_, passed_on_});
      reader = readers_.end() - 1;
      changed_ = true;
    }
    changed_ |= std::exchange(reader->expected, member.expected) != member.expected;
  }
}

void Messages::settle(const Members& members, bool open) {
  if (open && std::exchange(missed_, false)) {
    env_.emit(output::ChannelError{channel_, PeerId{}, Error{ErrorCode::messages_missed, kMissed}});
  }
  if (log_.empty()) return;
  follow(members);
  changed_ |= std::exchange(open_, open) != open;
  if (!std::exchange(changed_, false)) return;
  if (open) {
    for (const auto& message : log_) {
      if (window_is_full()) break;
      say(*message);
    }
  }
  for (const auto& message : log_) {
    if (has_arrived(*message)) drop(*message);
  }
  sweep();
}

bool Messages::window_is_full() const {
  return in_flight_ >= env_.options.messages_in_flight_max ||
         bytes_in_flight_ >= env_.options.message_bytes_in_flight_max;
}

bool Messages::is_for(const Message& message, const Reader& reader) {
  const std::vector<PeerId>& to = message.wish.to;
  return message.number > reader.since &&
         (to.empty() || std::find(to.begin(), to.end(), reader.peer) != to.end());
}

bool Messages::has_arrived(const Message& message) const {
  return message.passed_on && !message.in_flight &&
         std::none_of(readers_.begin(), readers_.end(), [&](const Reader& reader) {
           return is_for(message, reader) && reader.has < message.number;
         });
}

// To whom it is to be said now, and whether somebody else has to be waited for.
void Messages::name_readers(const Message& message, message::MessageTo& frame, bool& waits) const {
  const bool first = !message.said && !message.passed_on;
  // The endpoint knows who is there, and refuses what is for others.
  if (first) frame.to = message.wish.to;
  for (const Reader& reader : readers_) {
    if (!is_for(message, reader) || reader.said >= message.number) continue;
    waits |= reader.expected;
    if (reader.expected) {
      std::erase(frame.to, reader.peer);
    } else if (!first || message.wish.to.empty()) {
      frame.to.push_back(reader.peer);
    }
  }
  frame.partly = !first || message.wish.to.empty();
  // All of them, and those of whom we have not heard yet.
  if (first && message.wish.to.empty() && !waits) frame.to.clear();
}

void Messages::say(Message& message) {
  message::MessageTo frame;
  bool waits = false;
  const bool first = !message.said && !message.passed_on;
  name_readers(message, frame, waits);
  const bool to_all = first && !waits && message.wish.to.empty();
  if (frame.to.empty() && !to_all) return;
  for (Reader& reader : readers_) {
    const bool named = std::find(frame.to.begin(), frame.to.end(), reader.peer) != frame.to.end();
    if (to_all || named) reader.said = std::max(reader.said, message.number);
  }
  if (to_all) {
    said_to_all_ = std::max(said_to_all_, message.number);
    frame.partly = false;
  }
  message.said = true;
  if (!std::exchange(message.in_flight, true)) {
    ++in_flight_;
    bytes_in_flight_ += message.wish.body.size();
  }
  frame.channel = name_;
  frame.request = message.number;
  frame.topic = message.wish.topic;
  frame.format = message.wish.format;
  env_.emit(input::ChannelFrame{channel_, membership_, write_message_to(frame, message.wish.body)});
}

// ---- the log ----

Messages::Message* Messages::find(std::uint64_t number) {
  for (const auto& message : log_) {
    if (message->number == number) return message.get();
  }
  return nullptr;
}

// The endpoint has answered.
void Messages::land(Message& message) {
  if (!std::exchange(message.in_flight, false)) return;
  --in_flight_;
  bytes_in_flight_ -= message.wish.body.size();
}

void Messages::drop(Message& message) {
  land(message);
  --env_.messages;
  env_.message_bytes -= message.wish.body.size();
  message.over = true;
}

void Messages::sweep() {
  std::erase_if(log_, [](const auto& message) { return message->over; });
}

}  // namespace partyline::companion
