#include "hub/session_table.h"

#include <algorithm>
#include <utility>

namespace partyline::hub {

Session* SessionTable::find(const PeerId& peer) const {
  const auto entry = sessions_.find(peer);
  return entry == sessions_.end() ? nullptr : entry->second.get();
}

Session* SessionTable::add(std::unique_ptr<Session> session) {
  const auto [entry, is_new] = sessions_.try_emplace(session->peer, nullptr);
  if (!is_new) return nullptr;
  entry->second = std::move(session);
  return entry->second.get();
}

void SessionTable::remove(Session& session) {
  if (session.connection == nullptr) count_out(session);
  const PeerId peer = session.peer;  // the key must outlive the entry
  sessions_.erase(peer);
}

void SessionTable::attach(Session& session, Connection& connection) {
  if (session.connection == nullptr) count_out(session);
  session.connection = &connection;
  session.address = connection.address;
  session.order = connection.order;
  connection.session = &session;
}

void SessionTable::detach(Session& session) {
  session.connection->session = nullptr;
  session.connection = nullptr;
  ++held_at_[session.address];
  ++held_;
}

void SessionTable::count_out(const Session& session) {
  const auto entry = held_at_.find(session.address);
  if (entry == held_at_.end()) return;  // it is new and was never held
  if (--entry->second == 0) held_at_.erase(entry);
  --held_;
}

std::size_t SessionTable::held_at(const std::string& address) const {
  const auto entry = held_at_.find(address);
  return entry == held_at_.end() ? 0 : entry->second;
}

std::vector<Session*> SessionTable::all_held() const {
  std::vector<Session*> held;
  for (const auto& [peer, session] : sessions_) {
    if (session->connection == nullptr) held.push_back(session.get());
  }
  std::sort(held.begin(), held.end(),
            [](const Session* a, const Session* b) { return a->peer < b->peer; });
  return held;
}

}  // namespace partyline::hub
