#include "client_pen.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "fuzz_check.h"
#include "partyline/client_json.h"
#include "partyline/companion_json.h"
#include "partyline/limits.h"

namespace partyline::fuzz {
namespace {

constexpr std::size_t kOrdersMax = 2'000;
constexpr int kWakeupsMax = 20'000;
constexpr int kWakeupsAtOnceMax = 10;

ClientOptions options() {
  ClientOptions options;
  options.endpoints = {"wss://one.example", "wss://two.example"};
  options.key = "pk_fuzz";
  return options;
}

template <class State, std::size_t N>
bool is_legal(const std::array<std::pair<State, State>, N>& table, State from, State to) {
  return std::find(table.begin(), table.end(), std::pair(from, to)) != table.end();
}

bool is_legal(LineState from, LineState to) {
  using enum LineState;
  constexpr std::array<std::pair<LineState, LineState>, 11> kTable{
      {{kIdle, kConnecting},
       {kIdle, kClosed},
       {kConnecting, kConnected},
       {kConnecting, kReconnecting},
       {kConnecting, kClosed},
       {kConnected, kReconnecting},
       {kConnected, kClosed},
       {kReconnecting, kConnected},
       {kReconnecting, kClosed},
       {kConnecting, kConnecting},
       {kReconnecting, kReconnecting}}};
  return is_legal(kTable, from, to);
}

bool is_legal(ChannelState from, ChannelState to) {
  using enum ChannelState;
  constexpr std::array<std::pair<ChannelState, ChannelState>, 6> kTable{{{kJoining, kJoined},
                                                                         {kJoining, kLeft},
                                                                         {kJoined, kReconnecting},
                                                                         {kJoined, kLeft},
                                                                         {kReconnecting, kJoined},
                                                                         {kReconnecting, kLeft}}};
  return is_legal(kTable, from, to);
}

bool is_legal(PeerState from, PeerState to) {
  using enum PeerState;
  if (from == kLeft || from == to) return false;
  if (from == kConnecting) return to != kReconnecting;
  return from == kAway || to != kConnecting;
}

// What is written must come out the same.
template <class Output, class Parse>
void check_door(const std::string& text, const std::vector<Output>& outputs, const Parse& parse) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  FUZZ_CHECK(!json.is_discarded(), "the door's text is no JSON", text);
  const auto& list = json.at("outputs");
  FUZZ_CHECK(list.size() == outputs.size(), "the door loses an order", text);
  for (std::size_t index = 0; index < outputs.size(); ++index) {
    const auto again = parse(list[index].dump());
    FUZZ_CHECK(again.ok() && again.value() == outputs[index], "the door changes an order",
               list[index].dump());
  }
}

std::string text_of(const PeerId& peer) { return peer.value; }
std::string text_of(ChannelId channel) { return std::to_string(channel.value); }

}  // namespace

ClientPen::ClientPen() : client_(options(), 7), companion_(CompanionOptions{}) {}

// ---- what happens ----

void ClientPen::tell(const ClientInput& input) {
  note(input);
  client_.handle(now_, input);
  std::vector<ClientOutput> outputs;
  while (std::optional<ClientOutput> output = client_.poll()) {
    FUZZ_CHECK(outputs.size() < kOrdersMax, "orders without end", "");
    std::visit([this](const auto& order) { on(order); }, *output);
    outputs.push_back(std::move(*output));
  }
  page_hidden_ = false;
  check_step(outputs);
  if (auto fact = fact_for<CompanionInput>(input)) tell_companion(*fact);
  for (const ClientOutput& output : outputs) {
    if (auto fact = fact_for<CompanionInput>(output)) tell_companion(*fact);
  }
}

