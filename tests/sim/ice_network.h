// What lies between two peer connections: whether their checks succeed, when they notice, and when
// they notice that the path is gone. The times are those measured in Chromium: 15 s to `failed`
// where no path comes about; 5 to 7 s to `disconnected` and 10 s more to `failed` where one is
// lost.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "context.h"
#include "fake_connection.h"
#include "partyline/client_input.h"

namespace partyline::sim {

// One connection's end of a path.
struct IceEnd {
  FakeConnection* connection = nullptr;
  int host = 0;
  std::function<void(ConnectionState)> report;
  ConnectionState state = ConnectionState::kNew;
  // The credentials that the present state is about.
  std::string local_ufrag;
  std::string remote_ufrag;
  // Counts changes of state, so that a timer of an earlier one does nothing.
  std::uint64_t epoch = 0;
  bool change_is_due = false;
};

class IceNetwork {
 public:
  explicit IceNetwork(Context& context) : context_(context) {}

  IceEnd* add(FakeConnection& connection, int host, std::function<void(ConnectionState)> report);
  // A description or a candidate was applied.
  void changed(IceEnd& end);
  void close(IceEnd& end);

  // No packet passes between these two hosts while blocked.
  void block(int a, int b, bool blocked);
  void unblock_all();
  // The host has other addresses from now on: paths over the old ones are dead, and come back only
  // with new candidates, that is with new credentials.
  void move(int host);

  // Packets of media from one host no longer reach the other over the paths that are there now,
  // though checks do: until there are other credentials, or another connection.
  void deafen(int from, int to, bool until_restart);

  // The other end of what these descriptions connect to; nullptr where there is none yet.
  [[nodiscard]] IceEnd* partner(const IceEnd& end) const;
  // Whether packets pass, which either side may not have noticed yet.
  [[nodiscard]] bool viable(const IceEnd& end) const;
  // Whether media reaches this end.
  [[nodiscard]] bool hears(const IceEnd& end) const;

 private:
  void reconsider(IceEnd& end);
  void set_state(IceEnd& end, ConnectionState state);
  void schedule(IceEnd& end, DurationMs delay, bool if_viable, ConnectionState state);
  [[nodiscard]] bool blocked(int a, int b) const {
    return blocked_.contains({std::min(a, b), std::max(a, b)});
  }

  Context& context_;
  std::vector<std::unique_ptr<IceEnd>> ends_;
  std::map<std::string, IceEnd*> by_ufrag_;
  std::set<std::pair<int, int>> blocked_;
  // Those whose candidates are of addresses that are gone.
  std::set<std::string> stale_ufrags_;
  // What a receiver of media has where none arrives.
  std::set<std::string> deaf_ufrags_;
  std::set<std::uint64_t> deaf_origins_;
};

}  // namespace partyline::sim
