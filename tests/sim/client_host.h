// One participant: a client core, the browser and the application around it, and its end of the
// network. The host carries out orders, keeps the core's timer, and can be frozen.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "application.h"
#include "context.h"
#include "fake_browser.h"
#include "observer.h"
#include "partyline/client.h"
#include "partyline/companion.h"
#include "signalling_network.h"
#include "token_provider.h"
#include "wakeup.h"

namespace partyline::sim {

class ClientHost {
 public:
  ClientHost(Context& context, IceNetwork& ice, SignallingNetwork& network, std::string name,
             int number, std::string handed_over = "");

  // ---- the application's wishes ----
  ChannelId join(const std::string& name, const std::string& metadata = "null");
  void leave(ChannelId channel);
  void publish(ChannelId channel, const std::string& name, bool audio = true, bool video = true,
               const std::string& metadata = "null");
  void unpublish(ChannelId channel, const std::string& name);
  void set_muted(ChannelId channel, const std::string& name, bool muted,
                 std::optional<MediaKind> kind = std::nullopt);
  void replace_track(ChannelId channel, const std::string& name, MediaKind kind);
  void set_metadata(ChannelId channel, const std::string& metadata);
  void set_publication_metadata(ChannelId channel, const std::string& name,
                                const std::string& metadata);
  void send(ChannelId channel, const std::optional<PeerId>& to = std::nullopt,
            std::size_t padding = 0);
  void open_data_channel(ChannelId channel, const PeerId& peer);
  void close_data_channel(DataChannelId id);
  void retry_now();
  void close();
  // The tab goes to another page. Whoever has what it handed over is the next one.
  void hide_page(bool persisted);

  // ---- what happens to the host ----
  void go_offline();
  void go_online();
  // Nothing runs for so long; what happens meanwhile is heard of afterwards.
  void freeze(DurationMs span);
  void thaw();
  // The laptop is closed: nothing runs and no packet passes, whoever may have noticed. On waking
  // the clock may have stood still meanwhile, and the page may not be told of anything.
  void sleep(DurationMs span, bool clock_stands, bool told);
  // The clock is that much later from one moment to the next.
  void jump_clock(DurationMs span);
  // A frozen page has no wishes either.
  [[nodiscard]] bool frozen() const { return frozen_; }
  // Timers fire only this often, as in hidden tabs; zero for a visible one.
  void set_timer_grain(DurationMs grain) { wakeup_.set_grain(grain); }

  // A fact for the core, or anything that a story wants to tell it.
  void deliver(ClientInput input);
  // The same for its companion.
  void tell_companion(CompanionInput input);

  // ---- observed ----
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] Port& port() { return port_; }
  [[nodiscard]] const Port& port() const { return port_; }
  [[nodiscard]] FakeBrowser& browser() { return browser_; }
  [[nodiscard]] const FakeBrowser& browser() const { return browser_; }
  [[nodiscard]] Application& application() { return application_; }
  [[nodiscard]] const Application& application() const { return application_; }
  [[nodiscard]] TokenProvider& tokens() { return tokens_; }
  // Of the page that was hidden; empty before.
  [[nodiscard]] const std::string& handed_over() const { return handed_over_; }
  [[nodiscard]] const Observer& observer() const { return observer_; }
  [[nodiscard]] std::size_t open_sockets() const { return sockets_.size(); }
  [[nodiscard]] std::uint64_t sockets_ordered() const { return sockets_ordered_; }
  [[nodiscard]] std::uint64_t wakeups() const { return wakeup_.count(); }
  [[nodiscard]] std::uint64_t frames_sent() const { return frames_sent_; }
  [[nodiscard]] std::uint64_t bytes_sent() const { return bytes_sent_; }

 private:
  void step(const ClientInput& input);
  void step_companion(const CompanionInput& input);
  void load_companion();
  void execute(const ClientOutput& output);
  void execute(const CompanionOutput& output);
  void check_after_step();
  void set_timer();
  void wake(bool told);
  // Reports a socket that the core does not have, as far as it was told.
  bool has_socket(SocketId socket, const char* order);
  [[nodiscard]] TimeMs clock() const { return context_.scheduler.now() + clock_offset_; }

  Context& context_;
  SignallingNetwork& network_;
  std::string name_;
  int number_;
  // A monotonic clock starts anywhere.
  DurationMs clock_offset_;
  Port port_;
  FakeBrowser browser_;
  Application application_;
  TokenProvider tokens_;
  Observer observer_;
  Client core_;
  Companion companion_;
  WakeupTimer wakeup_;
  WakeupTimer companion_wakeup_;
  std::deque<ClientInput> backlog_;
  // What the companion is to be told: until it is loaded, and while something is carried out.
  std::deque<CompanionInput> companion_backlog_;
  bool companion_loaded_ = false;
  // Whether it is open, for every socket that the core has.
  std::map<SocketId, bool> sockets_;
  std::string handed_over_;
  bool frozen_ = false;
  bool stepping_ = false;
  std::uint64_t sockets_ordered_ = 0;
  std::uint64_t frames_sent_ = 0;
  std::uint64_t bytes_sent_ = 0;
};

}  // namespace partyline::sim
