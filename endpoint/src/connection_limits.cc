#include "connection_limits.h"

namespace partyline::endpoint {

ConnectionSlot& ConnectionSlot::operator=(ConnectionSlot&& other) noexcept {
  if (this != &other) {
    release();
    limits_ = std::exchange(other.limits_, nullptr);
    group_ = std::move(other.group_);
  }
  return *this;
}

void ConnectionSlot::release() {
  if (limits_ != nullptr) std::exchange(limits_, nullptr)->give_back(group_);
}

ConnectionSlot ConnectionLimits::take(const std::string& group) {
  if (total_ >= limits_.connections_max) return {};
  if (!group.empty()) {
    std::size_t& count = by_group_[group];
    if (count >= limits_.connections_per_address_max) return {};
    ++count;
  }
  ++total_;
  return {this, group};
}

void ConnectionLimits::give_back(const std::string& group) {
  --total_;
  const auto found = by_group_.find(group);
  if (found != by_group_.end() && --found->second == 0) by_group_.erase(found);
}

}  // namespace partyline::endpoint
