// A browser with the shim in it: carries out the core's orders about peer connections, takes time
// over it, fails as its profile says, and tells the core what came of it.
//
// As in the shim, one connection's operations follow each other. Tracks are taken away and put in
// at once, also from and into what a running operation is about to attach; a direction changes in
// its turn.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "context.h"
#include "fake_connection.h"
#include "ice_network.h"
#include "partyline/client_input.h"
#include "partyline/client_output.h"

namespace partyline::sim {

// One RTCPeerConnection of the shim's.
struct BrowserConnection {
  BrowserConnection(ConnectionId number, ChannelId of_channel, PeerId of_peer, std::uint64_t origin)
      : id(number), channel(of_channel), peer(std::move(of_peer)), model(origin) {}

  ConnectionId id;
  ChannelId channel;
  PeerId peer;
  FakeConnection model;
  IceEnd* ice = nullptr;
  bool open = true;
  // An injected fault has hit it: what follows from that is nobody's mistake.
  bool disturbed = false;
  std::optional<OperationId> running;
  // Of the running operation, as far as it is not attached yet.
  std::vector<Attachment> to_attach;
  // Every slot that the core may speak of.
  std::set<SlotId> slots;
  // What waits for its turn behind a running operation.
  std::deque<std::function<void()>> queue;
  std::string gathered_ufrag;
  // Of the credentials for relays that it was given; nothing without any.
  std::optional<TimeMs> relays_until;
  std::set<DataChannelId> data_channels;
  // Counts grow by one for each look at them between which packets passed.
  std::map<Mid, LineStatistics> statistics;
};

enum class BrowserOperation : std::uint8_t { kMakeOffer, kAcceptOffer, kAcceptAnswer };

class FakeBrowser {
 public:
  using Deliver = std::function<void(ClientInput)>;

  FakeBrowser(Context& context, IceNetwork& ice, std::string who, int host, Deliver deliver);

  void execute(const output::CreateConnection& order);
  void execute(const output::SetIceServers& order);
  void execute(const output::MakeOffer& order);
  void execute(const output::AcceptOffer& order);
  void execute(const output::AcceptAnswer& order);
  void execute(const output::AddCandidates& order);
  void execute(const output::SetTrack& order);
  void execute(const output::DetachSlot& order);
  void execute(const output::ReadStatistics& order);
  void execute(const output::CloseConnection& order);
  void execute(const output::OpenDataChannel& order);

  // The core hears of credentials: from now on it looks for paths with none that are older.
  void told_of_relays(TimeMs until) { relays_until_ = until; }

  // ---- faults that a story orders ----
  void fail_next(BrowserOperation operation) { fail_next_ = operation; }
  void stick_next(BrowserOperation operation) { stick_next_ = operation; }
  // The next description that this browser makes reaches the core damaged.
  void damage_next_description() { damage_next_ = true; }

  // ---- observed ----
  // One that came to its end; nothing before there was any.
  [[nodiscard]] std::optional<OperationId> ended_operation() const { return ended_operation_; }
  // nullptr where it was never created.
  [[nodiscard]] const BrowserConnection* find(ConnectionId id) const;
  [[nodiscard]] const std::map<ConnectionId, std::unique_ptr<BrowserConnection>>& connections()
      const {
    return connections_;
  }
  // The one to that peer in that channel; nullptr where there is none.
  [[nodiscard]] const BrowserConnection* open_to(ChannelId channel, const PeerId& peer) const;
  [[nodiscard]] std::size_t open_connections() const;
  // Whether a receiver plays what the other end sends; the track that arrives, where one does.
  [[nodiscard]] std::optional<TrackId> track_arriving(const RemoteTrack& where) const;
  // Whether frames leave through it while its connection is connected.
  [[nodiscard]] static bool sends(const Transceiver& transceiver);

 private:
  // Of the packets that arrive there.
  [[nodiscard]] const Transceiver* sender_to(const RemoteTrack& where) const;

  enum class Fate : std::uint8_t { kWorks, kFails, kSticks };

  BrowserConnection* open_connection(ConnectionId id, std::string_view order);
  BrowserConnection* begin(ConnectionId id, OperationId operation, std::string_view order,
                           const std::vector<Attachment>& attach);
  Fate draw_fate(BrowserConnection& connection, BrowserOperation operation);
  // At once, or behind the running operation.
  void in_turn(BrowserConnection& connection, std::function<void()> action);
  // After a browser-like delay, unless the connection was closed meanwhile.
  void later(BrowserConnection& connection, std::function<void()> action);
  bool attach_all(BrowserConnection& connection);
  void end(BrowserConnection& connection, ClientInput result);
  void fail(BrowserConnection& connection, OperationId operation, const Failure& failure);
  void judge(BrowserConnection& connection, std::string_view order, const Failure& failure);
  void described(BrowserConnection& connection);
  void gather(BrowserConnection& connection);
  void count_packets(BrowserConnection& connection);
  void report_candidate(BrowserConnection& connection, const std::string& ufrag, int number,
                        DurationMs delay);
  void add_candidates(BrowserConnection& connection, const std::vector<IceCandidate>& candidates);
  [[nodiscard]] std::string maybe_damaged(std::string sdp);

  Context& context_;
  IceNetwork& ice_;
  std::string who_;
  int host_;
  bool firefox_;
  Deliver deliver_;
  std::map<ConnectionId, std::unique_ptr<BrowserConnection>> connections_;
  std::set<OperationId> operations_;
  std::optional<OperationId> ended_operation_;
  std::optional<BrowserOperation> fail_next_;
  std::optional<BrowserOperation> stick_next_;
  bool damage_next_ = false;
  std::optional<TimeMs> relays_until_;
};

}  // namespace partyline::sim
