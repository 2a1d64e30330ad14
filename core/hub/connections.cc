#include "hub/connections.h"

#include <algorithm>
#include <utility>

namespace partyline::hub {

Connection& Connections::add(std::unique_ptr<Connection> connection) {
  ++addresses_[connection->address];
  connection->order = opened_++;
  auto& place = connections_[connection->socket];
  place = std::move(connection);
  return *place;
}

void Connections::remove(SocketId socket) {
  const auto entry = connections_.find(socket);
  if (entry == connections_.end()) return;
  const auto address = addresses_.find(entry->second->address);
  if (--address->second == 0) addresses_.erase(address);
  connections_.erase(entry);
}

Connection* Connections::find(SocketId socket) const {
  const auto entry = connections_.find(socket);
  return entry == connections_.end() ? nullptr : entry->second.get();
}

std::vector<SocketId> Connections::sockets() const {
  std::vector<SocketId> sockets;
  sockets.reserve(connections_.size());
  for (const auto& [socket, connection] : connections_) sockets.push_back(socket);
  std::sort(sockets.begin(), sockets.end());
  return sockets;
}

std::size_t Connections::at_address(const std::string& address) const {
  const auto entry = addresses_.find(address);
  return entry == addresses_.end() ? 0 : entry->second;
}

}  // namespace partyline::hub