void ClientPen::tell_companion(const CompanionInput& input) {
  companion_.handle(now_, input);
  std::vector<CompanionOutput> outputs;
  while (std::optional<CompanionOutput> output = companion_.poll()) {
    FUZZ_CHECK(outputs.size() < kOrdersMax, "orders of the companion without end", "");
    outputs.push_back(std::move(*output));
  }
  if (!outputs.empty()) {
    check_door(write_step_result(outputs, companion_.next_wakeup()), outputs,
               parse_companion_output);
  }
  for (const CompanionOutput& output : outputs) {
    if (const auto order = fact_for<ClientInput>(output)) {
      tell(*order);
    } else {
      std::visit(
          [this](const auto& order) {
            if constexpr (requires { on(order); }) on(order);
          },
          output);
    }
  }
}

void ClientPen::note(const ClientInput& input) {
  if (const auto* opened = std::get_if<input::SocketOpened>(&input)) {
    const auto socket = sockets_.find(opened->socket);
    if (socket != sockets_.end() && socket->second == WireState::kOrdered) {
      socket->second = WireState::kOpen;
    }
  } else if (const auto* closed = std::get_if<input::SocketClosed>(&input)) {
    const auto socket = sockets_.find(closed->socket);
    if (socket != sockets_.end()) socket->second = WireState::kClosed;
  } else if (const auto* offer = std::get_if<input::OfferMade>(&input)) {
    end_operation(offer->operation);
  } else if (const auto* answer = std::get_if<input::AnswerMade>(&input)) {
    end_operation(answer->operation);
  } else if (const auto* accepted = std::get_if<input::AnswerAccepted>(&input)) {
    end_operation(accepted->operation);
  } else if (const auto* failed = std::get_if<input::OperationFailed>(&input)) {
    end_operation(failed->operation);
  } else if (std::holds_alternative<input::PageHidden>(input)) {
    page_hidden_ = true;
  }
}

void ClientPen::end_operation(OperationId operation) {
  std::erase_if(operations_, [&](const PenOperation& one) { return one.id == operation; });
}

ChannelId ClientPen::join(const ChannelName& name, JsonText metadata) {
  const ChannelId id{++channels_made_};
  channels_[id];
  ask(input::Join{{}, id, name, std::move(metadata)});
  return id;
}

void ClientPen::open_data_channel(input::OpenDataChannel wish) {
  wish.data_channel = DataChannelId{++data_channels_};
  tell(ClientInput{std::move(wish)});
}

void ClientPen::run_for(DurationMs span) {
  const TimeMs end = now_ + span;
  int at_once = 0;
  for (int wakeups = 0; client_.next_wakeup() && *client_.next_wakeup() <= end; ++wakeups) {
    FUZZ_CHECK(wakeups < kWakeupsMax, "wake-ups without end", "");
    now_ = std::max(now_, *client_.next_wakeup());
    tell(input::Wakeup{});
    const auto next = client_.next_wakeup();
    // One thing may follow another without delay, but not for ever.
    at_once = next && *next <= now_ ? at_once + 1 : 0;
    FUZZ_CHECK(at_once < kWakeupsAtOnceMax, "wake-ups that change nothing", "");
  }
  now_ = end;
}

void ClientPen::jump(DurationMs span) {
  now_ = now_ + span;
  tell(input::Wakeup{});
}

void ClientPen::end() {
  tell(input::Close{});
  FUZZ_CHECK(line_ == LineState::kClosed, "it does not close", "");
  FUZZ_CHECK(waiting_.empty(), "a call is never answered", "");
}

// All of it as the page gets it.
void ClientPen::check_step(const std::vector<ClientOutput>& outputs) {
  if (line_ == LineState::kClosed) {
    FUZZ_CHECK(!client_.next_wakeup(), "a timer runs after the end", "");
    for (const auto& [id, socket] : sockets_) {
      FUZZ_CHECK(socket == WireState::kClosed, "a socket is left open", "");
    }
    for (const auto& [id, connection] : connections_) {
      FUZZ_CHECK(!connection.open, "a connection is left open", "");
    }
  }
  if (outputs.empty()) return;
  check_door(write_step_result(outputs, client_.next_wakeup()), outputs, parse_client_output);
}

// ---- what is there ----

bool ClientPen::is_open() const {
  const auto socket = sockets_.find(socket_);
  return socket != sockets_.end() && socket->second == WireState::kOpen;
}

