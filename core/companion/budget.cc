#include "companion/budget.h"

#include <algorithm>

namespace partyline {

namespace {

// A track whose size nobody knows yet is taken for this.
constexpr std::uint64_t kUsualWidth = 640;
constexpr std::uint64_t kUsualHeight = 360;
constexpr std::uint64_t kUsualFramerate = 30;
// Pictures of this size and less are shown in a corner: half as many of them do.
constexpr std::uint64_t kTinyPixels = 160 * 90;
constexpr std::uint64_t kFewPictures = 15;
constexpr std::uint64_t kBitrateMin = 50'000;
constexpr std::uint64_t kBitrateMax = 3'394'000;
// What sound takes of a path.
constexpr std::uint64_t kSoundBitrate = 40'000;
constexpr std::uint64_t kProcessorPercentMin = 20;
// By how much width and height are divided. Few, so that a page that is resized does not have
// encoders start again at each pixel.
constexpr std::uint64_t kScales[] = {100, 133, 150, 200, 300, 400, 600, 800, 1200, 1600};
// Of a size that was wanted, in each direction.
constexpr std::uint64_t kQuarter = 200;

// The coarsest step that is not coarser than this.
std::uint64_t scale_within(std::uint64_t percent) {
  std::uint64_t found = 100;
  for (const std::uint64_t scale : kScales) {
    if (scale <= percent) found = scale;
  }
  return found;
}

std::optional<std::uint64_t> next_scale(std::uint64_t scale) {
  for (const std::uint64_t each : kScales) {
    if (each > scale) return each;
  }
  return std::nullopt;
}

std::uint64_t or_usual(std::uint64_t value, std::uint64_t usual) {
  return value == 0 ? usual : value;
}

}  // namespace

std::uint64_t bitrate_for(std::uint64_t pixels) {
  // Twice the size needs less than twice the bits: 1.2 Mbit/s at 640 by 360, and from there the
  // power of 3/4, which is what encoders do between 160 by 90 and 1280 by 720.
  struct Step {
    std::uint64_t pixels;
    std::uint64_t bitrate;
  };
  static constexpr Step kSteps[] = {{0, kBitrateMin},       {160 * 90, 150'000},
                                    {320 * 180, 424'000},   {640 * 360, 1'200'000},
                                    {960 * 540, 2'204'000}, {1280 * 720, 3'394'000}};
  Step below = kSteps[0];
  for (const Step& step : kSteps) {
    if (pixels < step.pixels) {
      return below.bitrate + (step.bitrate - below.bitrate) * (pixels - below.pixels) /
                                 (step.pixels - below.pixels);
    }
    below = step;
  }
  return kBitrateMax;
}

std::optional<std::uint64_t> fair_level(std::vector<std::uint64_t> wants, std::uint64_t budget) {
  std::sort(wants.begin(), wants.end());
  std::uint64_t left = budget;
  for (std::size_t i = 0; i < wants.size(); ++i) {
    const std::uint64_t each = left / (wants.size() - i);
    if (wants[i] > each) return each;
    left -= wants[i];
  }
  return std::nullopt;
}

void Budget::set_sending(const input::SetSending& wish) {
  wishes_[{wish.channel, wish.publication}] = wish.wishes;
}

void Budget::set_budget(const input::SetBudget& wish) {
  budget_ = wish;
  learnt_rate_.reset();
  processor_percent_ = 100;
}

void Budget::displayed(ChannelId channel, const PeerId& peer, std::vector<Display> displays) {
  displays_[{channel, peer}] = std::move(displays);
}

void Budget::read(TimeMs now, const input::SendersRead& fact) {
  Link& link = links_[fact.connection];
  link.channel = fact.channel;
  link.peer = fact.peer;
  std::vector<Sender> senders;
  for (const SenderInfo& info : fact.senders) {
    const auto known =
        std::find_if(link.senders.begin(), link.senders.end(),
                     [&](const Sender& each) { return each.info.slot == info.slot; });
    senders.push_back(Sender{info, known == link.senders.end() ? std::nullopt : known->told});
  }
  link.senders = std::move(senders);
  watch_path(now, link, fact);
  watch_processor(now, fact);
}

void Budget::watch_path(TimeMs now, Link& link, const input::SendersRead& fact) {
  const bool limited = std::any_of(fact.senders.begin(), fact.senders.end(),
                                   [](const SenderInfo& each) { return each.bandwidth_limited; });
  link.limited_reads = limited ? link.limited_reads + 1 : 0;
  if (!fact.available_bitrate) return;
  if (!link.carries && link.limited_reads < kLimitedReads) return;
  const std::uint64_t carries = *fact.available_bitrate;
  if (!link.carries) {
    link.carries = carries;
  } else if (carries <= *link.carries) {
    link.rising_since.reset();
    link.carries = (*link.carries + carries) / 2;
  } else {
    if (!link.rising_since) link.rising_since = now;
    if (now - *link.rising_since < kRiseHold) return;
    link.rising_since.reset();
    link.carries = (*link.carries + carries) / 2;
  }
  // Once it carries what the largest size needs there is nothing to follow.
  if (!limited && *link.carries >= kBitrateMax) link.carries.reset();
}

void Budget::watch_processor(TimeMs now, const input::SendersRead& fact) {
  const bool limited = std::any_of(fact.senders.begin(), fact.senders.end(),
                                   [](const SenderInfo& each) { return each.cpu_limited; });
  if (limited) {
    complained_ = now;
    if (cut_ && now - *cut_ < kCutInterval) return;
    cut_ = now;
    if (!learnt_rate_) learnt_rate_ = present_rate_;
    processor_percent_ = std::max(kProcessorPercentMin, processor_percent_ * 85 / 100);
    return;
  }
  if (!complained_ || now - *complained_ < kGrowInterval) return;
  complained_ = now;
  processor_percent_ = std::min<std::uint64_t>(100, processor_percent_ + 10);
  if (processor_percent_ == 100) {
    learnt_rate_.reset();
    complained_.reset();
  }
}

void Budget::connection_closed(ConnectionId connection) { links_.erase(connection); }

void Budget::peer_left(ChannelId channel, const PeerId& peer) { displays_.erase({channel, peer}); }

void Budget::channel_left(ChannelId channel) {
  std::erase_if(displays_, [&](const auto& each) { return each.first.first == channel; });
  std::erase_if(wishes_, [&](const auto& each) { return each.first.first == channel; });
}

const SendingWishes& Budget::wishes_of(ChannelId channel,
                                       const PublicationName& publication) const {
  const auto found = wishes_.find({channel, publication});
  return found == wishes_.end() ? no_wishes_ : found->second;
}

const Display* Budget::display_of(const Link& link, const PublicationName& publication) const {
  const auto found = displays_.find({link.channel, link.peer});
  if (found == displays_.end()) return nullptr;
  for (const Display& display : found->second) {
    if (display.publication == publication) return &display;
  }
  return nullptr;
}

output::SetEncoding Budget::begin(ConnectionId connection, const Link& link, Sender& sender,
                                  std::vector<Share>& shares) const {
  const SenderInfo& info = sender.info;
  const SendingWishes& wishes = wishes_of(link.channel, info.publication);
  const Display* const display = display_of(link, info.publication);
  output::SetEncoding encoding;
  encoding.connection = connection;
  encoding.slot = info.slot;
  encoding.active = display == nullptr || !display->paused;
  if (info.kind == MediaKind::kAudio) {
    encoding.priority = "high";
    encoding.bitrate_max = wishes.audio_bitrate_max;
    return encoding;
  }
  encoding.priority = "low";
  encoding.degradation = wishes.degradation;
  encoding.framerate_max = wishes.framerate_max;
  const bool sized = display != nullptr && display->sized;
  if (sized && (display->width == 0 || display->height == 0)) encoding.active = false;
  if (!encoding.active) return encoding;

  const std::uint64_t width = or_usual(info.width, kUsualWidth);
  const std::uint64_t height = or_usual(info.height, kUsualHeight);
  std::uint64_t asked = wishes.scale_percent.value_or(100);
  if (wishes.height_max && *wishes.height_max > 0) {
    asked = std::max(asked, (height * 100 + *wishes.height_max - 1) / *wishes.height_max);
  }
  std::uint64_t shown = 100;
  if (sized) {
    // All of the element is covered: what is cut off at its sides is not counted.
    shown = scale_within(std::min(width * 100 / display->width, height * 100 / display->height));
  }
  Share share;
  share.sender = &sender;
  share.pixels = width * height;
  share.scale = std::max<std::uint64_t>({100, asked, shown});
  share.framerate = or_usual(info.framerate, kUsualFramerate);
  if (sized && display->width * display->height <= kTinyPixels) {
    share.framerate = std::min(share.framerate, kFewPictures);
  }
  if (wishes.framerate_max) share.framerate = std::min(share.framerate, *wishes.framerate_max);
  share.bitrate = bitrate_for(share.scaled());
  if (wishes.video_bitrate_max) share.bitrate = std::min(share.bitrate, *wishes.video_bitrate_max);
  if (wishes.video_bitrate_max && !sized) share.bitrate = *wishes.video_bitrate_max;
  if (link.carries) {
    const std::uint64_t carries =
        *link.carries > 2 * kSoundBitrate ? *link.carries - kSoundBitrate : kSoundBitrate;
    while (bitrate_for(share.scaled()) / 2 > carries) {
      const std::optional<std::uint64_t> next = next_scale(share.scale);
      if (!next) break;
      share.scale = *next;
    }
  }
  shares.push_back(share);
  return encoding;
}

void Budget::share_pixels(std::vector<Share>& shares) const {
  std::optional<std::uint64_t> budget = budget_.encoded_pixels_max;
  if (learnt_rate_) budget = std::min(budget.value_or(*learnt_rate_), *learnt_rate_);
  if (!budget) return;
  std::vector<std::uint64_t> rates;
  rates.reserve(shares.size());
  for (const Share& share : shares) rates.push_back(share.rate());
  const auto level = fair_level(std::move(rates), *budget * processor_percent_ / 100);
  if (!level) return;
  for (Share& share : shares) {
    const std::uint64_t wanted = share.scale;
    while (share.rate() > *level) {
      if (share.scale * 100 >= wanted * kQuarter && share.framerate > kFewPictures) {
        share.framerate = kFewPictures;
        continue;
      }
      const std::optional<std::uint64_t> next = next_scale(share.scale);
      if (!next) break;
      share.scale = *next;
    }
  }
}

void Budget::share_bits(std::vector<Share>& shares) const {
  if (!budget_.uplink_bitrate_max) return;
  std::vector<std::uint64_t> bitrates;
  bitrates.reserve(shares.size());
  for (const Share& share : shares) bitrates.push_back(share.bitrate);
  const auto level = fair_level(std::move(bitrates), *budget_.uplink_bitrate_max);
  if (!level) return;
  for (Share& share : shares) {
    if (share.bitrate <= *level) continue;
    share.bitrate = std::max(*level, kBitrateMin);
    // No more pixels than such bits make sense of.
    while (bitrate_for(share.scaled()) / 2 > share.bitrate) {
      const std::optional<std::uint64_t> next = next_scale(share.scale);
      if (!next) break;
      share.scale = *next;
    }
  }
}

std::vector<output::SetEncoding> Budget::settle(TimeMs) {
  std::vector<Share> shares;
  std::vector<std::pair<Sender*, output::SetEncoding>> encodings;
  for (auto& [connection, link] : links_) {
    for (Sender& sender : link.senders) {
      output::SetEncoding encoding = begin(connection, link, sender, shares);
      encodings.emplace_back(&sender, std::move(encoding));
    }
  }
  share_bits(shares);
  share_pixels(shares);
  present_rate_ = 0;
  for (const Share& share : shares) {
    present_rate_ += share.rate();
    const auto found = std::find_if(encodings.begin(), encodings.end(),
                                    [&](const auto& each) { return each.first == share.sender; });
    output::SetEncoding& encoding = found->second;
    encoding.scale_percent = share.scale;
    encoding.bitrate_max = share.bitrate;
    const std::uint64_t natural = or_usual(share.sender->info.framerate, kUsualFramerate);
    if (share.framerate < natural) encoding.framerate_max = share.framerate;
  }
  std::vector<output::SetEncoding> changes;
  for (auto& [sender, encoding] : encodings) {
    if (sender->told == encoding) continue;
    sender->told = encoding;
    changes.push_back(encoding);
  }
  return changes;
}

}  // namespace partyline
