// The application above one client: what it wants, kept independently of the core, and the inputs
// that its wishes become.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "partyline/client_input.h"
#include "partyline/companion_input.h"

namespace partyline::sim {

struct IntendedTrack {
  TrackId track;
  bool muted = false;
};

struct IntendedPublication {
  PublicationName name;
  JsonText metadata;
  std::optional<IntendedTrack> audio;
  std::optional<IntendedTrack> video;

  [[nodiscard]] std::optional<IntendedTrack>& of(MediaKind kind) {
    return kind == MediaKind::kAudio ? audio : video;
  }
  [[nodiscard]] const std::optional<IntendedTrack>& of(MediaKind kind) const {
    return kind == MediaKind::kAudio ? audio : video;
  }
  // As everybody should be told.
  [[nodiscard]] PublicationInfo info() const;
};

// A message, and who of those who were there when it was sent are to have it. One that leaves is
// not owed it any more.
struct OwedMessage {
  CallId call;
  std::uint64_t number = 0;
  TimeMs at;
  std::set<PeerId> readers;
};

struct IntendedChannel {
  ChannelId id;
  ChannelName name;
  JsonText metadata;
  std::vector<IntendedPublication> publications;
  std::map<DataChannelId, PeerId> data_channels;
  std::vector<OwedMessage> owed;
  bool left = false;

  [[nodiscard]] IntendedPublication* find(const PublicationName& publication);
};

class Application {
 public:
  // ---- wishes: each changes the intent and gives the input that says so ----
  input::Join join(const std::string& name, const std::string& metadata);
  input::Leave leave(ChannelId channel);
  input::Publish publish(ChannelId channel, const std::string& name, bool audio, bool video,
                         const std::string& metadata);
  input::Unpublish unpublish(ChannelId channel, const PublicationName& name);
  input::SetMuted set_muted(ChannelId channel, const PublicationName& name,
                            std::optional<MediaKind> kind, bool muted);
  input::ReplaceTrack replace_track(ChannelId channel, const PublicationName& name, MediaKind kind);
  input::SetMetadata set_metadata(ChannelId channel, const std::string& metadata);
  input::SetPublicationMetadata set_publication_metadata(ChannelId channel,
                                                         const PublicationName& name,
                                                         const std::string& metadata);
  // To all of `there`, or to the one. `who` and the number are in the body: see SentBody.
  input::SendMessage send(ChannelId channel, const std::string& who, const std::set<PeerId>& there,
                          const std::optional<PeerId>& to, std::size_t padding, TimeMs now);
  input::OpenDataChannel open_data_channel(ChannelId channel, const PeerId& peer);
  input::CloseDataChannel close_data_channel(DataChannelId id);
  input::Close close();

  // ---- answers: text says what is wrong with one; empty where nothing is ----
  std::string call_done(CallId call, const std::optional<Error>& error, bool faultless);
  std::string data_channel_ended(DataChannelId id);
  // Nothing is owed any more to the one, or to anybody.
  void reader_left(ChannelId channel, const PeerId& peer);
  void messages_missed(ChannelId channel);
  // The core ended the channel by itself.
  void channel_ended(ChannelId channel);

  // ---- observed ----
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] std::map<ChannelId, IntendedChannel>& channels() { return channels_; }
  [[nodiscard]] const std::map<ChannelId, IntendedChannel>& channels() const { return channels_; }
  // nullptr where it was left or never joined.
  [[nodiscard]] IntendedChannel* current(ChannelId channel);
  [[nodiscard]] IntendedChannel* current(const std::string& name);
  [[nodiscard]] std::size_t pending_calls() const { return calls_.size(); }
  // Whether this very track may be sent into this channel now.
  [[nodiscard]] bool may_send(ChannelId channel, TrackId track) const;

 private:
  enum class CallKind : std::uint8_t { kJoin, kPublish, kReplaceTrack, kSend };
  struct Call {
    CallKind kind = CallKind::kJoin;
    ChannelId channel;
  };

  CallId new_call(CallKind kind, ChannelId channel);
  std::optional<IntendedTrack> new_track(bool wanted);

  bool closed_ = false;
  std::map<ChannelId, IntendedChannel> channels_;
  std::map<CallId, Call> calls_;
  std::map<DataChannelId, bool> data_channels_;  // whether it has ended
  std::uint64_t last_call_ = 0;
  std::uint64_t last_channel_ = 0;
  std::uint64_t last_track_ = 0;
  std::uint64_t last_data_channel_ = 0;
  std::uint64_t last_message_ = 0;
};

// What a message says about itself, so that its reader can judge whether it should have it.
struct SentBody {
  std::string who;
  std::uint64_t number = 0;
  std::string channel;
  std::string to;  // a peer id, or "*"
  [[nodiscard]] std::string write(std::size_t padding) const;
  [[nodiscard]] static SentBody read(const std::string& body);
};

}  // namespace partyline::sim
