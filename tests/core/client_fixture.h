// A client under test, with its companion: hand it facts, look at its orders. Time moves only when
// told to.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "partyline/client.h"
#include "partyline/companion.h"
#include "partyline/companion_wiring.h"
#include "partyline/limits.h"
#include "partyline/protocol.h"
#include "partyline/signal.h"

namespace partyline {

class TestClient {
 public:
  explicit TestClient(ClientOptions options = default_options(), std::uint64_t seed = 1,
                      CompanionOptions of_companion = {})
      : client_(std::move(options), seed), companion_(std::move(of_companion)) {}

  static ClientOptions default_options() {
    ClientOptions options;
    options.endpoints = {"wss://one.example"};
    options.key = "pk_test";
    return options;
  }

  // Hands in a fact and keeps the orders that follow, replacing those kept before.
  template <class Input>
  void tell(Input input) {
    outputs.clear();
    of_companion.clear();
    if constexpr (kIsAlternative<Input, ClientInput>) {
      tell_client(ClientInput{std::move(input)});
    } else {
      tell_companion(CompanionInput{std::move(input)});
    }
  }

  // Lets time pass, waking the client whenever it asks for it. Orders of all wake-ups are kept.
  void run_for(DurationMs span) {
    const TimeMs end = now + span;
    std::vector<ClientOutput> all;
    std::vector<CompanionOutput> all_of_companion;
    for (int wakeups = 0; client_.next_wakeup() && *client_.next_wakeup() <= end; ++wakeups) {
      REQUIRE(wakeups < 10'000);
      now = std::max(now, *client_.next_wakeup());
      tell(input::Wakeup{});
      all.insert(all.end(), outputs.begin(), outputs.end());
      all_of_companion.insert(all_of_companion.end(), of_companion.begin(), of_companion.end());
      if (answers_pings && !sent<message::Ping>().empty()) receive(message::Pong{});
    }
    now = end;
    outputs = std::move(all);
    of_companion = std::move(all_of_companion);
  }

  // All kept orders of one kind.
  template <class Output>
  [[nodiscard]] std::vector<Output> all() const {
    std::vector<Output> found;
    if constexpr (kIsAlternative<Output, ClientOutput>) {
      for (const ClientOutput& output : outputs) {
        if (const auto* order = std::get_if<Output>(&output)) found.push_back(*order);
      }
    }
    if constexpr (kIsAlternative<Output, CompanionOutput>) {
      for (const CompanionOutput& output : of_companion) {
        if (const auto* order = std::get_if<Output>(&output)) found.push_back(*order);
      }
    }
    return found;
  }

  // The one kept order of that kind.
  template <class Output>
  [[nodiscard]] Output one() const {
    const std::vector<Output> found = all<Output>();
    REQUIRE(found.size() == 1);
    return found.front();
  }

  [[nodiscard]] bool is_silent() const { return outputs.empty() && of_companion.empty(); }

  // The messages of that kind among the frames that were sent.
  template <class Message>
  [[nodiscard]] std::vector<Message> sent() const {
    std::vector<Message> found;
    for (const auto& frame : all<output::SendFrame>()) {
      const Result<ClientMessage> parsed = parse_client_message(frame.text);
      REQUIRE(parsed);
      if (const auto* message = std::get_if<Message>(&parsed.value())) found.push_back(*message);
    }
    return found;
  }

  template <class Message>
  void receive(Message message) {
    tell(input::FrameReceived{socket, write_message(HubMessage{std::move(message)})});
  }

  // ---- the usual beginnings ----

  void join(std::uint64_t channel = 1, const std::string& name = "room") {
    tell(input::Join{CallId{channel}, ChannelId{channel}, ChannelName{name}, JsonText{}});
    if (const auto opened = all<output::OpenSocket>(); !opened.empty()) {
      socket = opened.front().socket;
    }
  }

  // Opens the socket and is welcomed into the channels of the hello.
  void welcome(std::vector<MemberInfo> members = {}, std::uint64_t incarnation = 10) {
    tell(input::SocketOpened{socket});
    const auto hello = sent<message::Hello>();
    REQUIRE(hello.size() == 1);
    message::Welcome welcome{PeerId{"p_me"}, DurationMs{15'000}, JsonText{"[]"}, "test", {}};
    for (const message::Join& join : hello.front().joins) {
      welcome.joined.push_back(message::Joined{join.channel, join.request, incarnation, members});
    }
    receive(std::move(welcome));
  }

  void publish(std::uint64_t audio = 1, std::uint64_t video = 2,
               const std::string& name = "camera") {
    tell(input::Publish{CallId{100}, ChannelId{1}, PublicationName{name}, JsonText{},
                        audio != 0 ? std::optional(TrackId{audio}) : std::nullopt,
                        video != 0 ? std::optional(TrackId{video}) : std::nullopt, false});
  }

  static MemberInfo member(const std::string& id, std::uint64_t incarnation) {
    return MemberInfo{PeerId{id}, incarnation, JsonText{}, {}};
  }

  // The one signal that was sent.
  [[nodiscard]] Signal sent_signal() const {
    const auto signals = sent<message::SignalTo>();
    REQUIRE(signals.size() == 1);
    const Result<Signal> parsed = parse_signal(signals.front().body);
    REQUIRE(parsed);
    return parsed.value();
  }

  void receive_signal(const std::string& from, std::uint64_t incarnation, const Signal& signal) {
    receive(
        message::SignalFrom{ChannelName{"room"}, PeerId{from}, incarnation, write_signal(signal)});
  }

  [[nodiscard]] std::optional<TimeMs> next_wakeup() const { return client_.next_wakeup(); }

  // Whether run_for() plays an endpoint that is alive.
  bool answers_pings = false;
  TimeMs now{1'000};
  SocketId socket;
  std::vector<ClientOutput> outputs;  // but for what is for the companion alone
  std::vector<CompanionOutput> of_companion;

 private:
  static bool is_for_companion(const ClientOutput& output) {
    return std::holds_alternative<output::ChannelRoute>(output) ||
           std::holds_alternative<output::MembershipBegan>(output) ||
           std::holds_alternative<output::ChannelFrame>(output);
  }
  void tell_client(const ClientInput& input) {
    client_.handle(now, input);
    std::vector<CompanionInput> facts;
    if (auto fact = fact_for<CompanionInput>(input)) facts.push_back(std::move(*fact));
    while (std::optional<ClientOutput> output = client_.poll()) {
      if (auto fact = fact_for<CompanionInput>(*output)) facts.push_back(std::move(*fact));
      if (!is_for_companion(*output)) outputs.push_back(std::move(*output));
    }
    for (const CompanionInput& fact : facts) tell_companion(fact);
  }
  void tell_companion(const CompanionInput& input) {
    companion_.handle(now, input);
    while (std::optional<CompanionOutput> output = companion_.poll()) {
      if (const auto order = fact_for<ClientInput>(*output)) {
        tell_client(*order);
      } else {
        of_companion.push_back(std::move(*output));
      }
    }
  }

  Client client_;
  Companion companion_;
};

// A description that only has what the core reads of one.
inline std::string sdp(const std::string& ufrag) {
  return "v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=ice-ufrag:" + ufrag +
         "\r\na=mid:d\r\n";
}

}  // namespace partyline
