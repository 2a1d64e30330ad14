#include "ice_network.h"

#include <algorithm>

namespace partyline::sim {

namespace {

constexpr DurationMs kNeverConnected{15'000};
constexpr Span kUntilDisconnected{5'200, 7'100};
constexpr DurationMs kUntilFailed{10'000};

}  // namespace

IceEnd* IceNetwork::add(FakeConnection& connection, int host,
                        std::function<void(ConnectionState)> report) {
  ends_.push_back(std::make_unique<IceEnd>());
  IceEnd& end = *ends_.back();
  end.connection = &connection;
  end.host = host;
  end.report = std::move(report);
  return &end;
}

IceEnd* IceNetwork::partner(const IceEnd& end) const {
  const auto it = by_ufrag_.find(end.connection->remote_ufrag());
  if (it == by_ufrag_.end()) return nullptr;
  const FakeConnection& other = *it->second->connection;
  if (other.signaling_state() == SignalingState::kClosed) return nullptr;
  if (other.local_ufrag() != end.connection->remote_ufrag()) return nullptr;
  return other.remote_ufrag() == end.connection->local_ufrag() ? it->second : nullptr;
}

bool IceNetwork::viable(const IceEnd& end) const {
  if (end.connection->signaling_state() == SignalingState::kClosed) return false;
  const IceEnd* other = partner(end);
  if (other == nullptr || blocked(end.host, other->host)) return false;
  if (stale_ufrags_.contains(end.connection->local_ufrag()) ||
      stale_ufrags_.contains(other->connection->local_ufrag())) {
    return false;
  }
  const bool ours = end.connection->has_candidate_of(end.connection->remote_ufrag());
  const bool theirs = other->connection->has_candidate_of(other->connection->remote_ufrag());
  return context_.profile.peer_reflexive ? ours || theirs : ours && theirs;
}

void IceNetwork::changed(IceEnd& end) {
  const FakeConnection& connection = *end.connection;
  if (!connection.local_ufrag().empty()) by_ufrag_[connection.local_ufrag()] = &end;
  const bool complete = !connection.local_ufrag().empty() && !connection.remote_ufrag().empty();
  if (complete && (end.local_ufrag != connection.local_ufrag() ||
                   end.remote_ufrag != connection.remote_ufrag())) {
    end.local_ufrag = connection.local_ufrag();
    end.remote_ufrag = connection.remote_ufrag();
    if (end.state != ConnectionState::kConnected) set_state(end, ConnectionState::kConnecting);
  }
  reconsider(end);
  if (IceEnd* other = partner(end)) reconsider(*other);
}

void IceNetwork::close(IceEnd& end) {
  IceEnd* other = partner(end);
  end.connection->close();
  // close() reports nothing (W3C webrtc-pc §4.4.1.10).
  end.state = ConnectionState::kClosed;
  ++end.epoch;
  if (other != nullptr) reconsider(*other);
}

void IceNetwork::block(int a, int b, bool blocked) {
  const std::pair pair{std::min(a, b), std::max(a, b)};
  if (blocked) {
    blocked_.insert(pair);
  } else {
    blocked_.erase(pair);
  }
  for (const auto& end : ends_) reconsider(*end);
}

void IceNetwork::unblock_all() {
  blocked_.clear();
  for (const auto& end : ends_) reconsider(*end);
}

void IceNetwork::move(int host) {
  for (const auto& end : ends_) {
    if (end->host != host) continue;
    for (const std::string& ufrag :
         {end->connection->local_ufrag(), end->connection->newest_local_ufrag()}) {
      if (!ufrag.empty()) stale_ufrags_.insert(ufrag);
    }
  }
  for (const auto& end : ends_) reconsider(*end);
}

void IceNetwork::deafen(int from, int to, bool until_restart) {
  for (const auto& end : ends_) {
    const IceEnd* other = partner(*end);
    if (end->host != to || other == nullptr || other->host != from) continue;
    if (until_restart) {
      deaf_ufrags_.insert(end->connection->local_ufrag());
    } else {
      deaf_origins_.insert(end->connection->origin());
    }
  }
}

bool IceNetwork::hears(const IceEnd& end) const {
  return viable(end) && !deaf_ufrags_.contains(end.connection->local_ufrag()) &&
         !deaf_origins_.contains(end.connection->origin());
}

void IceNetwork::schedule(IceEnd& end, DurationMs delay, bool if_viable, ConnectionState state) {
  context_.scheduler.after(delay, [this, &end, epoch = end.epoch, if_viable, state] {
    if (end.epoch != epoch) return;
    // Out of time is out of time, even where the path has just come about.
    const bool out_of_time = state == ConnectionState::kFailed;
    if (!out_of_time) end.change_is_due = false;
    if (out_of_time || viable(end) == if_viable) set_state(end, state);
  });
}

void IceNetwork::reconsider(IceEnd& end) {
  if (end.change_is_due) return;
  const bool works = viable(end);
  switch (end.state) {
    case ConnectionState::kConnecting:
    case ConnectionState::kDisconnected:
      if (!works) return;
      end.change_is_due = true;
      schedule(end, context_.random.within(context_.profile.connect_delay), true,
               ConnectionState::kConnected);
      return;
    case ConnectionState::kConnected:
      if (works) return;
      end.change_is_due = true;
      schedule(end, context_.random.within(kUntilDisconnected), false,
               ConnectionState::kDisconnected);
      return;
    case ConnectionState::kNew:
    case ConnectionState::kFailed:
    case ConnectionState::kClosed:
      return;
  }
}

void IceNetwork::set_state(IceEnd& end, ConnectionState state) {
  if (end.state == state || end.state == ConnectionState::kClosed) return;
  end.state = state;
  ++end.epoch;
  end.change_is_due = false;
  if (state == ConnectionState::kConnecting) {
    schedule(end, kNeverConnected, false, ConnectionState::kFailed);
  }
  if (state == ConnectionState::kDisconnected) {
    schedule(end, kUntilFailed, false, ConnectionState::kFailed);
  }
  end.report(state);
  reconsider(end);
}

}  // namespace partyline::sim
