// Messages that a session was sent and has not acknowledged. They outlive a resynchronisation, in
// which all other frames are made up for by the state; and who sent them is told when they have
// arrived, since the sender is the one that still has them when this process is gone.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "hub/connection.h"

namespace partyline::hub {

// The limits are those of the session's replay buffer, whose texts these are.
inline void keep_undelivered(Session& session, Undelivered message, std::size_t frames_max,
                             std::size_t bytes_max) {
  std::deque<Undelivered>& kept = session.undelivered;
  session.undelivered_bytes += message.text->size();
  kept.push_back(std::move(message));
  while (kept.size() > frames_max || session.undelivered_bytes > bytes_max) {
    kept.front().to->missed = kept.front().seq;
    session.undelivered_bytes -= kept.front().text->size();
    kept.pop_front();
  }
}

// What the client has of them, when it has all frames up to `received`: the last number from each
// sender in each channel.
[[nodiscard]] inline std::vector<message::Delivered> take_delivered(Session& session,
                                                                    std::uint64_t received) {
  std::vector<message::Delivered> senders;  // `peer` is the sender here
  while (!session.undelivered.empty() && session.undelivered.front().seq <= received) {
    const Undelivered& message = session.undelivered.front();
    const ChannelName& channel = message.to->channel->name;
    const auto is_its = [&](const message::Delivered& each) {
      return each.peer == message.from && each.channel == channel;
    };
    auto sender = std::find_if(senders.begin(), senders.end(), is_its);
    if (sender == senders.end()) sender = senders.insert(sender, {channel, message.from, 0});
    sender->request = message.number;
    session.undelivered_bytes -= message.text->size();
    session.undelivered.pop_front();
  }
  for (const auto& membership : session.memberships) {
    if (membership->missed <= received) membership->missed = 0;
  }
  return senders;
}

// The membership ends: nobody waits for it any more.
inline void forget_undelivered(const Membership& membership) {
  Session& session = *membership.session;
  std::erase_if(session.undelivered, [&](const Undelivered& message) {
    if (message.to != &membership) return false;
    session.undelivered_bytes -= message.text->size();
    return true;
  });
}

}  // namespace partyline::hub