ConnectionId ClientPen::connection(std::size_t index) const {
  if (index >= connections_.size()) return {};
  return std::next(connections_.rbegin(), static_cast<std::ptrdiff_t>(index))->first;
}

const std::map<SlotId, Mid>& ClientPen::slots(ConnectionId id) const {
  static const std::map<SlotId, Mid> kNone;
  const auto connection = connections_.find(id);
  return connection == connections_.end() ? kNone : connection->second.slots;
}

// ---- sockets ----

void ClientPen::on(const output::OpenSocket& order) {
  for (const auto& [id, state] : sockets_) {
    FUZZ_CHECK(state == WireState::kClosed, "two sockets at once", order.url);
  }
  FUZZ_CHECK(sockets_.emplace(order.socket, WireState::kOrdered).second, "a socket's id twice", "");
  FUZZ_CHECK(order.url.starts_with("wss://"), "another endpoint", order.url);
  socket_ = order.socket;
  hello_.reset();
}

void ClientPen::on(const output::SendFrame& order) {
  const auto socket = sockets_.find(order.socket);
  FUZZ_CHECK(socket != sockets_.end() && socket->second == WireState::kOpen,
             "a frame to a socket that is not open", order.text);
  const Result<ClientMessage> message = parse_client_message(order.text);
  FUZZ_CHECK(message.ok(), "a frame that no hub understands", order.text);
  const auto* hello = std::get_if<message::Hello>(&message.value());
  FUZZ_CHECK((hello != nullptr) != hello_.has_value(), "a hello out of turn", order.text);
  if (hello != nullptr) {
    hello_ = *hello;
    for (const message::Join& join : hello->joins) requests_[join.channel] = join.request;
  }
  if (const auto* join = std::get_if<message::Join>(&message.value())) {
    requests_[join->channel] = join->request;
  }
  if (const auto* signal = std::get_if<message::SignalTo>(&message.value())) {
    const Result<Signal> parsed = parse_signal(signal->body);
    FUZZ_CHECK(parsed.ok(), "a signal that no peer understands", order.text);
    signal_ = parsed.value();
  }
}

void ClientPen::on(const output::CloseSocket& order) {
  const auto socket = sockets_.find(order.socket);
  FUZZ_CHECK(socket != sockets_.end() && socket->second != WireState::kClosed,
             "a socket is closed twice", order.reason);
  socket->second = WireState::kClosed;
}

void ClientPen::on(const output::RequestToken&) {
  FUZZ_CHECK(false, "a token is asked for where there is a key", "");
}

// ---- connections ----

PenConnection& ClientPen::open_connection(ConnectionId id, const char* order) {
  const auto connection = connections_.find(id);
  FUZZ_CHECK(connection != connections_.end() && connection->second.open,
             "an order to a connection that is closed or unknown", order);
  return connection->second;
}

void ClientPen::begin(OperationId operation, PenOperation::Kind kind, ConnectionId connection) {
  FUZZ_CHECK(operations_seen_.insert(operation).second, "an operation's id twice", "");
  for (const PenOperation& other : operations_) {
    FUZZ_CHECK(other.connection != connection, "two operations at once", "");
  }
  operations_.push_back({operation, kind, connection});
}

void ClientPen::attach(PenConnection& connection, const std::vector<Attachment>& attachments) {
  for (const Attachment& one : attachments) {
    connection.slots[one.slot] = one.mid ? *one.mid : Mid("m" + std::to_string(one.slot.value));
  }
}

