// Messages from one member of a channel to others: passed on at once, kept for those who have no
// socket, and reported to the sender when they have arrived.
#include <algorithm>
#include <utility>

#include "hub/impl.h"
#include "hub/undelivered.h"
#include "partyline/limits.h"

namespace partyline {

using hub::Membership;
using hub::Session;

std::optional<message::Refused> Hub::Impl::find_addressees(
    const Membership& sender, const message::MessageTo& message,
    std::vector<Membership*>& addressees) const {
  if (message.to.empty()) {
    for (Membership* member : sender.channel->members) {
      if (member != &sender) addressees.push_back(member);
    }
    return std::nullopt;
  }
  for (const PeerId& peer : message.to) {
    const Session* session = sessions_.find(peer);
    Membership* member = session == nullptr ? nullptr : session->membership(message.channel);
    if (std::find(addressees.begin(), addressees.end(), member) != addressees.end()) continue;
    if (member != nullptr && member != &sender) {
      addressees.push_back(member);
    } else if (!message.partly) {
      // The same whether the peer is somewhere else or nowhere.
      return message::Refused{ErrorCode::peer_not_found, "This peer is not in the channel.",
                              message.channel, peer, message.request};
    }
  }
  return std::nullopt;
}

void Hub::Impl::on_send(Session& session, const message::MessageTo& message,
                        std::string_view body) {
  const auto refuse_with = [&](ErrorCode code, const char* text) {
    refuse(session, {code, text, message.channel, {}, message.request});
  };
  const Membership* sender = session.membership(message.channel);
  if (sender == nullptr) {
    return refuse_with(ErrorCode::not_in_channel, "You are not in this channel. Join it first.");
  }
  if (!session.grant.may().send) {
    return refuse_with(ErrorCode::send_not_allowed,
                       session.grant.token
                           ? "The token does not allow sending messages. Its \"permissions\", and "
                             "those of the key that it is for, must have \"send\"."
                           : "The key does not allow sending messages. Add \"send\" to its "
                             "permissions in the endpoint's configuration, or use another key.");
  }
  const std::size_t most =
      message.format.empty() ? limits::kMessageBytesMax : limits::kMessageBase64BytesMax;
  if (body.size() > most) {
    return refuse_with(ErrorCode::message_too_large, "A message has 64 kB at most.");
  }
  std::vector<Membership*> addressees;
  if (std::optional<message::Refused> refused = find_addressees(*sender, message, addressees)) {
    return refuse(session, std::move(*refused));
  }
  const message::MessageFrom header{message.channel, session.peer,   message.request,
                                    message.topic,   message.format, {}};
  const auto text = std::make_shared<const std::string>(write_message_from(header, body));
  for (Membership* addressee : addressees) {
    deliver_message(*addressee, {addressee, session.peer, message.request, 0, text});
  }
  outbox_.deliver(session, HubMessage(message::Sent{message.channel, message.request}));
}

void Hub::Impl::deliver_message(Membership& addressee, hub::Undelivered message) {
  Session& session = *addressee.session;
  outbox_.deliver(session, message.text);
  message.seq = session.sent.last();
  hub::keep_undelivered(session, std::move(message), options_.replay_frames_max,
                        options_.replay_bytes_max);
}

// After a resynchronisation. Receivers know by the number what they have.
void Hub::Impl::deliver_again(Session& session) {
  std::deque<hub::Undelivered> messages = std::exchange(session.undelivered, {});
  session.undelivered_bytes = 0;
  for (hub::Undelivered& message : messages) {
    Membership& addressee = *message.to;
    deliver_message(addressee, std::move(message));
  }
}

void Hub::Impl::on_received(Session& session, std::uint64_t received) {
  for (message::Delivered& delivered : hub::take_delivered(session, received)) {
    Session* sender = sessions_.find(delivered.peer);
    if (sender == nullptr || sender->membership(delivered.channel) == nullptr) continue;
    delivered.peer = session.peer;
    outbox_.deliver(*sender, HubMessage(std::move(delivered)));
  }
}

}  // namespace partyline
