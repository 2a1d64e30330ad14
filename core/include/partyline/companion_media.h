// What the companion is told of pictures and how they are sent, and what it orders of senders:
// inputs and outputs of the machines in core/companion/display.h and budget.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "partyline/ids.h"
#include "partyline/protocol.h"

namespace partyline {

// One place where an application shows a stream, numbered by the shim.
using ViewId = NumberId<struct ViewIdTag>;

// What there is of one sender of a connection, as it was just read.
struct SenderInfo {
  SlotId slot;
  PublicationName publication;
  MediaKind kind = MediaKind::kAudio;
  // Of the track, in pixels and pictures a second; 0 where nobody knows.
  std::uint64_t width = 0;
  std::uint64_t height = 0;
  std::uint64_t framerate = 0;
  // What the browser says holds it back (W3C webrtc-stats, qualityLimitationReason).
  bool cpu_limited = false;
  bool bandwidth_limited = false;
  friend bool operator==(const SenderInfo&, const SenderInfo&) = default;
};

// What the application says about how a publication is sent. Bits and pictures per second, lines,
// hundredths; absent: no wish.
struct SendingWishes {
  std::optional<std::uint64_t> video_bitrate_max;
  std::optional<std::uint64_t> audio_bitrate_max;
  std::optional<std::uint64_t> framerate_max;
  std::optional<std::uint64_t> height_max;
  std::optional<std::uint64_t> scale_percent;
  std::string degradation;
  friend bool operator==(const SendingWishes&, const SendingWishes&) = default;
};

namespace input {

// The application shows a stream at this size, in device pixels, or somewhere out of sight (0 by
// 0). The largest of all views counts. Views of what is not there are kept until it is.
struct ShowView {
  ViewId view;
  ChannelId channel;
  PeerId peer;
  PublicationName publication;
  std::uint64_t width = 0;
  std::uint64_t height = 0;
  friend bool operator==(const ShowView&, const ShowView&) = default;
};

// The view is gone. A stream without any view is sent nobody knows where, so in full: unless it had
// one, then nobody watches it. `forget`: as if it never had.
struct EndView {
  ViewId view;
  bool forget = false;
  friend bool operator==(const EndView&, const EndView&) = default;
};

// The application wants nothing of a stream for now, no sound either; or wants it again.
struct SetPaused {
  ChannelId channel;
  PeerId peer;
  PublicationName publication;
  bool paused = false;
  friend bool operator==(const SetPaused&, const SetPaused&) = default;
};

struct SetSending {
  ChannelId channel;
  PublicationName publication;
  SendingWishes wishes;
  friend bool operator==(const SetSending&, const SetSending&) = default;
};

// What all links together may take. Absent: no limit.
struct SetBudget {
  std::optional<std::uint64_t> uplink_bitrate_max;  // bits a second, of video
  std::optional<std::uint64_t> encoded_pixels_max;  // pixels a second that are encoded
  friend bool operator==(const SetBudget&, const SetBudget&) = default;
};

// Once a second or so for each connection that is up, and when its senders change.
struct SendersRead {
  ConnectionId connection;
  ChannelId channel;
  PeerId peer;
  std::optional<std::uint64_t> available_bitrate;  // the browser's estimate
  std::vector<SenderInfo> senders;
  friend bool operator==(const SendersRead&, const SendersRead&) = default;
};

// The lane of a connection, the data channel of id 0: it can be spoken on; the other end's
// companion has said something; it is over.
struct LaneOpened {
  ConnectionId connection;
  friend bool operator==(const LaneOpened&, const LaneOpened&) = default;
};
struct LaneTextReceived {
  ConnectionId connection;
  std::string text;
  friend bool operator==(const LaneTextReceived&, const LaneTextReceived&) = default;
};
struct LaneClosed {
  ConnectionId connection;
  friend bool operator==(const LaneClosed&, const LaneClosed&) = default;
};

}  // namespace input

namespace output {

// Say this on the lane of a connection, if it is open still.
struct SendLaneText {
  ConnectionId connection;
  std::string text;
  friend bool operator==(const SendLaneText&, const SendLaneText&) = default;
};

// How a sender is to send from now on. It says nothing about the track: a muted sender has none,
// and keeps this for when it has. An absent limit is none.
struct SetEncoding {
  ConnectionId connection;
  SlotId slot;
  bool active = true;
  std::optional<std::uint64_t> bitrate_max;
  std::optional<std::uint64_t> framerate_max;
  std::uint64_t scale_percent = 100;  // by how much width and height are divided
  std::string priority;               // RTCPriorityType
  std::string degradation;            // RTCDegradationPreference, or empty
  friend bool operator==(const SetEncoding&, const SetEncoding&) = default;
};

}  // namespace output

}  // namespace partyline
