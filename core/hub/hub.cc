#include "partyline/hub.h"

#include <utility>

#include "hub/impl.h"

namespace partyline {

Hub::Hub(HubOptions options, std::vector<KeyOptions> keys, std::uint32_t epoch)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(keys), epoch)) {}

Hub::~Hub() = default;

void Hub::handle(TimeMs now, const hub_input::SocketOpened& input) { impl_->handle(now, input); }
void Hub::handle(TimeMs now, const hub_input::FrameReceived& input) { impl_->handle(now, input); }
void Hub::handle(TimeMs now, const hub_input::BinaryReceived& input) { impl_->handle(now, input); }
void Hub::handle(TimeMs now, const hub_input::SendQueueFull& input) { impl_->handle(now, input); }
void Hub::handle(TimeMs now, const hub_input::SocketClosed& input) { impl_->handle(now, input); }
void Hub::handle(TimeMs now, const hub_input::Drain& input) { impl_->handle(now, input); }
void Hub::handle(TimeMs now, const hub_input::Wakeup& input) { impl_->handle(now, input); }

void Hub::handle(TimeMs now, const HubInput& input) {
  std::visit([&](const auto& one) { impl_->handle(now, one); }, input);
}

std::optional<HubOutput> Hub::poll() { return impl_->poll(); }

std::optional<TimeMs> Hub::next_wakeup() const { return impl_->next_wakeup(); }

HubCounts Hub::counts() const { return impl_->counts(); }

Hub::Impl::Impl(HubOptions options, std::vector<KeyOptions> keys, std::uint32_t epoch)
    : options_(std::move(options)),
      keys_(std::move(keys)),
      rosters_(epoch),
      pong_(hub::make_frame(message::Pong{})) {}

HubCounts Hub::Impl::counts() const {
  return {connections_.size(), connections_.peers(), rosters_.channels(), rosters_.memberships()};
}

Connection* Hub::Impl::find_open(SocketId socket) const {
  Connection* connection = connections_.find(socket);
  return connection == nullptr || connection->closing ? nullptr : connection;
}

}  // namespace partyline
