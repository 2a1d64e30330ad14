#include "client/media_watch.h"

#include <algorithm>

namespace partyline {

namespace {

bool contains(const std::vector<Mid>& mids, const Mid& mid) {
  return std::find(mids.begin(), mids.end(), mid) != mids.end();
}

}  // namespace

void MediaWatch::begin() {
  for (Line& line : lines_) line.expected = line.sends = false;
  silent_ = false;
}

MediaWatch::Line& MediaWatch::line(const Mid& mid) {
  for (Line& line : lines_) {
    if (line.mid == mid) return line;
  }
  lines_.emplace_back().mid = mid;
  return lines_.back();
}

std::vector<Mid> MediaWatch::observe(TimeMs now, const ClientOptions& options,
                                     const std::vector<LineStatistics>& lines,
                                     const std::vector<Mid>& expected, bool hears) {
  for (Line& known : lines_) {
    known.sends = false;
    if (!contains(expected, known.mid)) known.expected = false;
  }
  for (const LineStatistics& counted : lines) {
    Line& known = line(counted.mid);
    known.sends = counted.sent != known.sent;
    known.sent = counted.sent;
    if (counted.received != known.received) known.expected = false;  // waited for anew
    known.received = counted.received;
  }
  // The far end may name others each time.
  std::erase_if(lines_, [&](const Line& known) {
    return !contains(expected, known.mid) &&
           std::none_of(lines.begin(), lines.end(),
                        [&](const LineStatistics& counted) { return counted.mid == known.mid; });
  });
  std::vector<Mid> missing;
  silent_ = !expected.empty();
  for (const Mid& mid : expected) {
    Line& known = line(mid);
    if (!known.expected) {
      known.expected = true;
      known.heard = now;
      known.patience = options.silence_ms;
      silent_ = false;
    }
    if (!hears || now < known.heard + known.patience) continue;
    missing.push_back(mid);
    known.patience = known.patience + std::min(known.patience, options.silence_max_ms);
  }
  return missing;
}

bool MediaWatch::sends(const std::vector<Mid>& mids) const {
  return std::any_of(lines_.begin(), lines_.end(),
                     [&](const Line& line) { return line.sends && contains(mids, line.mid); });
}

}  // namespace partyline