void ClientPen::on(const output::CreateConnection& order) {
  living(order.channel, "create-connection");
  PenConnection connection{order.channel, order.peer};
  FUZZ_CHECK(connections_.emplace(order.connection, std::move(connection)).second,
             "a connection's id twice", "");
}
void ClientPen::on(const output::SetIceServers&) {}
void ClientPen::on(const output::MakeOffer& order) {
  attach(open_connection(order.connection, "make-offer"), order.attach);
  begin(order.operation, PenOperation::Kind::kMakeOffer, order.connection);
}
void ClientPen::on(const output::AcceptOffer& order) {
  attach(open_connection(order.connection, "accept-offer"), order.attach);
  begin(order.operation, PenOperation::Kind::kAcceptOffer, order.connection);
}
void ClientPen::on(const output::AcceptAnswer& order) {
  open_connection(order.connection, "accept-answer");
  begin(order.operation, PenOperation::Kind::kAcceptAnswer, order.connection);
}
void ClientPen::on(const output::AddCandidates& order) {
  open_connection(order.connection, "add-candidates");
  FUZZ_CHECK(!order.candidates.empty(), "no candidates are added", "");
}
void ClientPen::on(const output::SetTrack& order) {
  PenConnection& connection = open_connection(order.connection, "set-track");
  FUZZ_CHECK(connection.slots.contains(order.slot), "a track for an unknown slot", "");
}
void ClientPen::on(const output::DetachSlot& order) {
  PenConnection& connection = open_connection(order.connection, "detach-slot");
  FUZZ_CHECK(connection.slots.erase(order.slot) == 1, "an unknown slot is detached", "");
}
void ClientPen::on(const output::ReadStatistics& order) {
  open_connection(order.connection, "read-statistics");
}
void ClientPen::on(const output::CloseConnection& order) {
  open_connection(order.connection, "close-connection").open = false;
  std::erase_if(operations_,
                [&](const PenOperation& one) { return one.connection == order.connection; });
}
void ClientPen::on(const output::OpenDataChannel& order) {
  open_connection(order.connection, "open-data-channel");
  FUZZ_CHECK(order.data_channel.value != 0 && order.data_channel.value <= data_channels_ &&
                 !ended_data_channels_.contains(order.data_channel),
             "a data channel that is unknown or has ended", order.label);
}
void ClientPen::on(const output::EndDataChannel& order) {
  FUZZ_CHECK(ended_data_channels_.insert(order.data_channel).second, "a data channel ends twice",
             "");
}

// ---- the line and channels ----

void ClientPen::on(const output::CallDone& order) {
  FUZZ_CHECK(waiting_.erase(order.call) == 1, "a call is answered twice", "");
}
void ClientPen::on(const output::LineStateChanged& order) {
  FUZZ_CHECK(order.from == line_ && is_legal(order.from, order.to), "illegal change of the line",
             order.code);
  line_ = order.to;
}
void ClientPen::on(const output::HandOver& order) {
  FUZZ_CHECK(page_hidden_, "handed over without need", order.text);
}
void ClientPen::on(const output::Identified& order) {
  FUZZ_CHECK(!order.peer.empty(), "identified as nobody", "");
  me_ = order.peer;
}
void ClientPen::on(const output::LineError& order) {
  FUZZ_CHECK(!order.error.detail.empty(), "an error without words", "");
}

PenChannel& ClientPen::living(ChannelId id, const char* event) {
  const auto channel = channels_.find(id);
  FUZZ_CHECK(channel != channels_.end() && channel->second.state != ChannelState::kLeft,
             "told of a channel that was left", event);
  return channel->second;
}

void ClientPen::on(const output::ChannelStateChanged& order) {
  PenChannel& channel = living(order.channel, "channel-state");
  FUZZ_CHECK(order.from == channel.state && is_legal(order.from, order.to),
             "illegal change of a channel", text_of(order.channel));
  channel.state = order.to;
  if (order.to == ChannelState::kLeft) channel.peers.clear();
}
void ClientPen::on(const output::ChannelError& order) {
  // Also of one that has ended by it.
  FUZZ_CHECK(channels_.contains(order.channel), "an error of an unknown channel", "");
  FUZZ_CHECK(!order.error.detail.empty(), "an error without words", "");
}

// ---- peers ----

PenPeer& ClientPen::present(ChannelId id, const PeerId& name, const char* event) {
  PenChannel& channel = living(id, event);
  const auto peer = channel.peers.find(name);
  FUZZ_CHECK(peer != channel.peers.end(), "told of a peer who is not there", event);
  return peer->second;
}

