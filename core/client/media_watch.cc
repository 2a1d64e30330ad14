#include "client/media_watch.h"

#include <algorithm>

namespace partyline {

std::vector<Mid> MediaWatch::observe(TimeMs now, const ClientOptions& options,
                                     const std::vector<LineStatistics>& lines,
                                     const std::vector<Mid>& expected) {
  for (auto& [mid, line] : lines_) line.sends = false;
  for (const LineStatistics& counted : lines) {
    Line& line = lines_[counted.mid];
    line.sends = counted.sent != line.sent;
    line.sent = counted.sent;
    if (counted.received != line.received) line.expected = false;  // waited for anew
    line.received = counted.received;
  }
  std::vector<Mid> missing;
  bool heard = expected.empty();
  for (auto& [mid, line] : lines_) {
    if (std::find(expected.begin(), expected.end(), mid) == expected.end()) line.expected = false;
  }
  for (const Mid& mid : expected) {
    Line& line = lines_[mid];
    if (!line.expected) {
      line.expected = true;
      line.heard = now;
      line.patience = options.silence_ms;
      heard = true;
    }
    if (now < line.heard + line.patience) continue;
    missing.push_back(mid);
    line.patience = line.patience + std::min(line.patience, options.silence_max_ms);
  }
  silent_ = !heard;
  return missing;
}

bool MediaWatch::sends(const std::vector<Mid>& mids) const {
  return std::any_of(mids.begin(), mids.end(), [this](const Mid& mid) {
    const auto line = lines_.find(mid);
    return line != lines_.end() && line->second.sends;
  });
}

}  // namespace partyline
