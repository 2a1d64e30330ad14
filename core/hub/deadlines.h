// When which socket, or session, must be looked at. One entry for each, and an entry is only ever
// moved forward in time when it has fired: whoever is looked at too early is scheduled again. So a
// frame, which puts off the end of a silence, costs nothing here.
#pragma once

#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "partyline/ids.h"
#include "partyline/time.h"

namespace partyline::hub {

template <class Id>
class Deadlines {
 public:
  // Look at it at `time`, or earlier if that was asked for before.
  void at_latest(const Id& id, TimeMs time) {
    const auto [entry, is_new] = times_.try_emplace(id, time);
    if (!is_new) {
      if (entry->second <= time) return;
      queue_.erase({entry->second, id});
      entry->second = time;
    }
    queue_.emplace(time, id);
  }

  void forget(const Id& id) {
    const auto entry = times_.find(id);
    if (entry == times_.end()) return;
    queue_.erase({entry->second, id});
    times_.erase(entry);
  }

  // Takes out all that are due, the earliest first.
  [[nodiscard]] std::vector<Id> take_due(TimeMs now) {
    std::vector<Id> due;
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
  std::set<std::pair<TimeMs, Id>> queue_;
  std::unordered_map<Id, TimeMs> times_;
};

}  // namespace partyline::hub
