#include "hub_world.h"

#include <algorithm>
#include <utility>

namespace partyline {

KeyOptions open_key() {
  KeyOptions key;
  key.id = "pk_open";
  return key;
}

std::string token(std::string_view key, std::string_view claims) {
  return "good:" + std::string(key) + ':' + std::string(claims);
}

message::Join join(std::string_view channel, std::uint64_t request) {
  return {ChannelName(std::string(channel)), request, {}, {}};
}

PublicationInfo publication(std::string_view name) {
  return {PublicationName(std::string(name)), TrackStatus::kLive, TrackStatus::kLive, {}};
}

namespace {

// Different for different texts, which is all that a test can tell of a signature.
std::string sign(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char byte : text) hash = (hash ^ static_cast<std::uint8_t>(byte)) * 1099511628211ULL;
  return std::to_string(hash);
}

// "good:<key>:<claims>" is signed by that key.
std::optional<SignedToken> verify(std::string_view token) {
  constexpr std::string_view kGood = "good:";
  if (!token.starts_with(kGood)) return std::nullopt;
  token.remove_prefix(kGood.size());
  const std::size_t colon = token.find(':');
  return SignedToken{std::string(token.substr(0, colon)), std::string(token.substr(colon + 1))};
}

HubRun hub_run(std::optional<std::uint32_t> run) {
  if (!run) return {4711, 0, {}, {}, verify};
  const auto credential = [](std::size_t relay, std::string_view username) {
    return std::to_string(relay) + " for " + std::string(username);
  };
  return {*run, HubWorld::kUnixOffset, sign, credential, verify};
}

}  // namespace

HubWorld::HubWorld(HubOptions options, std::vector<KeyOptions> keys,
                   std::optional<std::uint32_t> run)
    : hub_(std::move(options), std::move(keys), hub_run(run)) {}

SocketId HubWorld::open(std::string address, std::string origin) {
  const SocketId socket(++last_socket_);
  sockets_[socket];
  hub_input::SocketOpened opened{socket, std::move(address), std::move(origin), {}};
  opened.entropy[0] = last_socket_ * 0x9E3779B97F4A7C15ULL;
  opened.entropy[1] = ~last_socket_;
  handle(opened);
  return socket;
}

void HubWorld::send_text(SocketId socket, std::string text) {
  handle(hub_input::FrameReceived{socket, std::move(text)});
}

void HubWorld::send(SocketId socket, const ClientMessage& message) {
  send_text(socket, write_message(message));
}

void HubWorld::close(SocketId socket) {
  sockets_.at(socket).gone = true;
  handle(hub_input::SocketClosed{socket});
}

void HubWorld::handle(const HubInput& input) {
  hub_.handle(now_, input);
  drain();
}

SocketId HubWorld::enter(std::vector<message::Join> joins, std::string key) {
  const SocketId socket = open();
  send(socket, message::Hello{1, std::move(key), "", "test", std::move(joins)});
  return socket;
}

SocketId HubWorld::member(std::string_view channel) {
  const SocketId socket = enter({join(channel)});
  REQUIRE(sockets_.at(socket).incarnations.contains(std::string(channel)));
  discard_frames();
  return socket;
}

PeerId HubWorld::peer(SocketId socket) const { return sockets_.at(socket).peer; }

std::uint64_t HubWorld::incarnation(SocketId socket, std::string_view channel) const {
  return sockets_.at(socket).incarnations.at(std::string(channel));
}

void HubWorld::run_for(DurationMs span) {
  const TimeMs end = now_ + span;
  for (int wakeups = 0; hub_.next_wakeup() && *hub_.next_wakeup() <= end; ++wakeups) {
    REQUIRE(wakeups < 100'000);
    now_ = std::max(now_, *hub_.next_wakeup());
    handle(hub_input::Wakeup{});
    REQUIRE(hub_.next_wakeup() != now_);
  }
  now_ = end;
}

std::vector<HubMessage> HubWorld::take(SocketId socket) {
  return std::exchange(frames_[socket], {});
}

void HubWorld::check_quiet() {
  for (const auto& [socket, frames] : frames_) {
    INFO("socket " << socket.value);
    CHECK(frames == std::vector<HubMessage>());
  }
  for (const auto& [id, socket] : sockets_) CHECK_FALSE(socket.closed.has_value());
}

std::optional<hub_output::CloseSocket> HubWorld::closed(SocketId socket) const {
  return sockets_.at(socket).closed;
}

void HubWorld::check_closed(SocketId socket, ErrorCode code) const {
  const auto order = closed(socket);
  REQUIRE(order.has_value());
  CHECK(order->code == close_code(code));
  CHECK_FALSE(order->reason.empty());
}

bool HubWorld::paused(SocketId socket) const { return sockets_.at(socket).paused; }

void HubWorld::drain() {
  while (std::optional<HubOutput> output = hub_.poll()) {
    std::visit([this](const auto& order) { on(order); }, *output);
  }
}

void HubWorld::on(const hub_output::SendFrame& order) {
  Socket& socket = sockets_.at(order.socket);
  REQUIRE_FALSE(socket.closed.has_value());
  REQUIRE_FALSE(socket.gone);
  if (!socket.reads) return;
  Result<HubMessage> message = parse_hub_message(*order.text);
  INFO(*order.text);
  REQUIRE(message.ok());
  note(socket, message.value());
  frames_[order.socket].push_back(std::move(message.value()));
}

void HubWorld::note(Socket& socket, const HubMessage& message) {
  if (const auto* welcome = std::get_if<message::Welcome>(&message)) {
    socket.peer = welcome->peer;
    for (const auto& joined : welcome->joined) note(socket, joined);
  } else if (const auto* joined = std::get_if<message::Joined>(&message)) {
    socket.incarnations[joined->channel.value] = joined->incarnation;
  }
}

void HubWorld::on(const hub_output::CloseSocket& order) {
  Socket& socket = sockets_.at(order.socket);
  REQUIRE_FALSE(socket.closed.has_value());
  REQUIRE_FALSE(socket.gone);
  CHECK(order.reason.size() <= 123);
  socket.closed = order;
}

void HubWorld::on(const hub_output::PauseReading& order) {
  REQUIRE_FALSE(sockets_.at(order.socket).paused);
  sockets_.at(order.socket).paused = true;
}

void HubWorld::on(const hub_output::ResumeReading& order) {
  REQUIRE(sockets_.at(order.socket).paused);
  REQUIRE_FALSE(sockets_.at(order.socket).closed.has_value());
  sockets_.at(order.socket).paused = false;
}

void HubWorld::on(const hub_output::Log& order) { logs_.push_back(order); }

}  // namespace partyline
