#include "session_watch.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <variant>

#include "partyline/options.h"
#include "signalling_network.h"

namespace partyline::sim {
namespace {

constexpr std::string_view kSeq = "{\"seq\":";
// Timers are late, and an acknowledgement is on its way for a while.
constexpr DurationMs kSlack{3'000};

// 0 where it has none.
std::uint64_t number_of(std::string_view frame) {
  std::uint64_t number = 0;
  if (!frame.starts_with(kSeq)) return 0;
  std::from_chars(frame.data() + kSeq.size(), frame.data() + frame.size(), number);
  return number;
}

// For a quick look: the parser has the last word.
bool may_be(std::string_view frame, std::string_view type) {
  return frame.find(type) != std::string_view::npos;
}

template <class Message, class Variant>
std::optional<Message> read(const Result<Variant>& parsed) {
  if (!parsed) return std::nullopt;
  const auto* message = std::get_if<Message>(&parsed.value());
  return message == nullptr ? std::nullopt : std::optional(*message);
}

}  // namespace

// Nothing where the session has gone on over another socket.
SessionWatch::Session* SessionWatch::session_of(const Wire& wire) {
  const auto peer = peers_.find(&wire);
  if (peer == peers_.end()) return nullptr;
  Session& session = sessions_[peer->second];
  return session.wire == &wire ? &session : nullptr;
}

// ---- the client ----

void SessionWatch::client_says(const Wire& wire, std::string_view frame) {
  Session* session = session_of(wire);
  if (number_of(frame) != 0) {
    if (session != nullptr) say(wire, *session, session->up, frame);
  } else if (may_be(frame, "\"ack\"")) {
    const auto ack = read<message::Ack>(parse_client_message(frame));
    if (session == nullptr || !ack) return;
    acknowledge(wire, session->down, ack->received, views_[wire.port].heard);
  } else if (may_be(frame, "\"resume\"")) {
    const auto hello = read<message::Hello>(parse_client_message(frame));
    if (!hello || !hello->resume || !hello->resume->received) return;
    claimed_[&wire] = *hello->resume->received;
    if (claimed_[&wire] != views_[wire.port].heard) {
      context_.violate(wire.port->who, "the hello counts frames that did not come, or leaves some");
    }
  }
}

void SessionWatch::client_hears(const Wire& wire, std::string_view frame) {
  View& view = views_[wire.port];
  const std::uint64_t number = number_of(frame);
  if (number == 0) {
    if (!may_be(frame, "\"welcome\"")) return;
    const auto welcome = read<message::Welcome>(parse_hub_message(frame));
    if (welcome && welcome->session != message::SessionKind::kResumed) view.heard = 0;
    return;
  }
  Session* session = session_of(wire);
  if (session == nullptr || number != view.heard + 1) return;
  view.heard = number;
  mark_heard(session->down, number, context_.scheduler.now());
}

// ---- the hub ----

void SessionWatch::hub_says(const Wire& wire, std::string_view frame) {
  Session* session = session_of(wire);
  if (number_of(frame) != 0) {
    if (session != nullptr) say(wire, *session, session->down, frame);
  } else if (may_be(frame, "\"welcome\"")) {
    const auto message = read<message::Welcome>(parse_hub_message(frame));
    if (message) welcome(wire, *message);
  } else if (may_be(frame, "\"ack\"")) {
    const auto ack = read<message::Ack>(parse_hub_message(frame));
    if (session != nullptr && ack) {
      acknowledge(wire, session->up, ack->received, session->heard_by_hub);
    }
  }
}

void SessionWatch::hub_hears(const Wire& wire, std::string_view frame) {
  Session* session = session_of(wire);
  const std::uint64_t number = number_of(frame);
  if (session == nullptr || number == 0 || number != session->heard_by_hub + 1) return;
  session->heard_by_hub = number;
  mark_heard(session->up, number, context_.scheduler.now());
}

void SessionWatch::welcome(const Wire& wire, const message::Welcome& welcome) {
  peers_[&wire] = welcome.peer;
  Session& session = sessions_[welcome.peer];
  if (welcome.session == message::SessionKind::kResumed) {
    if (welcome.received != session.heard_by_hub) {
      context_.violate(wire.port->who,
                       "the welcome counts frames that did not come, or leaves some");
    }
    acknowledge(wire, session.up, welcome.received, session.heard_by_hub);
    acknowledge(wire, session.down, claimed_[&wire], views_[wire.port].heard);
    session.up.next = welcome.received + 1;
    session.down.next = claimed_[&wire] + 1;
    session.up.replayed = session.up.replayed_bytes = 0;
    session.down.replayed = session.down.replayed_bytes = 0;
  } else {
    session = Session{};
  }
  session.wire = &wire;
  session.welcomed = context_.scheduler.now();
}

// ---- both ----

void SessionWatch::say(const Wire& wire, Session& session, Stream& stream, std::string_view frame) {
  const std::uint64_t number = number_of(frame);
  const std::size_t hash = std::hash<std::string_view>{}(frame.substr(frame.find(',')));
  if (number != stream.next) {
    return context_.violate(wire.port->who, "frame " + std::to_string(number) +
                                                " is said and not " + std::to_string(stream.next));
  }
  ++stream.next;
  if (number > stream.last) {
    stream.last = number;
    stream.kept.push_back({hash, std::nullopt});
  } else if (stream.kept[stream.kept.size() - 1 - (stream.last - number)].hash != hash) {
    context_.violate(wire.port->who, "another frame is said under a number that was used");
  }
  if (session.welcomed == context_.scheduler.now()) check_replay(wire, stream, frame.size());
}

// A few frames more may be said in the same moment.
void SessionWatch::check_replay(const Wire& wire, Stream& stream, std::size_t bytes) {
  constexpr std::size_t kMore = 32;
  static const ClientOptions client;
  static const HubOptions hub;
  ++stream.replayed;
  stream.replayed_bytes += bytes;
  if (stream.replayed > std::max(client.replay_frames_max, hub.replay_frames_max) + kMore ||
      stream.replayed_bytes > 2 * std::max(client.replay_bytes_max, hub.replay_bytes_max)) {
    context_.violate(wire.port->who, "more is said again than is to be kept");
  }
}

void SessionWatch::mark_heard(Stream& stream, std::uint64_t number, TimeMs now) {
  const std::uint64_t gone = stream.last - stream.kept.size();
  if (number <= gone || number > stream.last) return;
  stream.kept[number - gone - 1].heard = now;
}

void SessionWatch::acknowledge(const Wire& wire, Stream& stream, std::uint64_t number,
                               std::uint64_t heard) {
  if (number > heard) context_.violate(wire.port->who, "what did not come is acknowledged");
  if (number < stream.acknowledged)
    context_.violate(wire.port->who, "an acknowledgement goes back");
  stream.acknowledged = std::max(stream.acknowledged, number);
  while (!stream.kept.empty() && stream.last - stream.kept.size() < number) {
    stream.kept.pop_front();
  }
}

void SessionWatch::check_rest() {
  for (const auto& [peer, session] : sessions_) {
    if (session.wire == nullptr || !is_living(*session.wire)) continue;
    check_rest(session, session.up, "the endpoint");
    check_rest(session, session.down, "the client");
  }
}

void SessionWatch::check_rest(const Session& session, const Stream& stream, const char* whose) {
  static const ClientOptions options;
  const TimeMs now = context_.scheduler.now();
  for (const Stream::Frame& frame : stream.kept) {
    if (!frame.heard || now - *frame.heard <= options.ack_delay_ms + kSlack) continue;
    return context_.violate(session.wire->port->who,
                            std::string(whose) + " does not acknowledge what has come");
  }
}

}  // namespace partyline::sim
