#include "partyline/hub.h"

#include <algorithm>
#include <utility>

#include "hub/impl.h"

namespace partyline {

Hub::Hub(HubOptions options, std::vector<KeyOptions> keys, HubRun run)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(keys), std::move(run))) {}

Hub::~Hub() = default;

void Hub::handle(TimeMs now, const HubInput& input) {
  impl_->set_now(now);
  std::visit([&](const auto& one) { impl_->handle(one); }, input);
}

std::optional<HubOutput> Hub::poll() { return impl_->poll(); }

std::optional<TimeMs> Hub::next_wakeup() const { return impl_->next_wakeup(); }

HubCounts Hub::counts() const { return impl_->counts(); }

Hub::Impl::Impl(HubOptions options, std::vector<KeyOptions> keys, HubRun run)
    : options_(std::move(options)),
      keys_(hub::make_keys(std::move(keys))),
      verify_token_(run.verify_token),
      unix_offset_ms_(run.unix_offset_ms),
      relays_(options_, run),
      tickets_(std::move(run), options_.ticket_lifetime_ms),
      rosters_(tickets_.run()) {}

std::optional<TimeMs> Hub::Impl::next_wakeup() const {
  const std::optional<TimeMs> socket = deadlines_.next();
  const std::optional<TimeMs> session = session_deadlines_.next();
  if (!socket || !session) return socket ? socket : session;
  return std::min(*socket, *session);
}

HubCounts Hub::Impl::counts() const {
  return {connections_.size(), sessions_.size(), sessions_.held(), rosters_.channels(),
          rosters_.memberships()};
}

Connection* Hub::Impl::find_open(SocketId socket) const {
  Connection* connection = connections_.find(socket);
  return connection == nullptr || connection->closing ? nullptr : connection;
}

}  // namespace partyline
