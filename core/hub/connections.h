// All sockets, found by their number or by the peer that they carry, and counted by address.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/connection.h"

namespace partyline::hub {

class Connections {
 public:
  Connection& add(std::unique_ptr<Connection> connection);
  // The socket is gone for good. Its peer was removed before.
  void remove(SocketId socket);

  // Null where there is none.
  [[nodiscard]] Connection* find(SocketId socket) const;
  [[nodiscard]] Connection* find_peer(const PeerId& peer) const;

  // From now on the connection is found by its peer. False if that peer is there already.
  [[nodiscard]] bool add_peer(Connection& connection);
  void remove_peer(const Connection& connection);

  // Numbers in ascending order, so that two runs do the same in the same order.
  [[nodiscard]] std::vector<SocketId> sockets() const;

  [[nodiscard]] std::size_t size() const { return connections_.size(); }
  [[nodiscard]] std::size_t peers() const { return peers_.size(); }
  [[nodiscard]] std::size_t at_address(const std::string& address) const;

 private:
  std::unordered_map<SocketId, std::unique_ptr<Connection>> connections_;
  std::unordered_map<PeerId, Connection*> peers_;
  std::unordered_map<std::string, std::size_t> addresses_;
};

}  // namespace partyline::hub
