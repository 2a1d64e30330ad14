#include "companion/display.h"

#include <algorithm>

#include "codec/reader.h"
#include "codec/writer.h"
#include "partyline/limits.h"
#include "protocol/members.h"

namespace partyline {

namespace {

// Larger than any screen; what is beyond is a mistake.
constexpr std::uint64_t kSideMax = 16'384;
// A text of all publications with names of 64 bytes, escaped.
constexpr std::size_t kTextBytesMax = 16 * 1024;

struct DisplayList {
  std::vector<Display> displays;
};

bool grows(const std::vector<Display>& from, const Display& to) {
  const auto before = std::find_if(from.begin(), from.end(), [&](const Display& each) {
    return each.publication == to.publication;
  });
  // Unknown, it came in full.
  if (before == from.end()) return false;
  if (before->paused && !to.paused) return true;
  if (before->sized && !to.sized) return true;
  return before->sized && (to.width > before->width || to.height > before->height);
}

}  // namespace

namespace codec {

template <class V, class X>
requires std::same_as<std::remove_const_t<X>, Display>
void visit_fields(V& v, X& x) {
  v("name", x.publication);
  v("width", x.width);
  v("height", x.height);
  v("paused", x.paused);
  v("sized", x.sized);
}
template <class V, class X>
requires std::same_as<std::remove_const_t<X>, DisplayList>
void visit_fields(V& v, X& x) { v("displays", x.displays); }

}  // namespace codec

std::string write_displays(const std::vector<Display>& displays) {
  codec::Writer writer;
  writer.write_object("", DisplayList{displays});
  return std::move(writer).take();
}

Result<std::vector<Display>> parse_displays(std::string_view text) {
  const auto wrong = [](const char* why) { return Error{ErrorCode::protocol_error, why}; };
  if (text.size() > kTextBytesMax) return wrong("displays: too long");
  const Result<Json> parsed = parse_json(text);
  if (!parsed.ok()) return parsed.error();
  DisplayList list;
  codec::Reader reader;
  if (!reader.read_object(parsed.value(), list)) return reader.error("displays");
  if (list.displays.size() > limits::kPublicationsMax) return wrong("displays: too many");
  for (Display& display : list.displays) {
    if (!is_publication_name(display.publication.value)) return wrong("displays: a name is wrong");
    display.width = std::min(display.width, kSideMax);
    display.height = std::min(display.height, kSideMax);
  }
  return std::move(list.displays);
}

void Displays::show(TimeMs now, const input::ShowView& view) {
  const auto known = places_.find(view.view);
  if (known == places_.end() && places_.size() >= kViewsMax) return;
  const Key key{view.channel, view.peer};
  if (known != places_.end() &&
      (known->second.key != key || known->second.publication != view.publication)) {
    end(now, input::EndView{view.view});
  }
  places_[view.view] = Place{key, view.publication};
  Viewed& viewed = peers_[key];
  Stream& stream = viewed.streams[view.publication];
  stream.seen = true;
  stream.views[view.view] = {std::min(view.width, kSideMax), std::min(view.height, kSideMax)};
  changed(now, viewed);
}

void Displays::end(TimeMs now, const input::EndView& view) {
  const auto known = places_.find(view.view);
  if (known == places_.end()) return;
  const Place place = known->second;
  places_.erase(known);
  const auto found = peers_.find(place.key);
  if (found == peers_.end()) return;
  Stream& stream = found->second.streams[place.publication];
  stream.views.erase(view.view);
  if (view.forget && stream.views.empty()) stream.seen = false;
  changed(now, found->second);
}

void Displays::set_paused(TimeMs now, const input::SetPaused& wish) {
  Viewed& viewed = peers_[{wish.channel, wish.peer}];
  viewed.streams[wish.publication].paused = wish.paused;
  changed(now, viewed);
}

void Displays::lane_opened(TimeMs now, ChannelId channel, const PeerId& peer) {
  Viewed& viewed = peers_[{channel, peer}];
  viewed.lane = true;
  viewed.said.clear();
  viewed.due.reset();
  if (!wanted(viewed).empty()) viewed.due = now;
}

void Displays::lane_closed(ChannelId channel, const PeerId& peer) {
  const auto found = peers_.find({channel, peer});
  if (found == peers_.end()) return;
  found->second.lane = false;
  found->second.due.reset();
}

void Displays::peer_left(ChannelId channel, const PeerId& peer) { peers_.erase({channel, peer}); }

void Displays::channel_left(ChannelId channel) {
  std::erase_if(peers_, [&](const auto& each) { return each.first.first == channel; });
  std::erase_if(places_, [&](const auto& each) { return each.second.key.first == channel; });
}

std::vector<Display> Displays::wanted(const Viewed& viewed) {
  std::vector<Display> wanted;
  for (const auto& [publication, stream] : viewed.streams) {
    if (!stream.seen && !stream.paused) continue;
    if (wanted.size() == limits::kPublicationsMax) break;
    Display display{publication, 0, 0, stream.paused, stream.seen};
    for (const auto& [view, size] : stream.views) {
      display.width = std::max(display.width, size.first);
      display.height = std::max(display.height, size.second);
    }
    wanted.push_back(display);
  }
  return wanted;
}

void Displays::changed(TimeMs now, Viewed& viewed) {
  if (!viewed.lane) return;
  const std::vector<Display> now_wanted = wanted(viewed);
  if (now_wanted == viewed.said) {
    viewed.due.reset();
    return;
  }
  // Of what is no longer named all is wanted again.
  const bool forgotten =
      std::any_of(viewed.said.begin(), viewed.said.end(), [&](const Display& before) {
        return std::none_of(now_wanted.begin(), now_wanted.end(), [&](const Display& each) {
          return each.publication == before.publication;
        });
      });
  const bool hurry =
      forgotten || std::any_of(now_wanted.begin(), now_wanted.end(),
                               [&](const Display& each) { return grows(viewed.said, each); });
  if (hurry) {
    viewed.due = now;
  } else if (!viewed.due) {
    viewed.due = now + kShrinkHold;
  }
}

std::vector<Displays::Said> Displays::settle(TimeMs now) {
  std::vector<Said> said;
  for (auto& [key, viewed] : peers_) {
    if (!viewed.due || *viewed.due > now) continue;
    viewed.due.reset();
    viewed.said = wanted(viewed);
    said.push_back(Said{key.first, key.second, write_displays(viewed.said)});
  }
  return said;
}

std::optional<TimeMs> Displays::next_wakeup() const {
  std::optional<TimeMs> next;
  for (const auto& [key, viewed] : peers_) {
    if (viewed.due && (!next || *viewed.due < *next)) next = viewed.due;
  }
  return next;
}

bool Displays::unwatched(ChannelId channel, const PeerId& peer,
                         const PublicationName& publication) const {
  const auto found = peers_.find({channel, peer});
  if (found == peers_.end()) return false;
  return std::any_of(found->second.said.begin(), found->second.said.end(),
                     [&](const Display& display) {
                       return display.publication == publication &&
                              (display.paused || (display.sized && display.width == 0));
                     });
}

}  // namespace partyline
