// When which socket must be looked at. One entry per socket, and an entry is only ever moved
// forward in time when it has fired: whoever is looked at too early is scheduled again. So a frame,
// which puts off the end of a silence, costs nothing here.
#pragma once

#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "partyline/ids.h"
#include "partyline/time.h"

namespace partyline::hub {

class Deadlines {
 public:
  // Look at the socket at `time`, or earlier if that was asked for before.
  void at_latest(SocketId socket, TimeMs time) {
    const auto [entry, is_new] = times_.try_emplace(socket, time);
    if (!is_new) {
      if (entry->second <= time) return;
      queue_.erase({entry->second, socket});
      entry->second = time;
    }
    queue_.emplace(time, socket);
  }

  void forget(SocketId socket) {
    const auto entry = times_.find(socket);
    if (entry == times_.end()) return;
    queue_.erase({entry->second, socket});
    times_.erase(entry);
  }

  // Takes out all that are due, the earliest first.
  [[nodiscard]] std::vector<SocketId> take_due(TimeMs now) {
    std::vector<SocketId> due;
    while (!queue_.empty() && queue_.begin()->first <= now) {
      due.push_back(queue_.begin()->second);
      times_.erase(queue_.begin()->second);
      queue_.erase(queue_.begin());
    }
    return due;
  }

  [[nodiscard]] std::optional<TimeMs> next() const {
    if (queue_.empty()) return std::nullopt;
    return queue_.begin()->first;
  }

 private:
  std::set<std::pair<TimeMs, SocketId>> queue_;
  std::unordered_map<SocketId, TimeMs> times_;
};

}  // namespace partyline::hub
