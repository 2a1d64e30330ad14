// All sockets, found by their number and counted by address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/connection.h"

namespace partyline::hub {

class Connections {
 public:
  Connection& add(std::unique_ptr<Connection> connection);
  // The socket is gone for good.
  void remove(SocketId socket);

  // Null where there is none.
  [[nodiscard]] Connection* find(SocketId socket) const;

  // Numbers in ascending order, so that two runs do the same in the same order.
  [[nodiscard]] std::vector<SocketId> sockets() const;

  [[nodiscard]] std::size_t size() const { return connections_.size(); }
  [[nodiscard]] std::size_t at_address(const std::string& address) const;

 private:
  std::uint64_t opened_ = 0;
  std::unordered_map<SocketId, std::unique_ptr<Connection>> connections_;
  std::unordered_map<std::string, std::size_t> addresses_;
};

}  // namespace partyline::hub
