// What the application of one client was told, and whether it was told rightly: legal transitions,
// every peer and stream there once, nothing about what is over. Knows nothing of the core but its
// words.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "application.h"
#include "context.h"
#include "fake_browser.h"
#include "partyline/client_output.h"
#include "partyline/companion_output.h"

namespace partyline::sim {

struct ToldPeer {
  JsonText metadata;
  std::vector<PublicationInfo> publications;
  PeerState state = PeerState::kConnecting;
  std::map<PublicationName, std::vector<RemoteTrack>> streams;
  std::optional<ConnectionId> connection;
};

struct ToldChannel {
  ChannelState state = ChannelState::kJoining;
  // Messages, by who sent them: all numbers, in the order in which they came.
  std::map<std::string, std::vector<std::uint64_t>> messages;
  // When it was last told that some are missing.
  TimeMs missed{-1};
  std::map<PeerId, ToldPeer> peers;
  std::set<PeerId> ever;  // and all who were there before
};

class Observer {
 public:
  Observer(Context& context, std::string who, Application& application, const FakeBrowser& browser)
      : context_(context), who_(std::move(who)), application_(application), browser_(browser) {}

  void joining(ChannelId channel) { channels_[channel]; }

  void told(const output::CallDone& event);
  void told(const output::LineStateChanged& event);
  void told(const output::Identified& event);
  void told(const output::LineError& event);
  void told(const output::ChannelStateChanged& event);
  void told(const output::ChannelError& event);
  void told(const output::PeerJoined& event);
  void told(const output::PeerLeft& event);
  void told(const output::PeerStateChanged& event);
  void told(const output::PeerMetadataChanged& event);
  void told(const output::PeerPublicationsChanged& event);
  void told(const output::StreamAdded& event);
  void told(const output::StreamTracksChanged& event);
  void told(const output::StreamRemoved& event);
  void told(const output::MessageReceived& event);
  void told(const output::ConnectionReset& event);
  void told(const output::EndDataChannel& event);
  void told(const output::Log&) {}

  // After every step: no track leaves that must not.
  void check_senders();

  // ---- observed ----
  [[nodiscard]] LineState line() const { return line_; }
  [[nodiscard]] const PeerId& me() const { return me_; }
  // nullptr where it was never joined.
  [[nodiscard]] const ToldChannel* channel(ChannelId id) const;
  [[nodiscard]] int count(const std::string& event) const;
  [[nodiscard]] const std::vector<DurationMs>& retry_delays() const { return retry_delays_; }

 private:
  void wrong(const std::string& what) { context_.violate(who_, what); }
  // Reports and gives nullptr where the event must not be.
  ToldChannel* living(ChannelId id, const char* event);
  ToldPeer* peer(ChannelId id, const PeerId& peer, const char* event);
  void check_tracks(ChannelId channel, const PeerId& peer, const std::vector<RemoteTrack>& tracks);
  void check_publications(const std::vector<PublicationInfo>& publications);

  Context& context_;
  std::string who_;
  Application& application_;
  const FakeBrowser& browser_;
  LineState line_ = LineState::kIdle;
  PeerId me_;
  std::map<ChannelId, ToldChannel> channels_;
  std::map<std::string, int> counts_;
  std::vector<DurationMs> retry_delays_;
};

}  // namespace partyline::sim