void ClientPen::on(const output::PeerJoined& order) {
  PenChannel& channel = living(order.channel, "peer-joined");
  FUZZ_CHECK(channel.state == ChannelState::kJoined, "a peer joins while one is not there", "");
  FUZZ_CHECK(channel.peers.emplace(order.member.peer, PenPeer{}).second, "a peer joins twice",
             text_of(order.member.peer));
}
void ClientPen::on(const output::PeerLeft& order) {
  const PenPeer& peer = present(order.channel, order.peer, "peer-left");
  FUZZ_CHECK(peer.streams.empty(), "a peer leaves its streams behind", text_of(order.peer));
  FUZZ_CHECK(peer.state == PeerState::kLeft, "a peer leaves in another state", text_of(order.peer));
  channels_.at(order.channel).peers.erase(order.peer);
}
void ClientPen::on(const output::PeerStateChanged& order) {
  PenPeer& peer = present(order.channel, order.peer, "peer-state");
  FUZZ_CHECK(order.from == peer.state && is_legal(order.from, order.to), "illegal change of a peer",
             text_of(order.peer));
  peer.state = order.to;
}
void ClientPen::on(const output::PeerMetadataChanged& order) {
  present(order.channel, order.peer, "peer-metadata");
}
void ClientPen::on(const output::PeerPublicationsChanged& order) {
  present(order.channel, order.peer, "peer-publications");
}

void ClientPen::check_tracks(ChannelId channel, const PeerId& peer,
                             const std::vector<RemoteTrack>& tracks) const {
  std::set<MediaKind> kinds;
  for (const RemoteTrack& track : tracks) {
    FUZZ_CHECK(kinds.insert(track.kind).second, "two tracks of a kind", text_of(peer));
    const auto found = connections_.find(track.connection);
    FUZZ_CHECK(found != connections_.end() && found->second.open &&
                   found->second.channel == channel && found->second.peer == peer,
               "a track that is not on the peer's connection", text_of(peer));
  }
}

void ClientPen::on(const output::StreamAdded& order) {
  PenPeer& peer = present(order.channel, order.peer, "stream-added");
  FUZZ_CHECK(!order.tracks.empty(), "a stream without tracks", order.name.value);
  check_tracks(order.channel, order.peer, order.tracks);
  FUZZ_CHECK(peer.streams.emplace(order.name, order.tracks).second, "a stream is added twice",
             order.name.value);
}
void ClientPen::on(const output::StreamTracksChanged& order) {
  PenPeer& peer = present(order.channel, order.peer, "stream-tracks");
  FUZZ_CHECK(peer.streams.contains(order.name), "tracks of no stream", order.name.value);
  check_tracks(order.channel, order.peer, order.tracks);
  peer.streams[order.name] = order.tracks;
}
void ClientPen::on(const output::StreamRemoved& order) {
  PenPeer& peer = present(order.channel, order.peer, "stream-removed");
  FUZZ_CHECK(peer.streams.erase(order.name) == 1, "a stream is removed twice", order.name.value);
}
void ClientPen::on(const output::MessageReceived& order) {
  present(order.channel, order.peer, "message");
}
void ClientPen::on(const output::ConnectionReset& order) {
  present(order.channel, order.peer, "connection-reset");
  open_connection(order.connection, "connection-reset");
}
void ClientPen::on(const output::ChannelRoute& order) {
  PenChannel& channel = living(order.channel, "channel-route");
  FUZZ_CHECK(!order.open || channel.state == ChannelState::kJoined, "open but not joined", "");
  channel.open = order.open;
}
void ClientPen::on(const output::MembershipBegan& order) {
  PenChannel& channel = living(order.channel, "membership");
  FUZZ_CHECK(!channel.open && order.membership > channel.membership, "a membership out of turn",
             text_of(order.channel));
  channel.membership = order.membership;
}
void ClientPen::on(const output::ChannelFrame& order) {
  FUZZ_CHECK(living(order.channel, "channel-frame").state == ChannelState::kJoined,
             "a frame while not joined", order.text);
}
void ClientPen::on(const output::Log&) {}

}  // namespace partyline::fuzz
