#include "hub_host.h"

#include <chrono>
#include <cstdlib>
#include <utility>
#include <vector>

#include "random.h"

namespace partyline::endpoint {
namespace {

using Clock = std::chrono::steady_clock;

TimeMs now() {
  const auto since = Clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

Clock::time_point on_clock(TimeMs time) {
  return Clock::time_point(std::chrono::milliseconds(time.value));
}

std::int64_t unix_offset_ms() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count() - now().value;
}

HubRun hub_run(const Config& config, Signer sign,
               std::shared_ptr<const std::vector<TokenKey>> token_keys) {
  HubRun run;
  run.epoch = static_cast<std::uint32_t>(random_bits());
  run.unix_offset_ms = unix_offset_ms();
  run.sign = std::move(sign);
  run.relay_credential = [signers = config.relay_signers](std::size_t relay,
                                                          std::string_view username) {
    return signers[relay](username);
  };
  run.verify_token = [keys = std::move(token_keys)](std::string_view token) {
    return verify_token(*keys, token);
  };
  return run;
}

// The two clocks are read one after the other, and one of them is slewed: less is no setting.
constexpr std::int64_t kClockSetMs = 500;

}  // namespace

HubHost::HubHost(boost::asio::io_context& io, const Config& config, Signer sign)
    : token_keys_(std::make_shared<std::vector<TokenKey>>(config.token_keys)),
      unix_offset_ms_(unix_offset_ms()),
      hub_(config.hub, config.keys, hub_run(config, std::move(sign), token_keys_)),
      timer_(io) {}

void HubHost::change_keys(const Config& config) {
  *token_keys_ = config.token_keys;
  handle(hub_input::KeysChanged{config.keys});
}

void HubHost::look_at_clock() {
  const std::int64_t offset = unix_offset_ms();
  if (std::abs(offset - unix_offset_ms_) < kClockSetMs) return;
  unix_offset_ms_ = offset;
  hub_.handle(now(), hub_input::ClockSet{offset});
}

template <class Input>
void HubHost::handle(const Input& input) {
  look_at_clock();
  hub_.handle(now(), input);
  carry_out_all();
}

void HubHost::open(SocketId id, std::shared_ptr<ClientSocket> socket, std::string address,
                   std::string origin) {
  sockets_.emplace(id, std::move(socket));
  handle(hub_input::SocketOpened{
      id, std::move(address), std::move(origin), {random_bits(), random_bits()}});
}

void HubHost::receive_text(SocketId id, std::string text) {
  handle(hub_input::FrameReceived{id, std::move(text)});
}

void HubHost::receive_binary(SocketId id) { handle(hub_input::BinaryReceived{id}); }

void HubHost::send_queue_full(SocketId id) { handle(hub_input::SendQueueFull{id}); }

void HubHost::closed(SocketId id, std::uint16_t code) {
  if (sockets_.erase(id) == 0) return;
  handle(hub_input::SocketClosed{id, code});
  if (sockets_.empty() && on_empty_) on_empty_();
}

void HubHost::drain() { handle(hub_input::Drain{}); }

void HubHost::drop_all() {
  std::vector<std::shared_ptr<ClientSocket>> all;
  all.reserve(sockets_.size());
  for (const auto& [id, socket] : sockets_) all.push_back(socket);
  for (const auto& socket : all) socket->drop();
}

// Carrying out one order may bring about the next input (a queue that is full, a connection that
// ends). The hub takes it at once; its orders queue behind those of the outer loop.
void HubHost::carry_out_all() {
  if (carrying_out_) return;
  carrying_out_ = true;
  // Also after an exception, or no order would ever be carried out again.
  struct Finally {
    bool& flag;
    ~Finally() { flag = false; }
  };
  const Finally finally{carrying_out_};
  while (const std::optional<HubOutput> order = hub_.poll()) {
    std::visit([this](const auto& known) { carry_out(known); }, *order);
  }
  schedule();
}

void HubHost::carry_out(const hub_output::SendFrame& order) {
  if (const auto socket = find(order.socket)) socket->send(order.text);
}

void HubHost::carry_out(const hub_output::CloseSocket& order) {
  if (const auto socket = find(order.socket)) socket->close(order.code, order.reason);
}

void HubHost::carry_out(const hub_output::PauseReading& order) {
  if (const auto socket = find(order.socket)) socket->pause_reading();
}

void HubHost::carry_out(const hub_output::ResumeReading& order) {
  if (const auto socket = find(order.socket)) socket->resume_reading();
}

void HubHost::carry_out(const hub_output::Log& order) { log_hub(order); }

void HubHost::schedule() {
  const std::optional<TimeMs> next = hub_.next_wakeup();
  if (next == scheduled_) return;
  scheduled_ = next;
  if (!next) {
    timer_.cancel();
    return;
  }
  timer_.expires_at(on_clock(*next));
  timer_.async_wait([this, due = *next](const boost::system::error_code& error) {
    if (error || scheduled_ != due) return;
    scheduled_.reset();
    handle(hub_input::Wakeup{});
  });
}

std::shared_ptr<ClientSocket> HubHost::find(SocketId id) const {
  const auto found = sockets_.find(id);
  return found == sockets_.end() ? nullptr : found->second;
}

}  // namespace partyline::endpoint
