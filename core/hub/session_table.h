// All sessions, found by their peer. Those without a socket are counted by the address that they
// had, so that nobody fills the memory by coming and going.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/connection.h"

namespace partyline::hub {

class SessionTable {
 public:
  // Null where there is none.
  [[nodiscard]] Session* find(const PeerId& peer) const;

  // Null if that peer is there already.
  Session* add(std::unique_ptr<Session> session);
  // Legal when it has no memberships any more.
  void remove(Session& session);

  void attach(Session& session, Connection& connection);
  // From now on it is held.
  void detach(Session& session);

  [[nodiscard]] std::size_t size() const { return sessions_.size(); }
  [[nodiscard]] std::size_t held() const { return held_; }
  [[nodiscard]] std::size_t with_key(const std::string& key) const;
  [[nodiscard]] std::size_t held_at(const std::string& address) const;

  // In an order that two runs share.
  [[nodiscard]] std::vector<Session*> all() const;
  // Those that are held, in the same order.
  [[nodiscard]] std::vector<Session*> all_held() const;

 private:
  void count_out(const Session& session);

  std::unordered_map<PeerId, std::unique_ptr<Session>> sessions_;
  std::unordered_map<std::string, std::size_t> held_at_;
  std::unordered_map<std::string, std::size_t> with_key_;
  std::size_t held_ = 0;
};

}  // namespace partyline::hub
