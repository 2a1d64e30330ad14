#include "hub_pen.h"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

#include "fuzz_check.h"
#include "partyline/limits.h"
#include "protocol/frame.h"

namespace partyline::fuzz {
namespace {

constexpr std::size_t kOrdersMax = 1'000;
constexpr int kWakeupsMax = 20'000;
constexpr std::size_t kTicketsMax = 40;

// Different for different texts, which is all that matters of a signature here.
std::string sign(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char byte : text) hash = (hash ^ static_cast<std::uint8_t>(byte)) * 1099511628211ULL;
  return std::to_string(hash);
}

// Small, so that a short story meets them.
HubOptions options() {
  HubOptions options;
  options.connections_max = 8;
  options.connections_per_address_max = 4;
  options.channels_max = 3;
  options.channels_per_connection_max = 2;
  options.members_per_channel_max = 4;
  options.frames_burst = 40;
  options.replay_frames_max = 12;
  options.replay_bytes_max = 4'096;
  options.ticket_lifetime_ms = {600'000};
  options.relays = {RelayOptions{JsonText(R"("turn:relay.example")"), {60'000}}};
  return options;
}

std::vector<KeyOptions> keys() {
  KeyOptions open;
  open.id = "pk_open";
  KeyOptions quiet;
  quiet.id = "pk_quiet";
  quiet.channels = {"red", "g*"};
  quiet.origins = {"https://app.example"};
  quiet.may = {true, false, true, false};
  quiet.may_relay = false;
  KeyOptions reject;
  reject.id = "pk_reject";
  reject.same_identity = SameIdentity::kReject;
  KeyOptions allow;
  allow.id = "pk_allow";
  allow.same_identity = SameIdentity::kAllow;
  return {open, quiet, reject, allow};
}

template <class Message>
constexpr bool kOfSocket =
    std::is_same_v<Message, message::Welcome> || std::is_same_v<Message, message::Ping> ||
    std::is_same_v<Message, message::TokenExpiring> || std::is_same_v<Message, message::Pong> ||
    std::is_same_v<Message, message::Ack> || std::is_same_v<Message, message::Ticket> ||
    std::is_same_v<Message, message::IceServers> || std::is_same_v<Message, message::Goodbye>;

bool is_close_code(std::uint16_t code) {
#define FUZZ_CODE(name, number, retryable) \
  if ((number) != 0 && code == (number)) return true;
  PARTYLINE_ERROR_CODES(FUZZ_CODE)
#undef FUZZ_CODE
  return false;
}

}  // namespace

HubPen::HubPen() { start(); }
HubPen::~HubPen() = default;

void HubPen::start() {
  HubRun run{++run_ * 2, 1'700'000'000'000, sign,
             [](std::size_t, std::string_view username) { return sign(username); }};
  hub_ = std::make_unique<Hub>(options(), keys(), std::move(run));
  draining_ = false;
}

// ---- what happens ----

void HubPen::open(std::size_t address, std::size_t origin) {
  static const char* const kOrigins[] = {"https://app.example", "", "https://evil.example"};
  const SocketId id(++last_socket_);
  PenSocket& socket = sockets_[id];
  socket.admitted = !draining_;
  hub_input::SocketOpened opened{id, "192.0.2." + std::to_string(address), kOrigins[origin % 3]};
  opened.entropy[0] = last_socket_ * 0x9E3779B97F4A7C15ULL;
  opened.entropy[1] = ~last_socket_;
  handle(opened);
  if (socket.closed) socket.admitted = false;
  check_counts();
}

void HubPen::frame(SocketId id, const std::string& text) {
  // The host closes on longer ones.
  if (text.size() > limits::kFrameBytesMax) return;
  expect(id, text);
  handle(hub_input::FrameReceived{id, text});
  const PenSocket& socket = sockets_[id];
  if (must_close_) FUZZ_CHECK(socket.closed || !socket.admitted, "a bad frame is let pass", text);
  speaker_ = {};
  shown_.reset();
  damaged_ = must_close_ = false;
  check_counts();
}

void HubPen::hello(SocketId id, const message::Hello& hello, bool damaged) {
  damaged_ = damaged;
  frame(id, write_message(hello));
}

void HubPen::binary(SocketId id) {
  handle(hub_input::BinaryReceived{id});
  check_counts();
}

void HubPen::queue_full(SocketId id) {
  handle(hub_input::SendQueueFull{id});
  check_counts();
}

void HubPen::close(SocketId id, std::uint16_t code) {
  const auto found = sockets_.find(id);
  if (found == sockets_.end() || found->second.gone) return;
  found->second.gone = true;
  if (const auto session = sessions_.find(found->second.peer); session != sessions_.end()) {
    if (session->second.socket == id) session->second.socket = {};
  }
  handle(hub_input::SocketClosed{id, code});
  check_counts();
}

void HubPen::drain() {
  draining_ = true;
  handle(hub_input::Drain{});
  check_counts();
  FUZZ_CHECK(hub_->counts().peers == 0, "somebody stays in a hub that was drained", "");
}

void HubPen::restart() {
  start();
  for (auto& [id, socket] : sockets_) socket.gone = true;
  sessions_.clear();
}

void HubPen::run_for(DurationMs span) {
  const TimeMs end = now_ + span;
  for (int wakeups = 0; hub_->next_wakeup() && *hub_->next_wakeup() <= end; ++wakeups) {
    FUZZ_CHECK(wakeups < kWakeupsMax, "wake-ups without end", "");
    now_ = std::max(now_, *hub_->next_wakeup());
    handle(hub_input::Wakeup{});
    const auto next = hub_->next_wakeup();
    FUZZ_CHECK(!next || *next > now_, "a wake-up that changes nothing", "");
  }
  now_ = end;
  check_counts();
}

void HubPen::jump(DurationMs span) {
  now_ = now_ + span;
  handle(hub_input::Wakeup{});
  const auto next = hub_->next_wakeup();
  FUZZ_CHECK(!next || *next > now_, "a wake-up that changes nothing", "");
  check_counts();
}

void HubPen::end() {
  for (const auto& [id, socket] : sockets_) close(id, 1006);
  run_for(options().hold_ms + DurationMs{1});
  const HubCounts counts = hub_->counts();
  FUZZ_CHECK(counts.connections + counts.peers + counts.away + counts.channels == 0,
             "something is left when all have gone", "");
  FUZZ_CHECK(!hub_->next_wakeup(), "a timer is left when all have gone", "");
}

// ---- what is there ----

SocketId HubPen::socket(std::size_t index) const {
  // The latest is 0.
  return SocketId(last_socket_ > index ? last_socket_ - index : 0);
}

const PenSession* HubPen::session(SocketId id) const {
  const auto socket = sockets_.find(id);
  if (socket == sockets_.end()) return nullptr;
  return session_of(socket->second.peer);
}

const PenSession* HubPen::session_of(const PeerId& peer) const {
  const auto session = sessions_.find(peer);
  return session == sessions_.end() ? nullptr : &session->second;
}

const PeerId& HubPen::peer(std::size_t index) const {
  static const PeerId kNobody("p_nobody");
  const auto found = sockets_.find(socket(index));
  return found == sockets_.end() || found->second.peer.empty() ? kNobody : found->second.peer;
}

// ---- what is ordered ----

void HubPen::handle(const HubInput& input) {
  hub_->handle(now_, input);
  orders_ = 0;
  while (const std::optional<HubOutput> output = hub_->poll()) {
    FUZZ_CHECK(++orders_ <= kOrdersMax, "orders without end", "");
    std::visit([this](const auto& order) { on(order); }, *output);
  }
}

void HubPen::on(const hub_output::SendFrame& order) {
  const std::string& text = *order.text;
  PenSocket& socket = sockets_.at(order.socket);
  FUZZ_CHECK(!socket.closed && !socket.gone, "a frame to a socket that is closed", text);
  const Result<HubFrame> frame = parse_hub_frame(text);
  FUZZ_CHECK(frame.ok() && frame.value().message, "a frame that no client understands", text);
  const HubMessage& message = *frame.value().message;
  if (const auto* welcomed = std::get_if<message::Welcome>(&message)) {
    return welcome(order.socket, socket, *welcomed);
  }
  if (std::holds_alternative<message::Goodbye>(message)) return;
  FUZZ_CHECK(socket.welcomed, "a frame before the welcome", text);
  take(text, socket, frame.value());
}

void HubPen::take(const std::string& text, PenSocket& socket, const HubFrame& frame) {
  PenSession& session = sessions_.at(socket.peer);
  const bool of_socket = std::visit(
      [](const auto& one) { return kOfSocket<std::decay_t<decltype(one)>>; }, *frame.message);
  FUZZ_CHECK(of_socket == (frame.seq == 0), "a number where none belongs, or none", text);
  if (const auto* ack = std::get_if<message::Ack>(&*frame.message)) {
    FUZZ_CHECK(ack->received <= session.received, "more is acknowledged than came", text);
  }
  if (const auto* ticket = std::get_if<message::Ticket>(&*frame.message)) {
    tickets_.push_back({ticket->ticket, session.key, socket.peer});
  }
  if (of_socket) return;
  const bool is_new = frame.seq > session.highest;
  number(session, frame.seq, text);
  if (is_new) read(session, socket.peer, *frame.message);
}

void HubPen::number(PenSession& session, std::uint64_t seq, const std::string& text) {
  FUZZ_CHECK(seq == session.next, "a gap in the numbers", text);
  session.next = seq + 1;
  session.highest = std::max(session.highest, seq);
}

void HubPen::welcome(SocketId id, PenSocket& socket, const message::Welcome& welcome) {
  using message::SessionKind;
  const std::string& name = welcome.peer.value;
  FUZZ_CHECK(!socket.welcomed, "welcomed twice", name);
  const auto known = sessions_.find(welcome.peer);
  const bool resumed = welcome.session == SessionKind::kResumed;
  if (damaged_ || !shown_) {
    FUZZ_CHECK(welcome.session == SessionKind::kNew, "resumed without a ticket", name);
    FUZZ_CHECK(known == sessions_.end(), "another's peer id is given", name);
  }
  if (known != sessions_.end() && known->second.socket != SocketId{}) {
    FUZZ_CHECK(sockets_.at(known->second.socket).closed, "a session on two sockets", name);
  }
  if (resumed) {
    FUZZ_CHECK(known != sessions_.end(), "a session is resumed that never was", name);
    FUZZ_CHECK(welcome.received == known->second.received, "resumed with a wrong count", name);
    known->second.next = *shown_->received + 1;
  } else {
    sessions_[welcome.peer] = PenSession{};
  }
  PenSession& session = sessions_.at(welcome.peer);
  session.socket = id;
  session.key = key_;
  socket.welcomed = true;
  socket.peer = welcome.peer;
  for (const message::Joined& joined : welcome.joined) note(session, welcome.peer, joined);
  if (welcome.ticket.empty()) return;
  tickets_.push_back({welcome.ticket, key_, welcome.peer});
  if (tickets_.size() > kTicketsMax) tickets_.erase(tickets_.begin());
}

// All who are in the channel are named, nobody else, and nobody twice.
void HubPen::note(PenSession& session, const PeerId& self, const message::Joined& joined) {
  const std::string& name = joined.channel.value;
  FUZZ_CHECK(session.channels.insert(joined.channel).second, "joined twice", name);
  std::set<PeerId> named;
  for (const MemberInfo& member : joined.members) {
    FUZZ_CHECK(member.peer != self && named.insert(member.peer).second, "named twice", name);
    const auto known = sessions_.find(member.peer);
    FUZZ_CHECK(known != sessions_.end() && known->second.channels.contains(joined.channel),
               "a member that never joined", name);
    session.incarnations[member.peer] = member.incarnation;
  }
  for (const auto& [peer, other] : sessions_) {
    const bool is_there = other.socket != SocketId{} && other.channels.contains(joined.channel);
    if (is_there && peer != self) FUZZ_CHECK(named.contains(peer), "a member is not named", name);
  }
}

void HubPen::read(PenSession& session, const PeerId& self, const HubMessage& message) {
  std::visit(
      [&](const auto& one) {
        using Message = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<Message, message::Joined>) {
          note(session, self, one);
        } else if constexpr (!kOfSocket<Message> && !std::is_same_v<Message, message::Refused>) {
          FUZZ_CHECK(session.channels.contains(one.channel), "told of a channel that it is not in",
                     one.channel.value);
        }
        if constexpr (std::is_same_v<Message, message::Removed>)
          session.channels.erase(one.channel);
        if constexpr (std::is_same_v<Message, message::PeerJoined>) {
          FUZZ_CHECK(one.member.peer != self, "told that it joined itself", self.value);
          session.incarnations[one.member.peer] = one.member.incarnation;
        }
        constexpr bool kSpeech = std::is_same_v<Message, message::SignalFrom> ||
                                 std::is_same_v<Message, message::MessageFrom>;
        if constexpr (kSpeech) check_speech(self, one.channel, one.from, one.body);
      },
      message);
}

// On a socket that is welcomed just now it may be of any time before.
void HubPen::check_speech(const PeerId& self, const ChannelName& channel, const PeerId& from,
                          const std::string& body) const {
  if (shown_) return;
  FUZZ_CHECK(from != self, "its own words come back", self.value);
  FUZZ_CHECK(from == speaker_, "words of somebody who was silent", from.value);
  FUZZ_CHECK(body == body_, "words were changed", body);
  const auto sender = sessions_.find(from);
  FUZZ_CHECK(sender != sessions_.end() && sender->second.channels.contains(channel),
             "words of who is not in the channel", channel.value);
}

void HubPen::on(const hub_output::CloseSocket& order) {
  PenSocket& socket = sockets_.at(order.socket);
  FUZZ_CHECK(!socket.closed && !socket.gone, "closed twice", order.reason);
  FUZZ_CHECK(is_close_code(order.code), "closed with a code that is none", order.reason);
  FUZZ_CHECK(!order.reason.empty() && order.reason.size() <= 123, "no reason that fits",
             order.reason);
  socket.closed = true;
  const auto session = sessions_.find(socket.peer);
  if (session != sessions_.end() && session->second.socket == order.socket) {
    session->second.socket = {};
  }
}

void HubPen::on(const hub_output::PauseReading& order) {
  PenSocket& socket = sockets_.at(order.socket);
  FUZZ_CHECK(!socket.paused && !socket.closed && !socket.gone, "paused out of turn", "");
  socket.paused = true;
}

void HubPen::on(const hub_output::ResumeReading& order) {
  PenSocket& socket = sockets_.at(order.socket);
  FUZZ_CHECK(socket.paused && !socket.closed && !socket.gone, "resumed out of turn", "");
  socket.paused = false;
}

void HubPen::on(const hub_output::Log& order) const {
  FUZZ_CHECK(!order.event.empty(), "a log entry without a name", "");
  if (!shown_ || shown_->ticket.size() < 20) return;
  for (const auto& [name, value] : order.fields) {
    FUZZ_CHECK(value.find(shown_->ticket) == std::string::npos, "a ticket is logged", value);
  }
}

// ---- what a frame will do ----

void HubPen::expect(SocketId id, const std::string& text) {
  const auto found = sockets_.find(id);
  if (found == sockets_.end() || !found->second.open()) return;
  const PenSocket& socket = found->second;
  const Result<ClientFrame> frame = parse_client_frame(text);
  must_close_ = !frame.ok();
  if (must_close_) return;
  const std::optional<ClientMessage>& message = frame.value().message;
  const auto* hello = message ? std::get_if<message::Hello>(&*message) : nullptr;
  must_close_ = (hello != nullptr) == socket.welcomed;
  if (must_close_) return;
  if (hello != nullptr) {
    shown_ = hello->resume;
    key_ = hello->key;
    return;
  }
  PenSession& session = sessions_.at(socket.peer);
  // Our own reading of the rules, not the core's.
  const std::uint64_t seq = frame.value().seq;
  const bool again = seq != 0 && seq <= session.received;
  must_close_ = seq > session.received + 1;
  // Of an unknown type it counts as well.
  if (seq == session.received + 1) ++session.received;
  if (must_close_ || again || !message) return;
  speaker_ = socket.peer;
  body_ = frame.value().body;
  if (const auto* leave = std::get_if<message::Leave>(&*message)) {
    session.channels.erase(leave->channel);
  }
}

void HubPen::check_counts() const {
  std::size_t connections = 0;
  std::size_t live = 0;
  for (const auto& [id, socket] : sockets_) {
    if (socket.admitted && !socket.gone) ++connections;
    if (socket.open() && socket.welcomed) ++live;
  }
  std::size_t memberships = 0;
  for (const auto& [peer, session] : sessions_) {
    if (session.socket != SocketId{}) memberships += session.channels.size();
  }
  const HubCounts counts = hub_->counts();
  FUZZ_CHECK(counts.connections == connections, "another number of connections", "");
  FUZZ_CHECK(counts.peers == live + counts.away, "another number of peers", "");
  FUZZ_CHECK(counts.memberships >= memberships, "memberships were lost", "");
  FUZZ_CHECK(counts.away > 0 || counts.memberships == memberships, "memberships of nobody", "");
  FUZZ_CHECK((counts.channels == 0) == (counts.memberships == 0), "a channel without members", "");
}

}  // namespace partyline::fuzz
