// A client core and its companion with a host that only keeps books, and what must hold whatever
// the endpoint, other peers and the browser do:
//   - nothing is ordered of a socket, a connection or a slot that is closed or unknown, no id is
//   used
//     twice, and a connection does one thing at a time;
//   - frames are such as the hub understands, the first of a socket is a hello, and no other;
//   - states change from what was told last, by legal ways; a peer joins once until it leaves, and
//     nothing is told of one who is not there; each call is answered once;
//   - all that is ordered passes the door as JSON and comes out the same;
//   - one step has a bounded number of orders, a wake-up is not asked for again at once, and after
//     the end nothing is open and no timer runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "partyline/client.h"
#include "partyline/companion.h"
#include "partyline/companion_wiring.h"
#include "partyline/protocol.h"
#include "partyline/signal.h"

namespace partyline::fuzz {

enum class WireState : std::uint8_t { kOrdered, kOpen, kClosed };

// An order to a connection that has not ended.
struct PenOperation {
  enum class Kind : std::uint8_t { kMakeOffer, kAcceptOffer, kAcceptAnswer };
  OperationId id;
  Kind kind = Kind::kMakeOffer;
  ConnectionId connection;
};

struct PenConnection {
  ChannelId channel;
  PeerId peer;
  bool open = true;
  std::map<SlotId, Mid> slots{};
};

struct PenPeer {
  PeerState state = PeerState::kConnecting;
  std::map<PublicationName, std::vector<RemoteTrack>> streams{};
};

struct PenChannel {
  ChannelState state = ChannelState::kJoining;
  bool open = false;
  std::uint64_t membership = 0;
  std::map<PeerId, PenPeer> peers{};
};

class ClientPen {
 public:
  ClientPen();

  void tell(const ClientInput& input);
  void tell_companion(const CompanionInput& input);
  // A wish that is to be answered.
  template <class Wish>
  void ask(Wish wish) {
    wish.call = CallId{++calls_};
    waiting_.insert(wish.call);
    if constexpr (kIsAlternative<Wish, ClientInput>) {
      tell(ClientInput{std::move(wish)});
    } else {
      tell_companion(CompanionInput{std::move(wish)});
    }
  }
  ChannelId join(const ChannelName& name, JsonText metadata);
  void open_data_channel(input::OpenDataChannel wish);
  void run_for(DurationMs span);
  void jump(DurationMs span);
  // Closes, and looks whether anything is left.
  void end();

  // ---- what is there ----
  [[nodiscard]] SocketId socket() const { return socket_; }
  [[nodiscard]] bool is_open() const;
  [[nodiscard]] const std::optional<message::Hello>& hello() const { return hello_; }
  // That of the latest join of the channel.
  [[nodiscard]] std::uint64_t request(const ChannelName& channel) const {
    const auto found = requests_.find(channel);
    return found == requests_.end() ? 0 : found->second;
  }
  [[nodiscard]] std::uint64_t channels() const { return channels_made_; }
  [[nodiscard]] std::uint64_t data_channels() const { return data_channels_; }
  [[nodiscard]] const std::vector<PenOperation>& operations() const { return operations_; }
  // The index-th of all that were made, counted from the latest.
  [[nodiscard]] ConnectionId connection(std::size_t index) const;
  [[nodiscard]] const std::map<SlotId, Mid>& slots(ConnectionId connection) const;
  // The latest that was said to somebody.
  [[nodiscard]] const Signal& signal() const { return signal_; }

 private:
  void on(const output::OpenSocket& order);
  void on(const output::SendFrame& order);
  void on(const output::CloseSocket& order);
  void on(const output::RequestToken& order);
  void on(const output::CreateConnection& order);
  void on(const output::SetIceServers& order);
  void on(const output::MakeOffer& order);
  void on(const output::AcceptOffer& order);
  void on(const output::AcceptAnswer& order);
  void on(const output::AddCandidates& order);
  void on(const output::SetTrack& order);
  void on(const output::DetachSlot& order);
  void on(const output::ReadStatistics& order);
  void on(const output::CloseConnection& order);
  void on(const output::OpenDataChannel& order);
  void on(const output::EndDataChannel& order);
  void on(const output::CallDone& order);
  void on(const output::LineStateChanged& order);
  void on(const output::HandOver& order);
  void on(const output::Identified& order);
  void on(const output::LineError& order);
  void on(const output::ChannelStateChanged& order);
  void on(const output::ChannelError& order);
  void on(const output::PeerJoined& order);
  void on(const output::PeerLeft& order);
  void on(const output::PeerStateChanged& order);
  void on(const output::PeerMetadataChanged& order);
  void on(const output::PeerPublicationsChanged& order);
  void on(const output::StreamAdded& order);
  void on(const output::StreamTracksChanged& order);
  void on(const output::StreamRemoved& order);
  void on(const output::MessageReceived& order);
  void on(const output::ConnectionReset& order);
  void on(const output::ChannelRoute& order);
  void on(const output::MembershipBegan& order);
  void on(const output::ChannelFrame& order);
  void on(const output::Log& order);

  // What the host knows of it, before the core is told.
  void note(const ClientInput& input);
  void end_operation(OperationId operation);
  PenConnection& open_connection(ConnectionId connection, const char* order);
  void begin(OperationId operation, PenOperation::Kind kind, ConnectionId connection);
  void attach(PenConnection& connection, const std::vector<Attachment>& attachments);
  PenChannel& living(ChannelId channel, const char* event);
  PenPeer& present(ChannelId channel, const PeerId& peer, const char* event);
  void check_tracks(ChannelId channel, const PeerId& peer,
                    const std::vector<RemoteTrack>& tracks) const;
  void check_step(const std::vector<ClientOutput>& outputs);

  Client client_;
  Companion companion_;
  TimeMs now_{1'000'000};
  bool page_hidden_ = false;
  LineState line_ = LineState::kIdle;
  SocketId socket_{};
  std::map<SocketId, WireState> sockets_;
  std::optional<message::Hello> hello_;  // of the present socket
  std::map<ChannelName, std::uint64_t> requests_;
  std::map<ConnectionId, PenConnection> connections_;
  std::vector<PenOperation> operations_;
  std::set<OperationId> operations_seen_;
  std::set<CallId> waiting_;
  std::uint64_t calls_ = 0;
  std::uint64_t channels_made_ = 0;
  std::uint64_t data_channels_ = 0;
  std::map<ChannelId, PenChannel> channels_;
  std::set<DataChannelId> ended_data_channels_;
  PeerId me_;
  Signal signal_;
};

}  // namespace partyline::fuzz
