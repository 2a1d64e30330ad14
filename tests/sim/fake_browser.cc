#include "fake_browser.h"

#include <algorithm>
#include <utility>

#include "relays.h"

namespace partyline::sim {

namespace {

// Unique in the world and readable: host 3's connection 12 is 3012.
std::uint64_t origin_of(int host, ConnectionId id) {
  return static_cast<std::uint64_t>(host + 1) * 100'000 + id.value;
}

}  // namespace

FakeBrowser::FakeBrowser(Context& context, IceNetwork& ice, std::string who, int host,
                         Deliver deliver)
    : context_(context),
      ice_(ice),
      who_(std::move(who)),
      host_(host),
      firefox_(context.random.chance(context.profile.firefox_per_mille)),
      deliver_(std::move(deliver)) {}

// ---- orders ----

BrowserConnection* FakeBrowser::open_connection(ConnectionId id, std::string_view order) {
  const auto it = connections_.find(id);
  if (it != connections_.end() && it->second->open) return it->second.get();
  context_.violate(
      who_, std::string(order) + " on unknown or closed connection " + std::to_string(id.value));
  return nullptr;
}

void FakeBrowser::execute(const output::CreateConnection& order) {
  if (connections_.contains(order.connection)) {
    return context_.violate(who_, "connection id used twice");
  }
  if (open_to(order.channel, order.peer) != nullptr) {
    return context_.violate(who_, "two open connections to one peer in one channel");
  }
  auto made = std::make_unique<BrowserConnection>(order.connection, order.channel, order.peer,
                                                  origin_of(host_, order.connection));
  made->ice = ice_.add(made->model, host_, [this, id = order.connection](ConnectionState state) {
    deliver_(input::ConnectionStateChanged{id, state});
  });
  made->relays_until = good_until(order.ice_servers.text);
  connections_[order.connection] = std::move(made);
}

void FakeBrowser::execute(const output::SetIceServers& order) {
  for (const auto& [id, connection] : connections_) {
    if (!connection->open) continue;
    connection->relays_until = good_until(order.ice_servers.text);
    connection->model.change_ice_servers();
  }
}

BrowserConnection* FakeBrowser::begin(ConnectionId id, OperationId operation,
                                      std::string_view order,
                                      const std::vector<Attachment>& attach) {
  BrowserConnection* connection = open_connection(id, order);
  if (connection == nullptr) return nullptr;
  if (!operations_.insert(operation).second) {
    context_.violate(who_, "operation id used twice");
    return nullptr;
  }
  if (connection->running) {
    context_.violate(who_, std::string(order) + " while operation " +
                               std::to_string(connection->running->value) + " is under way");
    return nullptr;
  }
  connection->running = operation;
  connection->to_attach = attach;
  for (const Attachment& attachment : attach) connection->slots.insert(attachment.slot);
  return connection;
}

void FakeBrowser::execute(const output::MakeOffer& order) {
  BrowserConnection* c = begin(order.connection, order.operation, "make-offer", order.attach);
  if (c == nullptr || !attach_all(*c)) return;
  const Fate fate = draw_fate(*c, BrowserOperation::kMakeOffer);
  if (fate == Fate::kSticks) return;
  later(*c, [this, c, order, fate] {
    if (fate == Fate::kFails) return fail(*c, order.operation, {"OperationError", "injected"});
    Made made = c->model.set_local_offer(order.ice_restart);
    if (made.failure) {
      judge(*c, "make-offer", *made.failure);
      return fail(*c, order.operation, *made.failure);
    }
    end(*c, input::OfferMade{order.operation, maybe_damaged(std::move(made.sdp)),
                             c->model.slot_mids()});
    described(*c);
  });
}

void FakeBrowser::execute(const output::AcceptOffer& order) {
  BrowserConnection* c = begin(order.connection, order.operation, "accept-offer", order.attach);
  if (c == nullptr) return;
  const Fate fate = draw_fate(*c, BrowserOperation::kAcceptOffer);
  if (fate == Fate::kSticks) return;
  const bool fails_early = fate == Fate::kFails && context_.random.chance(500);
  later(*c, [this, c, order, fate, fails_early] {
    if (fails_early) return fail(*c, order.operation, {"InvalidAccessError", "injected"});
    if (const auto failure = c->model.set_remote_offer(order.sdp)) {
      judge(*c, "accept-offer", *failure);
      return fail(*c, order.operation, *failure);
    }
    if (!attach_all(*c)) return;
    later(*c, [this, c, order, fate] {
      if (fate == Fate::kFails) return fail(*c, order.operation, {"OperationError", "injected"});
      Made made = c->model.set_local_answer();
      if (made.failure) {
        judge(*c, "accept-offer", *made.failure);
        return fail(*c, order.operation, *made.failure);
      }
      end(*c, input::AnswerMade{order.operation, maybe_damaged(std::move(made.sdp)),
                                c->model.slot_mids()});
      described(*c);
    });
  });
}

void FakeBrowser::execute(const output::AcceptAnswer& order) {
  BrowserConnection* c = begin(order.connection, order.operation, "accept-answer", {});
  if (c == nullptr) return;
  const Fate fate = draw_fate(*c, BrowserOperation::kAcceptAnswer);
  if (fate == Fate::kSticks) return;
  later(*c, [this, c, order, fate] {
    if (fate == Fate::kFails) return fail(*c, order.operation, {"OperationError", "injected"});
    if (const auto failure = c->model.set_remote_answer(order.sdp)) {
      judge(*c, "accept-answer", *failure);
      return fail(*c, order.operation, *failure);
    }
    end(*c, input::AnswerAccepted{order.operation});
    described(*c);
  });
}

void FakeBrowser::execute(const output::AddCandidates& order) {
  BrowserConnection* connection = open_connection(order.connection, "add-candidates");
  if (connection == nullptr) return;
  in_turn(*connection, [this, connection, candidates = order.candidates] {
    add_candidates(*connection, candidates);
  });
}

void FakeBrowser::execute(const output::SetTrack& order) {
  BrowserConnection* connection = open_connection(order.connection, "set-track");
  if (connection == nullptr) return;
  if (!connection->slots.contains(order.slot)) {
    return context_.violate(who_, "set-track on an unknown slot");
  }
  connection->model.set_track(order.slot, order.track);
  for (Attachment& attachment : connection->to_attach) {
    if (attachment.slot == order.slot) attachment.track = order.track;
  }
}

void FakeBrowser::execute(const output::DetachSlot& order) {
  BrowserConnection* connection = open_connection(order.connection, "detach");
  if (connection == nullptr) return;
  if (connection->slots.erase(order.slot) == 0) {
    return context_.violate(who_, "detach of an unknown slot");
  }
  if (const std::optional<std::size_t> index = connection->model.detach(order.slot)) {
    in_turn(*connection, [connection, index] { connection->model.stop_sending(*index); });
  }
  std::erase_if(connection->to_attach,
                [&](const Attachment& attachment) { return attachment.slot == order.slot; });
}

void FakeBrowser::execute(const output::ReadStatistics& order) {
  BrowserConnection* c = open_connection(order.connection, "read-statistics");
  if (c == nullptr) return;
  later(*c, [this, c] {
    count_packets(*c);
    input::StatisticsRead read{c->id, {}};
    for (const auto& entry : c->statistics) read.lines.push_back(entry.second);
    deliver_(std::move(read));
  });
}

void FakeBrowser::execute(const output::CloseConnection& order) {
  BrowserConnection* connection = open_connection(order.connection, "close-connection");
  if (connection == nullptr) return;
  connection->open = false;
  ice_.close(*connection->ice);
  if (connection->running && context_.random.chance(300)) {
    // Some shims and browsers settle the promise, some never do.
    fail(*connection, *connection->running, {"InvalidStateError", "the connection is closed"});
  }
}

void FakeBrowser::execute(const output::OpenDataChannel& order) {
  BrowserConnection* connection = open_connection(order.connection, "open-data-channel");
  if (connection == nullptr) return;
  if (!connection->data_channels.insert(order.data_channel).second) {
    context_.violate(who_, "data channel opened twice on one connection");
  }
}

// ---- how an operation goes ----

FakeBrowser::Fate FakeBrowser::draw_fate(BrowserConnection& connection,
                                         BrowserOperation operation) {
  Fate fate = Fate::kWorks;
  if (context_.random.chance(context_.profile.operation_fails_per_mille)) fate = Fate::kFails;
  if (context_.random.chance(context_.profile.operation_stuck_per_mille)) fate = Fate::kSticks;
  if (fail_next_ == operation) fate = Fate::kFails;
  if (stick_next_ == operation) fate = Fate::kSticks;
  if (fate == Fate::kFails) fail_next_.reset();
  if (fate == Fate::kSticks) stick_next_.reset();
  if (fate != Fate::kWorks) connection.disturbed = true;
  return fate;
}

void FakeBrowser::in_turn(BrowserConnection& connection, std::function<void()> action) {
  if (connection.running) {
    connection.queue.push_back(std::move(action));
  } else {
    action();
  }
}

void FakeBrowser::later(BrowserConnection& connection, std::function<void()> action) {
  const bool slow = context_.random.chance(context_.profile.operation_slow_per_mille);
  const Span span = slow ? context_.profile.operation_slow_delay : context_.profile.operation_delay;
  context_.scheduler.after(context_.random.within(span), [&connection, action = std::move(action)] {
    if (connection.open) action();
  });
}

bool FakeBrowser::attach_all(BrowserConnection& connection) {
  for (const Attachment& attachment : std::exchange(connection.to_attach, {})) {
    const auto failure = connection.model.attach(attachment);
    if (!failure) continue;
    context_.violate(
        who_, "attach of slot " + std::to_string(attachment.slot.value) + ": " + failure->text);
    return false;
  }
  return true;
}

void FakeBrowser::end(BrowserConnection& connection, ClientInput result) {
  ended_operation_ = std::exchange(connection.running, std::nullopt);
  connection.to_attach.clear();
  if (!connection.model.misuse().empty()) context_.violate(who_, connection.model.misuse());
  // What waited has its turn before whatever the core orders next.
  for (const auto& action : std::exchange(connection.queue, {})) {
    if (connection.open) action();
  }
  deliver_(std::move(result));
}

void FakeBrowser::fail(BrowserConnection& connection, OperationId operation,
                       const Failure& failure) {
  end(connection, input::OperationFailed{operation, failure.name, failure.text});
}

// Where no fault was injected, an operation that fails was ordered wrongly.
void FakeBrowser::judge(BrowserConnection& connection, std::string_view order,
                        const Failure& failure) {
  // Damaged text is nobody's fault here; whatever is in another state or place is.
  if (connection.disturbed || failure.name == "OperationError") {
    connection.disturbed = true;
    return;
  }
  context_.violate(who_,
                   std::string(order) + " failed by itself: " + failure.name + ", " + failure.text);
}

void FakeBrowser::described(BrowserConnection& connection) {
  if (!connection.open) return;
  ice_.changed(*connection.ice);
  gather(connection);
}

std::string FakeBrowser::maybe_damaged(std::string sdp) {
  if (!std::exchange(damage_next_, false)) return sdp;
  return "v=0\r\nthis is no session description\r\n";
}

// ---- candidates ----

void FakeBrowser::gather(BrowserConnection& connection) {
  const std::string ufrag = connection.model.newest_local_ufrag();
  if (ufrag.empty() || ufrag == connection.gathered_ufrag) return;
  connection.gathered_ufrag = ufrag;
  if (connection.relays_until != relays_until_) {
    context_.violate(who_, "a path is looked for with former credentials for relays");
  }
  const auto count =
      static_cast<int>(context_.random.between(1, std::max(1, context_.profile.candidates_most)));
  DurationMs delay{0};
  for (int i = 0; i < count; ++i) {
    delay = delay + context_.random.within(context_.profile.gather_delay);
    report_candidate(connection, ufrag, i, delay);
  }
  context_.scheduler.after(delay + DurationMs{1}, [this, &connection, ufrag] {
    if (!connection.open || connection.model.newest_local_ufrag() != ufrag) return;
    // Firefox says it for the ufrag, Chromium with a null candidate, which the shim does not pass.
    if (firefox_) {
      deliver_(input::CandidateGathered{connection.id, {"", connection.model.first_mid(), ufrag}});
    }
    if (connection.open) deliver_(input::GatheringComplete{connection.id});
  });
}

void FakeBrowser::report_candidate(BrowserConnection& connection, const std::string& ufrag,
                                   int number, DurationMs delay) {
  context_.scheduler.after(delay, [this, &connection, ufrag, number] {
    // A rollback or a restart ends the gathering for the old credentials.
    if (!connection.open || connection.model.newest_local_ufrag() != ufrag) return;
    const std::string text = "candidate:" + std::to_string(number) + " 1 udp 2122260223 10.0.0." +
                             std::to_string(host_ + 1) + " " + std::to_string(50'000 + number) +
                             " typ host generation 0 ufrag " + ufrag;
    deliver_(input::CandidateGathered{connection.id, {text, connection.model.first_mid(), ufrag}});
  });
}

void FakeBrowser::add_candidates(BrowserConnection& connection,
                                 const std::vector<IceCandidate>& candidates) {
  for (const IceCandidate& candidate : candidates) {
    const auto failure = connection.model.add_candidate(candidate);
    // One of credentials that were replaced meanwhile is harmless. One that is early, or of a
    // description that was never applied, is a candidate lost: the core should have kept it.
    if (failure && !connection.disturbed && !connection.model.knew_ufrag(candidate.ufrag)) {
      context_.violate(who_, "add-candidates: " + failure->text + " (" + candidate.ufrag + ")");
    }
  }
  ice_.changed(*connection.ice);
}

// ---- packets ----

void FakeBrowser::count_packets(BrowserConnection& connection) {
  if (connection.ice->state != ConnectionState::kConnected) return;
  for (const Transceiver& transceiver : connection.model.transceivers()) {
    if (!transceiver.mid) continue;
    const RemoteTrack where{connection.id, *transceiver.mid, transceiver.kind};
    const bool received = sender_to(where) != nullptr;
    if (!received && !sends(transceiver)) continue;
    LineStatistics& line = connection.statistics[*transceiver.mid];
    line.mid = *transceiver.mid;
    line.received += received ? 1U : 0U;
    line.sent += sends(transceiver) ? 1U : 0U;
  }
}

// ---- observed ----

const BrowserConnection* FakeBrowser::find(ConnectionId id) const {
  const auto it = connections_.find(id);
  return it == connections_.end() ? nullptr : it->second.get();
}

const BrowserConnection* FakeBrowser::open_to(ChannelId channel, const PeerId& peer) const {
  for (const auto& [id, connection] : connections_) {
    if (connection->open && connection->channel == channel && connection->peer == peer) {
      return connection.get();
    }
  }
  return nullptr;
}

std::size_t FakeBrowser::open_connections() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(connections_, [](const auto& entry) { return entry.second->open; }));
}

