#include "machines.h"

#include <string_view>

#include "client/channel.h"
#include "client/link.h"
#include "client/peer.h"
#include "client/signalling.h"

namespace partyline::sim {
namespace {

std::string_view name(SignallingState state) {
  switch (state) {
    case SignallingState::kIdle:
      return "idle";
    case SignallingState::kAwaitingToken:
      return "awaiting_token";
    case SignallingState::kOpening:
      return "opening";
    case SignallingState::kAwaitingWelcome:
      return "awaiting_welcome";
    case SignallingState::kReady:
      return "ready";
    case SignallingState::kWaiting:
      return "waiting";
    case SignallingState::kOffline:
      return "offline";
    case SignallingState::kClosed:
      return "closed";
  }
  return "";
}

std::string_view name(LinkState state) {
  switch (state) {
    case LinkState::kNew:
      return "new";
    case LinkState::kAwaitingOffer:
      return "awaiting_offer";
    case LinkState::kStable:
      return "stable";
    case LinkState::kMakingOffer:
      return "making_offer";
    case LinkState::kAwaitingAnswer:
      return "awaiting_answer";
    case LinkState::kAcceptingOffer:
      return "accepting_offer";
    case LinkState::kAcceptingAnswer:
      return "accepting_answer";
    case LinkState::kWaiting:
      return "waiting";
    case LinkState::kClosed:
      return "closed";
  }
  return "";
}

std::string_view name(ChannelState state) {
  switch (state) {
    case ChannelState::kJoining:
      return "joining";
    case ChannelState::kJoined:
      return "joined";
    case ChannelState::kReconnecting:
      return "reconnecting";
    case ChannelState::kLeft:
      return "left";
  }
  return "";
}

std::string_view name(PeerState state) {
  switch (state) {
    case PeerState::kConnecting:
      return "connecting";
    case PeerState::kConnected:
      return "connected";
    case PeerState::kReconnecting:
      return "reconnecting";
    case PeerState::kAway:
      return "away";
    case PeerState::kLeft:
      return "left";
  }
  return "";
}

// The first state of a machine is the first of its enumeration, and the last one its end.
template <class State, std::size_t N>
std::string diagram(std::string_view machine, const TransitionTable<State, N>& table, State end) {
  std::string text =
      "<!-- machine " + std::string(machine) + " -->\n\n```mermaid\nstateDiagram-v2\n";
  text += "  [*] --> " + std::string(name(State{})) + "\n";
  for (const auto& [from, to] : table) {
    text += "  " + std::string(name(from)) + " --> " + std::string(name(to)) + "\n";
  }
  return text + "  " + std::string(name(end)) + " --> [*]\n```\n";
}

}  // namespace

std::string machine_diagrams() {
  return diagram("signalling", kSignallingTransitions, SignallingState::kClosed) + "\n" +
         diagram("channel", kChannelTransitions, ChannelState::kLeft) + "\n" +
         diagram("peer", kPeerTransitions, PeerState::kLeft) + "\n" +
         diagram("link", kLinkTransitions, LinkState::kClosed);
}

}  // namespace partyline::sim
