// Tells those who send to us how large we show what they send, so that they need not send more.
//
// Rules
//  - What counts of a stream is its largest view. One that never had a view is shown nobody knows
//    where, and nothing is said of it: it comes in full. One that had views and has none now is not
//    watched.
//  - Whatever grows, appears or is resumed is told at once, since somebody waits for it. What
//    shrinks or disappears is told a little later: pages scroll, and change their layout in steps.
//  - All that we show of a peer is one text, told anew whole: a newer one replaces an older one,
//  and
//    a new lane, whose other end knows nothing, gets the present one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "partyline/companion_media.h"
#include "partyline/result.h"
#include "partyline/time.h"

namespace partyline {

// What a receiver wants of one stream.
struct Display {
  PublicationName publication;
  std::uint64_t width = 0;
  std::uint64_t height = 0;
  bool paused = false;
  // Whether width and height are known.
  bool sized = false;
  friend bool operator==(const Display&, const Display&) = default;
};

// The text of it, and what a stranger's text says: at most limits::kPublicationsMax displays.
[[nodiscard]] std::string write_displays(const std::vector<Display>& displays);
[[nodiscard]] Result<std::vector<Display>> parse_displays(std::string_view text);

class Displays {
 public:
  // What shrinks is told after this.
  static constexpr DurationMs kShrinkHold{500};
  // Views that an application may have at the same time. Others are ignored.
  static constexpr std::size_t kViewsMax = 1024;

  struct Said {
    ChannelId channel;
    PeerId peer;
    std::string text;
    friend bool operator==(const Said&, const Said&) = default;
  };

  void show(TimeMs now, const input::ShowView& view);
  void end(TimeMs now, const input::EndView& view);
  void set_paused(TimeMs now, const input::SetPaused& wish);
  // Another lane to this peer: it is told everything, once there is a lane.
  void lane_opened(TimeMs now, ChannelId channel, const PeerId& peer);
  void lane_closed(ChannelId channel, const PeerId& peer);
  void peer_left(ChannelId channel, const PeerId& peer);
  void channel_left(ChannelId channel);

  // What is to be told now, over lanes that are open.
  [[nodiscard]] std::vector<Said> settle(TimeMs now);
  [[nodiscard]] std::optional<TimeMs> next_wakeup() const;
  // Whether we said that we want no pictures, or nothing at all, of it.
  [[nodiscard]] bool unwatched(ChannelId channel, const PeerId& peer,
                               const PublicationName& publication) const;

 private:
  struct Stream {
    bool seen = false;  // it had a view
    bool paused = false;
    std::map<ViewId, std::pair<std::uint64_t, std::uint64_t>> views;
  };
  struct Viewed {
    bool lane = false;
    std::map<PublicationName, Stream> streams;
    std::vector<Display> said;
    std::optional<TimeMs> due;
  };
  using Key = std::pair<ChannelId, PeerId>;
  struct Place {
    Key key;
    PublicationName publication;
  };

  [[nodiscard]] static std::vector<Display> wanted(const Viewed& viewed);
  void changed(TimeMs now, Viewed& viewed);

  std::map<Key, Viewed> peers_;
  std::map<ViewId, Place> places_;
};

}  // namespace partyline