bool FakeBrowser::sends(const Transceiver& transceiver) {
  return transceiver.track && (transceiver.current_direction & kSendOnly) != 0 &&
         (transceiver.direction & kSendOnly) != 0;
}

const Transceiver* FakeBrowser::sender_to(const RemoteTrack& where) const {
  const BrowserConnection* connection = find(where.connection);
  if (connection == nullptr || !connection->open) return nullptr;
  const IceEnd* other = ice_.partner(*connection->ice);
  if (other == nullptr || connection->ice->state != ConnectionState::kConnected ||
      other->state != ConnectionState::kConnected || !ice_.hears(*connection->ice)) {
    return nullptr;
  }
  const Transceiver* receiver = connection->model.transceiver(where.mid);
  const Transceiver* sender = other->connection->transceiver(where.mid);
  if (receiver == nullptr || sender == nullptr || receiver->kind != where.kind) return nullptr;
  if ((receiver->current_direction & kReceiveOnly) == 0 || !sends(*sender)) return nullptr;
  return sender;
}

std::optional<TrackId> FakeBrowser::track_arriving(const RemoteTrack& where) const {
  const Transceiver* sender = sender_to(where);
  if (sender == nullptr || find(where.connection)->model.transceiver(where.mid)->blind) {
    return std::nullopt;
  }
  return sender->track;
}

}  // namespace partyline::sim
