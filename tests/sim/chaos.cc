#include "chaos.h"

#include <algorithm>
#include <string>
#include <utility>

namespace partyline::sim {

Chaos::Chaos(World& world)
    : world_(world), context_(world.context), random_(world.context.random) {}

void Chaos::run() {
  end_ = world_.now() + DurationMs{context_.profile.chaos_ms};
  begin();
  tick();
  world_.run_for(context_.profile.chaos_ms);
}

void Chaos::begin() {
  // All at once, or one after the other.
  const std::int64_t spread = random_.chance(400) ? 0 : random_.between(1, 3'000);
  for (int i = 0; i < context_.profile.clients; ++i) {
    ClientHost& client = world_.client("c" + std::to_string(i));
    context_.scheduler.after({random_.between(0, spread)}, [this, &client] {
      if (client.application().closed() || client.frozen()) return;
      join(client);
      if (random_.chance(700)) in_channel(Action::kPublish, client);
    });
  }
}

void Chaos::tick() {
  const std::int64_t gap = random_.between(0, 2 * context_.profile.gap_ms);
  const TimeMs next = context_.scheduler.now() + DurationMs{gap};
  if (next >= end_) return;
  context_.scheduler.at(next, [this] {
    perform(draw());
    tick();
  });
}

Action Chaos::draw() {
  const auto& weights = context_.profile.weights;
  int sum = 0;
  for (const int weight : weights) sum += weight;
  std::int64_t at = random_.between(0, std::max(sum - 1, 0));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    at -= weights[i];
    if (at < 0) return static_cast<Action>(i);
  }
  return Action::kJoin;
}

ClientHost* Chaos::someone() {
  std::vector<ClientHost*> living;
  for (const auto& client : world_.clients) {
    if (!client->application().closed()) living.push_back(client.get());
  }
  return living.empty() ? nullptr : random_.pick(living);
}

std::string Chaos::metadata() { return "{\"n\":" + std::to_string(random_.between(0, 999)) + "}"; }

void Chaos::perform(Action action) {
  ClientHost* client = someone();
  if (client == nullptr || (client->frozen() && !is_fault(action))) return;
  switch (action) {
    case Action::kJoin:
      return join(*client);
    case Action::kRetryNow:
      return client->retry_now();
    case Action::kCloseClient:
      return close(*client);
    case Action::kReload:
      return reload(*client);
    case Action::kPutAside:
      return put_aside(*client);
    case Action::kBlockPath:
      return block_path();
    case Action::kMoveHost:
      context_.trace("world", "FAULT other addresses of " + client->name());
      return world_.ice.move(client->number());
    case Action::kDeafen:
      return deafen();
    case Action::kEndpointRestart:
      return world_.active().crash({random_.between(10, 4'000)});
    case Action::kEndpointDrain:
      return world_.active().drain({random_.between(10, 2'000)});
    case Action::kFailOver:
      return world_.fail_over({random_.between(10, 6'000)});
    case Action::kPartition:
      return partition();
    case Action::kHostileFrame:
      return hostile_frame(*client);
    case Action::kStranger:
      return stranger();
    case Action::kStaleInput:
      return stale_input(*client);
    case Action::kOffline:
    case Action::kFreeze:
    case Action::kHideTab:
    case Action::kSleep:
    case Action::kClockJump:
    case Action::kHideLong:
      return disturb_host(action, *client);
    case Action::kCut:
    case Action::kHalfOpenAtClient:
    case Action::kHalfOpenAtEndpoint:
    case Action::kRefuseSockets:
    case Action::kSwallowSockets:
    case Action::kSlowReader:
    case Action::kStrand:
      return disturb_signalling(action, *client);
    default:
      return in_channel(action, *client);
  }
}

// ---- the application's ----

void Chaos::join(ClientHost& client) {
  const std::string name =
      "room-" + std::to_string(random_.between(1, context_.profile.channel_names));
  if (client.application().current(name) == nullptr) client.join(name, metadata());
}

void Chaos::close(ClientHost& client) {
  client.close();
  if (world_.clients.size() > 20) return;
  ClientHost& next = world_.client("c" + std::to_string(world_.clients.size()));
  join(next);
}

// The last words of a page may be lost.
void Chaos::reload(ClientHost& client) {
  if (!context_.profile.faultless && random_.chance(300)) {
    world_.network.cut(client.port(), false, false);
  }
  client.hide_page(false);
  if (world_.clients.size() > 20) return;
  ClientHost& next =
      world_.client("c" + std::to_string(world_.clients.size()), client.handed_over());
  context_.scheduler.after({random_.between(0, 3'000)}, [this, &next] {
    if (!next.application().closed() && !next.frozen()) join(next);
  });
}

void Chaos::put_aside(ClientHost& client) {
  if (client.frozen()) return;
  context_.trace(client.name(), "FAULT put aside");
  client.hide_page(true);
  client.freeze(
      {random_.chance(200) ? random_.between(10'000, 40'000) : random_.between(10, 5'000)});
}

void Chaos::in_channel(Action action, ClientHost& client) {
  std::vector<IntendedChannel*> channels;
  for (auto& [id, channel] : client.application().channels()) {
    if (!channel.left) channels.push_back(&channel);
  }
  if (channels.empty()) return;
  IntendedChannel& channel = *random_.pick(channels);
  switch (action) {
    case Action::kLeave:
      client.leave(channel.id);
      // Often the same name again, at once.
      if (random_.chance(400)) client.join(channel.name.value, metadata());
      return;
    case Action::kPublish:
      return publish(client, channel);
    case Action::kSetMetadata:
      return client.set_metadata(channel.id, metadata());
    case Action::kOpenDataChannel:
      return open_data_channel(client, channel);
    case Action::kSend:
      return send(client, channel);
    case Action::kCloseDataChannel:
      if (!channel.data_channels.empty()) {
        client.close_data_channel(channel.data_channels.begin()->first);
      }
      return;
    default:
      return touch_publication(action, client, channel);
  }
}

void Chaos::publish(ClientHost& client, IntendedChannel& channel) {
  static const std::vector<std::string> kNames{"camera", "screen", "instrument"};
  const std::string& name = random_.pick(kNames);
  if (channel.find(PublicationName{name}) != nullptr) return;
  const bool audio = random_.chance(700);
  const bool video = !audio || random_.chance(600);
  client.publish(channel.id, name, audio, video, metadata());
  if (random_.chance(150)) client.set_muted(channel.id, name, true);
}

void Chaos::touch_publication(Action action, ClientHost& client, IntendedChannel& channel) {
  if (channel.publications.empty()) return;
  const IntendedPublication& publication =
      channel.publications[random_.index(channel.publications.size())];
  const std::string name = publication.name.value;
  const MediaKind kind = publication.audio && (!publication.video || random_.chance(500))
                             ? MediaKind::kAudio
                             : MediaKind::kVideo;
  switch (action) {
    case Action::kUnpublish:
      client.unpublish(channel.id, name);
      // A quick change of mind.
      if (random_.chance(300)) client.publish(channel.id, name, true, random_.chance(500));
      return;
    case Action::kMute:
      return client.set_muted(channel.id, name, random_.chance(550),
                              random_.chance(600) ? std::optional(kind) : std::nullopt);
    case Action::kReplaceTrack:
      return client.replace_track(channel.id, name, kind);
    default:
      return client.set_publication_metadata(channel.id, name, metadata());
  }
}

// Alone or several at once, to all or to one, and now and then so large that buffers overflow.
void Chaos::send(ClientHost& client, const IntendedChannel& channel) {
  std::optional<PeerId> to;
  const ToldChannel* told = client.observer().channel(channel.id);
  if (told != nullptr && !told->peers.empty() && random_.chance(300)) {
    auto peer = told->peers.begin();
    std::advance(peer, static_cast<std::ptrdiff_t>(random_.index(told->peers.size())));
    to = peer->first;
  }
  for (std::int64_t more = random_.chance(200) ? random_.between(2, 40) : 1; more > 0; --more) {
    const std::int64_t padding = random_.chance(30) ? random_.between(10'000, 60'000) : 0;
    client.send(channel.id, to, static_cast<std::size_t>(padding));
  }
}

void Chaos::open_data_channel(ClientHost& client, const IntendedChannel& channel) {
  const ToldChannel* told = client.observer().channel(channel.id);
  if (told == nullptr || told->peers.empty()) return;
  auto peer = told->peers.begin();
  std::advance(peer, static_cast<std::ptrdiff_t>(random_.index(told->peers.size())));
  client.open_data_channel(channel.id, peer->first);
}

// ---- faults ----

void Chaos::disturb_signalling(Action action, ClientHost& client) {
  Port& port = client.port();
  const TimeMs now = context_.scheduler.now();
  context_.trace(client.name(), "FAULT " + std::string(action_name(action)));
  switch (action) {
    case Action::kHalfOpenAtClient:
      return world_.network.cut(port, false, true);
    case Action::kHalfOpenAtEndpoint:
      return world_.network.cut(port, true, false);
    case Action::kRefuseSockets:
      port.refused_until = now + DurationMs{random_.between(100, 10'000)};
      break;
    case Action::kSwallowSockets:
      port.swallowed_until = now + DurationMs{random_.between(100, 10'000)};
      break;
    case Action::kStrand:
      return world_.network.strand(port, {random_.between(1, 6'000)});
    case Action::kSlowReader:
      if (const Wire* wire = world_.network.living(port)) wire->endpoint->queue_full(*wire);
      return;
    default:
      break;
  }
  world_.cut(client);
}

void Chaos::disturb_host(Action action, ClientHost& client) {
  if (action == Action::kFreeze) {
    return client.freeze(
        {random_.chance(200) ? random_.between(10'000, 30'000) : random_.between(10, 4'000)});
  }
  if (action == Action::kHideTab) {
    client.set_timer_grain({random_.chance(500) ? 1'000 : 60'000});
    context_.scheduler.after({random_.between(1'000, 20'000)},
                             [&client] { client.set_timer_grain({0}); });
    return;
  }
  if (action == Action::kSleep) return sleep(client);
  if (action == Action::kClockJump) {
    client.jump_clock(
        {random_.chance(500) ? random_.between(100, 60'000) : random_.between(60'000, 7'200'000)});
    // Pages are mostly told that they go on.
    if (random_.chance(700)) client.deliver(input::Resumed{});
    return;
  }
  if (action == Action::kHideLong) {
    context_.trace(client.name(), "HIDDEN");
    client.set_timer_grain({60'000});
    context_.scheduler.after({random_.between(60'000, 400'000)}, [&client] {
      client.set_timer_grain({0});
      client.deliver(input::Resumed{});
    });
    return;
  }
  client.go_offline();
  context_.scheduler.after({random_.between(10, 15'000)}, [&client] { client.go_online(); });
}

// No packet reaches the host, on no way.
void Chaos::sleep(ClientHost& client) {
  if (client.frozen()) return;
  const DurationMs span{random_.chance(300) ? random_.between(20'000, 200'000)
                                            : random_.between(500, 20'000)};
  const int asleep = client.number();
  for (const auto& other : world_.clients) {
    if (other->number() == asleep) continue;
    world_.ice.block(asleep, other->number(), true);
    context_.scheduler.after(span, [this, asleep, number = other->number()] {
      world_.ice.block(asleep, number, false);
    });
  }
  client.sleep(span, random_.chance(500), random_.chance(700));
}

// Some on this side, the endpoint and the others on that, and nobody is told.
void Chaos::partition() {
  context_.trace("world", "FAULT partition");
  const DurationMs span{random_.between(200, 20'000)};
  const TimeMs end = context_.scheduler.now() + span;
  std::vector<bool> cut_off;
  for (std::size_t i = 0; i < world_.clients.size(); ++i) cut_off.push_back(random_.chance(400));
  for (std::size_t i = 0; i < cut_off.size(); ++i) {
    if (!cut_off[i]) continue;
    Port& port = world_.clients[i]->port();
    world_.network.cut(port, false, false);
    port.swallowed_until = end;
    for (std::size_t j = 0; j < cut_off.size(); ++j) {
      if (cut_off[j]) continue;
      const int a = world_.clients[i]->number();
      const int b = world_.clients[j]->number();
      world_.ice.block(a, b, true);
      context_.scheduler.at(end, [this, a, b] { world_.ice.block(a, b, false); });
    }
  }
}

void Chaos::block_path() {
  const ClientHost* a = someone();
  const ClientHost* b = someone();
  if (a == b) return;
  const int first = a->number();
  const int second = b->number();
  context_.trace("world", "FAULT no path between " + a->name() + " and " + b->name());
  world_.ice.block(first, second, true);
  context_.scheduler.after({random_.between(100, 25'000)},
                           [this, first, second] { world_.ice.block(first, second, false); });
}

void Chaos::deafen() {
  const ClientHost* from = someone();
  const ClientHost* to = someone();
  if (from == to) return;
  context_.trace("world", "FAULT no media from " + from->name() + " to " + to->name());
  world_.ice.deafen(from->number(), to->number(), random_.chance(500));
}

std::string Chaos::hostile_text() {
  static const std::vector<std::string> kTexts{
      "",
      "{",
      "null",
      "[]",
      "{\"type\":7}",
      "{\"type\":\"welcome\"}",
      "{\"type\":\"joined\",\"channel\":\"room-1\"}",
      "{\"type\":\"signal\",\"channel\":\"room-1\"}\n\xff\xfe",
      "{\"type\":\"hello\",\"version\":99}",
      "{\"type\":\"hello\",\"version\":1,\"key\":\"pk_wrong\"}",
      "{\"type\":\"no such type\"}",
      "{\"type\":\"update\",\"channel\":\"room-1\",\"metadata\":{}}",
      "{\"type\":\"ping\"}",
  };
  if (random_.chance(100)) return std::string(5'000, '[');
  std::string text = random_.pick(kTexts);
  if (!text.empty() && random_.chance(300)) {
    text[random_.index(text.size())] = static_cast<char>(random_.between(0, 255));
  }
  return text;
}

void Chaos::hostile_frame(ClientHost& client) {
  const Wire* wire = world_.network.living(client.port());
  if (wire == nullptr) return;
  if (random_.chance(200)) return client.deliver(input::BinaryReceived{wire->client_id});
  client.deliver(input::FrameReceived{wire->client_id, hostile_text()});
}

void Chaos::stranger() {
  strangers_.push_back({});
  Port& port = strangers_.back();
  port.who = "stranger";
  port.address = "10.9.9.9";
  port.origin = "https://elsewhere.example";
  const std::string text = hostile_text();
  port.deliver = [this, &port, text](const ClientInput& input) {
    const auto* opened = std::get_if<input::SocketOpened>(&input);
    if (opened == nullptr) return;
    world_.network.send(port, opened->socket, text);
    if (text.size() % 2 == 0) world_.network.send(port, opened->socket, text);
  };
  world_.network.open(port, SocketId{1});
}

// Of credentials that no description has any more: the other side must not add it.
void Chaos::old_candidate(ClientHost& client) {
  for (const auto& [id, connection] : client.browser().connections()) {
    if (!connection->open) continue;
    return client.deliver(input::CandidateGathered{
        id, {"candidate:9 1 udp 1 10.0.0.9 9 typ host ufrag old", Mid{"0"}, "old"}});
  }
}

void Chaos::stale_input(ClientHost& client) {
  // An operation that has ended, or one that never was.
  const OperationId old = client.browser().ended_operation().value_or(OperationId{1'000'000'000});
  switch (random_.between(0, 10)) {
    case 0:
      return client.deliver(input::SocketClosed{SocketId{1'000'000}, 1000, ""});
    case 1:
      return client.deliver(input::OfferMade{old, "v=0\r\n", {}});
    case 2:
      return client.deliver(input::AnswerMade{old, "v=0\r\n", {}});
    case 3:
      return client.deliver(input::OperationFailed{old, "AbortError", "stale"});
    case 4:
      return client.deliver(input::TokenReady{old, "token"});
    case 5:
      return client.deliver(input::Wakeup{});
    case 6:
      return client.deliver(input::WentOnline{});
    case 7:
      return old_candidate(client);
    case 8:
      return client.deliver(input::Resumed{});
    case 9:
      return client.deliver(
          input::CandidateGathered{ConnectionId{1'000'000}, {"x", Mid{"0"}, "y"}});
    default:
      return client.deliver(
          input::ConnectionStateChanged{ConnectionId{1'000'000}, ConnectionState::kFailed});
  }
}

}  // namespace partyline::sim
