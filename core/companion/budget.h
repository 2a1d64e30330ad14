// Decides how each of our senders sends: as much as its receiver shows, as our own wishes allow, as
// the path carries, and as all links together may take.
//
// Rules
//  - A receiver that shows a stream small gets it small; one that shows it nowhere, or has paused
//  it,
//    gets nothing; one that says nothing gets all.
//  - Two budgets are shared among all links: bits per second that go out, and pixels per second
//  that
//    are encoded. Where they do not suffice, the largest give first, down to one level for all
//    (max-min fairness), so that small ones stay as they are and nobody goes dark.
//  - Pixels are saved by size first, in steps that are never finer than what is shown, and by
//    pictures per second when the size is a quarter already.
//  - Where a browser says that it has not enough of a processor, the budget of pixels shrinks at
//    once, and grows again slowly when nobody has said so for long.
//  - A path that carries less than half of what a size needs gets a smaller size. The limit of bits
//    stays: the estimate could not grow otherwise.
//  - Sound goes before pictures. It is small, has priority, and is given up only to a pause.
//  - Nothing here unmutes: a muted sender has no track, whatever its encoding says.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "companion/display.h"
#include "partyline/companion_media.h"
#include "partyline/time.h"

namespace partyline {

// What pictures of so many pixels need for a good look, in bits per second at 30 of them.
[[nodiscard]] std::uint64_t bitrate_for(std::uint64_t pixels);

// The level down to which the largest of `wants` must give so that all of it fits `budget`; nothing
// where all fits.
[[nodiscard]] std::optional<std::uint64_t> fair_level(std::vector<std::uint64_t> wants,
                                                      std::uint64_t budget);

class Budget {
 public:
  // Between two cuts because of the processor: the browser needs that long to notice the first.
  static constexpr DurationMs kCutInterval{4'000};
  // So long nobody must have complained before more is tried.
  static constexpr DurationMs kGrowInterval{20'000};
  // An estimate must have risen for so long before the size follows.
  static constexpr DurationMs kRiseHold{4'000};

  // Paths that begin are said to carry little at first: so many readings must agree.
  static constexpr unsigned kLimitedReads = 5;

  void set_sending(const input::SetSending& wish);
  void set_budget(const input::SetBudget& wish);
  // What the other end shows, whole.
  void displayed(ChannelId channel, const PeerId& peer, std::vector<Display> displays);
  void read(TimeMs now, const input::SendersRead& fact);
  void connection_closed(ConnectionId connection);
  void peer_left(ChannelId channel, const PeerId& peer);
  void channel_left(ChannelId channel);

  // What is to be changed now.
  [[nodiscard]] std::vector<output::SetEncoding> settle(TimeMs now);

 private:
  struct Sender {
    SenderInfo info;
    std::optional<output::SetEncoding> told;
  };
  struct Link {
    ChannelId channel;
    PeerId peer;
    // Smoothed; absent while the path is not what holds pictures back.
    std::optional<std::uint64_t> carries;
    std::optional<TimeMs> rising_since;
    unsigned limited_reads = 0;  // in a row
    std::vector<Sender> senders;
  };
  // What one sender of pictures is to send, while budgets are shared.
  struct Share {
    Sender* sender = nullptr;
    std::uint64_t pixels = 0;  // of the track
    std::uint64_t scale = 100;
    std::uint64_t framerate = 30;
    std::uint64_t bitrate = 0;
    [[nodiscard]] std::uint64_t scaled() const { return pixels * 10'000 / (scale * scale); }
    [[nodiscard]] std::uint64_t rate() const { return scaled() * framerate; }
  };

  [[nodiscard]] const SendingWishes& wishes_of(ChannelId channel,
                                               const PublicationName& publication) const;
  [[nodiscard]] const Display* display_of(const Link& link,
                                          const PublicationName& publication) const;
  void watch_processor(TimeMs now, const input::SendersRead& fact);
  static void watch_path(TimeMs now, Link& link, const input::SendersRead& fact);
  [[nodiscard]] output::SetEncoding begin(ConnectionId connection, const Link& link, Sender& sender,
                                          std::vector<Share>& shares) const;
  void share_pixels(std::vector<Share>& shares) const;
  void share_bits(std::vector<Share>& shares) const;

  std::map<ConnectionId, Link> links_;
  std::map<std::pair<ChannelId, PeerId>, std::vector<Display>> displays_;
  std::map<std::pair<ChannelId, PublicationName>, SendingWishes> wishes_;
  SendingWishes no_wishes_;
  input::SetBudget budget_;
  // Of the budget of pixels, in percent: less where the processor turned out to be slow.
  std::uint64_t processor_percent_ = 100;
  std::optional<TimeMs> complained_;
  std::optional<TimeMs> cut_;
  // What is sent now, for a budget where none was stated.
  std::uint64_t present_rate_ = 0;
  std::optional<std::uint64_t> learnt_rate_;
};

}  // namespace partyline
