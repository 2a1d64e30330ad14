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
  ++with_key_[entry->second->grant.key->id];
  return entry->second.get();
}

void SessionTable::remove(Session& session) {
  if (session.connection == nullptr) count_out(session);
  const auto with_key = with_key_.find(session.grant.key->id);
  if (--with_key->second == 0) with_key_.erase(with_key);
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

std::size_t SessionTable::with_key(const std::string& key) const {
  const auto entry = with_key_.find(key);
  return entry == with_key_.end() ? 0 : entry->second;
}

std::vector<Session*> SessionTable::all() const {
  std::vector<Session*> all;
  all.reserve(sessions_.size());
  for (const auto& [peer, session] : sessions_) all.push_back(session.get());
  std::sort(all.begin(), all.end(),
            [](const Session* a, const Session* b) { return a->peer < b->peer; });
  return all;
}

std::vector<Session*> SessionTable::all_held() const {
  std::vector<Session*> held = all();
  std::erase_if(held, [](const Session* session) { return session->connection != nullptr; });
  return held;
}

}  // namespace partyline::hub
