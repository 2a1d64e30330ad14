// How many connections may exist before they are a WebSocket. The hub limits those that are; what
// never gets that far would otherwise be limited by nobody.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "config.h"

namespace partyline::endpoint {

class ConnectionLimits;

// The place that one connection takes, given back when this is destroyed.
class ConnectionSlot {
 public:
  ConnectionSlot() = default;
  ConnectionSlot(ConnectionLimits* limits, std::string group)
      : limits_(limits), group_(std::move(group)) {}
  ConnectionSlot(ConnectionSlot&& other) noexcept
      : limits_(std::exchange(other.limits_, nullptr)), group_(std::move(other.group_)) {}
  ConnectionSlot& operator=(ConnectionSlot&& other) noexcept;
  ConnectionSlot(const ConnectionSlot&) = delete;
  ConnectionSlot& operator=(const ConnectionSlot&) = delete;
  ~ConnectionSlot() { release(); }
  void release();
  [[nodiscard]] bool taken() const { return limits_ != nullptr; }

 private:
  ConnectionLimits* limits_ = nullptr;
  std::string group_;
};

class ConnectionLimits {
 public:
  explicit ConnectionLimits(const HttpLimits& limits) : limits_(limits) {}

  // Takes a place for a connection of this group of addresses; an empty group (a trusted proxy's)
  // counts only in all. The slot is not taken() when there is no place.
  [[nodiscard]] ConnectionSlot take(const std::string& group);
  [[nodiscard]] std::size_t total() const { return total_; }

 private:
  friend class ConnectionSlot;
  void give_back(const std::string& group);

  HttpLimits limits_;
  std::size_t total_ = 0;
  std::unordered_map<std::string, std::size_t> by_group_;
};

}  // namespace partyline::endpoint
