#include "client_host.h"

#include <utility>
#include <variant>

#include "describe.h"
#include "partyline/companion_wiring.h"
#include "relays.h"

namespace partyline::sim {

namespace {

// The answer to one input is bounded by what a channel's members and publications can need.
constexpr int kOutputsPerStepMax = 2'000;

ClientOptions options(const Profile& profile, std::string handed_over) {
  ClientOptions options;
  options.handed_over = std::move(handed_over);
  options.endpoints = {kEndpointUrl};
  if (profile.standby) options.endpoints.emplace_back(kStandbyUrl);
  if (!profile.tokens) options.key = "pk_sim";
  return options;
}

}  // namespace

ClientHost::ClientHost(Context& context, IceNetwork& ice, SignallingNetwork& network,
                       std::string name, int number, std::string handed_over)
    : context_(context),
      network_(network),
      name_(std::move(name)),
      number_(number),
      clock_offset_{context.random.between(0, 1'000'000'000)},
      browser_(context, ice, name_, number,
               [this](ClientInput input) { deliver(std::move(input)); }),
      tokens_(context, name_, [this](ClientInput input) { deliver(std::move(input)); }),
      observer_(context, name_, application_, browser_),
      core_(options(context.profile, std::move(handed_over)), context.random.next()),
      companion_(CompanionOptions{}),
      wakeup_(context, name_, [this] { deliver(input::Wakeup{}); }),
      companion_wakeup_(context, name_, [this] { tell_companion(input::Wakeup{}); }) {
  port_.who = name_;
  port_.address = "10.0.0." + std::to_string(number + 1);
  port_.origin = "https://app.example";
  port_.deliver = [this](ClientInput input) { deliver(std::move(input)); };
  // A part of its own, that is loaded meanwhile: at once, or long after the first call stands.
  const std::int64_t loads_ms = context.random.chance(50) ? 0 : context.random.between(0, 8'000);
  context.scheduler.after({loads_ms}, [this] { load_companion(); });
}

// ---- the application's wishes ----

ChannelId ClientHost::join(const std::string& name, const std::string& metadata) {
  const input::Join wish = application_.join(name, metadata);
  observer_.joining(wish.channel);
  deliver(wish);
  return wish.channel;
}
void ClientHost::leave(ChannelId channel) { deliver(application_.leave(channel)); }
void ClientHost::publish(ChannelId channel, const std::string& name, bool audio, bool video,
                         const std::string& metadata) {
  deliver(application_.publish(channel, name, audio, video, metadata));
}
void ClientHost::unpublish(ChannelId channel, const std::string& name) {
  deliver(application_.unpublish(channel, PublicationName{name}));
}
void ClientHost::set_muted(ChannelId channel, const std::string& name, bool muted,
                           std::optional<MediaKind> kind) {
  deliver(application_.set_muted(channel, PublicationName{name}, kind, muted));
}
void ClientHost::replace_track(ChannelId channel, const std::string& name, MediaKind kind) {
  deliver(application_.replace_track(channel, PublicationName{name}, kind));
}
void ClientHost::set_metadata(ChannelId channel, const std::string& metadata) {
  deliver(application_.set_metadata(channel, metadata));
}
void ClientHost::set_publication_metadata(ChannelId channel, const std::string& name,
                                          const std::string& metadata) {
  deliver(application_.set_publication_metadata(channel, PublicationName{name}, metadata));
}
void ClientHost::send(ChannelId channel, const std::optional<PeerId>& to, std::size_t padding) {
  std::set<PeerId> there;
  if (const ToldChannel* told = observer_.channel(channel)) {
    for (const auto& [peer, of_it] : told->peers) there.insert(peer);
  }
  tell_companion(application_.send(channel, name_, there, to, padding, context_.scheduler.now()));
}
void ClientHost::open_data_channel(ChannelId channel, const PeerId& peer) {
  deliver(application_.open_data_channel(channel, peer));
}
void ClientHost::close_data_channel(DataChannelId id) {
  deliver(application_.close_data_channel(id));
}
void ClientHost::retry_now() { deliver(input::RetryNow{}); }
void ClientHost::close() { deliver(application_.close()); }

void ClientHost::hide_page(bool persisted) {
  // Sockets and connections of a page that is gone are gone too, whatever the core says.
  if (!persisted) static_cast<void>(application_.close());
  deliver(input::PageHidden{persisted});
}

// ---- what happens to the host ----

void ClientHost::go_offline() {
  if (!port_.online) return;
  port_.online = false;
  // A browser closes no socket when the network goes (measured): neither end is told.
  network_.cut(port_, false, false);
  deliver(input::WentOffline{});
}

void ClientHost::go_online() {
  if (port_.online) return;
  port_.online = true;
  deliver(input::WentOnline{});
}

void ClientHost::freeze(DurationMs span) {
  if (frozen_) return;
  frozen_ = true;
  context_.trace(name_, "FROZEN");
  context_.scheduler.after(span, [this] { thaw(); });
}

void ClientHost::thaw() {
  if (!frozen_) return;
  frozen_ = false;
  wake(true);
}

void ClientHost::sleep(DurationMs span, bool clock_stands, bool told) {
  if (frozen_) return;
  frozen_ = true;
  context_.trace(name_, "ASLEEP");
  network_.cut(port_, false, false);
  context_.scheduler.after(span, [this, span, clock_stands, told] {
    if (!std::exchange(frozen_, false)) return;
    if (clock_stands) clock_offset_ = DurationMs{clock_offset_.value - span.value};
    wake(told);
  });
}

void ClientHost::jump_clock(DurationMs span) {
  context_.trace(name_, "CLOCK jumps by " + std::to_string(span.value) + " ms");
  clock_offset_ = clock_offset_ + span;
  set_timer();
}

void ClientHost::wake(bool told) {
  context_.trace(name_, "THAWED");
  set_timer();
  if (told) step(input::Resumed{});
  while (!frozen_ && !backlog_.empty()) {
    const ClientInput input = std::move(backlog_.front());
    backlog_.pop_front();
    step(input);
  }
  load_companion();
}

// ---- steps ----

void ClientHost::deliver(ClientInput input) {
  if (stepping_) {
    // What an order causes is never heard of before the order's own step is over.
    context_.scheduler.after({0}, [this, input = std::move(input)] { deliver(input); });
  } else if (frozen_) {
    backlog_.push_back(std::move(input));
  } else {
    step(input);
  }
}

void ClientHost::tell_companion(CompanionInput input) {
  companion_backlog_.push_back(std::move(input));
  if (companion_loaded_ && !frozen_ && !stepping_) load_companion();
}

void ClientHost::load_companion() {
  companion_loaded_ = true;
  while (!frozen_ && !companion_backlog_.empty()) {
    const CompanionInput input = std::move(companion_backlog_.front());
    companion_backlog_.pop_front();
    step_companion(input);
  }
}

void ClientHost::step_companion(const CompanionInput& input) {
  if (!context_.violation.empty()) return;
  stepping_ = true;
  if (context_.transcript.on()) context_.trace(name_, describe(input));
  companion_.handle(clock(), input);
  while (auto output = companion_.poll()) {
    if (context_.transcript.on()) context_.trace(name_, describe(*output));
    execute(*output);
    if (!context_.violation.empty()) break;
  }
  stepping_ = false;
  check_after_step();
}

void ClientHost::step(const ClientInput& input) {
  if (!context_.violation.empty()) return;
  stepping_ = true;
  if (auto fact = fact_for<CompanionInput>(input)) tell_companion(std::move(*fact));
  if (context_.transcript.on()) context_.trace(name_, describe(input));
  if (const auto* opened = std::get_if<input::SocketOpened>(&input)) {
    // One that was given up while its host was frozen stays given up.
    if (const auto it = sockets_.find(opened->socket); it != sockets_.end()) it->second = true;
  } else if (const auto* closed = std::get_if<input::SocketClosed>(&input)) {
    sockets_.erase(closed->socket);
  } else if (const auto* frame = std::get_if<input::FrameReceived>(&input)) {
    const Wire* wire = network_.find(port_, frame->socket);
    if (wire != nullptr && sockets_.contains(frame->socket)) {
      network_.watch.client_hears(*wire, frame->text);
      if (const auto until = good_until(frame->text)) browser_.told_of_relays(*until);
    }
  }
  core_.handle(clock(), input);
  int outputs = 0;
  while (auto output = core_.poll()) {
    if (context_.transcript.on()) context_.trace(name_, describe(*output));
    execute(*output);
    if (auto fact = fact_for<CompanionInput>(*output)) tell_companion(std::move(*fact));
    if (++outputs > kOutputsPerStepMax) context_.violate(name_, "too many outputs in one step");
    if (!context_.violation.empty()) break;
  }
  stepping_ = false;
  check_after_step();
  if (companion_loaded_) load_companion();
}

void ClientHost::check_after_step() {
  observer_.check_senders();
  set_timer();
  if (!application_.closed()) return;
  if (companion_backlog_.empty() && companion_.next_wakeup()) {
    context_.violate(name_, "a timer of the companion runs after close");
  }
  if (core_.next_wakeup()) context_.violate(name_, "a timer runs after close");
  if (browser_.open_connections() != 0) context_.violate(name_, "a connection is open after close");
  if (!sockets_.empty()) context_.violate(name_, "a socket is open after close");
}

void ClientHost::set_timer() {
  const auto on_schedule = [this](std::optional<TimeMs> due) {
    return due ? std::optional(*due - clock_offset_) : std::nullopt;
  };
  wakeup_.set(on_schedule(core_.next_wakeup()));
  companion_wakeup_.set(on_schedule(companion_.next_wakeup()));
}

bool ClientHost::has_socket(SocketId socket, const char* order) {
  if (sockets_.contains(socket)) return true;
  context_.violate(name_, std::string(order) + " of a socket that is closed or was never opened");
  return false;
}

void ClientHost::execute(const ClientOutput& output) {
  std::visit(
      [this](const auto& order) {
        using Order = std::decay_t<decltype(order)>;
        if constexpr (std::is_same_v<Order, output::OpenSocket>) {
          ++sockets_ordered_;
          sockets_[order.socket] = false;
          network_.open(port_, order.socket, order.url);
        } else if constexpr (std::is_same_v<Order, output::SendFrame>) {
          if (!has_socket(order.socket, "send")) return;
          if (!sockets_[order.socket]) context_.violate(name_, "send before the socket is open");
          ++frames_sent_;
          bytes_sent_ += order.text.size();
          network_.send(port_, order.socket, order.text);
        } else if constexpr (std::is_same_v<Order, output::CloseSocket>) {
          if (!has_socket(order.socket, "close")) return;
          sockets_.erase(order.socket);
          network_.close(port_, order.socket, order.code);
        } else if constexpr (std::is_same_v<Order, output::HandOver>) {
          handed_over_ = order.text;
        } else if constexpr (std::is_same_v<Order, output::RequestToken>) {
          tokens_.execute(order);
        } else if constexpr (requires { browser_.execute(order); }) {
          browser_.execute(order);
        } else if constexpr (requires { observer_.told(order); }) {
          observer_.told(order);
        } else {
          static_assert(kIsAlternative<Order, CompanionInput>);
        }
      },
      output);
}

void ClientHost::execute(const CompanionOutput& output) {
  if (auto order = fact_for<ClientInput>(output)) return deliver(std::move(*order));
  std::visit(
      [this](const auto& order) {
        if constexpr (requires { observer_.told(order); }) observer_.told(order);
      },
      output);
}

}  // namespace partyline::sim
