// What a client keeps of its session with the endpoint, which outlives sockets: the ticket that
// finds it again, and the frames that the endpoint may not have got.
//
// Rules
//  - Numbered frames are kept until they are acknowledged, and sent again when the session is
//    resumed. Without a session nothing is kept: the next hello says all that is wanted.
//  - A page hands the ticket to the next one of its tab, which is the same peer to the others. It
//    knows nothing else of the session, so it asks for the state, and its numbers of requests and
//    of messages go on above those that the others may have heard.
//  - Who comes back after less than the hold time claims the incarnations that it had: to the
//    others it was away and has not left.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "partyline/limits.h"
#include "partyline/options.h"
#include "partyline/protocol.h"
#include "partyline/time.h"
#include "session/numbering.h"
#include "session/replay_buffer.h"

namespace partyline {

class Session {
 public:
  explicit Session(const ClientOptions& options)
      : sent_(options.replay_frames_max, options.replay_bytes_max) {
    take_over(options.handed_over);
  }

  // Whether the endpoint may still know it.
  [[nodiscard]] bool alive() const { return alive_; }

  // ---- coming back ----
  // What the hello says; nothing where there is no session to resume.
  [[nodiscard]] std::optional<message::Resume> resume() const {
    if (ticket_.empty()) return std::nullopt;
    message::Resume resume{ticket_, std::nullopt, fresh_};
    if (!fresh_ && complete_ && sent_.reaches_back_to(acknowledged_)) resume.received = received_;
    return resume;
  }
  // Whether the others still wait for this peer, as far as this end can tell.
  [[nodiscard]] bool is_held(TimeMs now) const {
    // Their wait began when the endpoint noticed, and must not end meanwhile.
    return alive_ && (now - lost_).value < hold_.value / 10 * 8;
  }

  // Welcomed. False where the answer cannot be true: then it is no endpoint that we can talk to.
  [[nodiscard]] bool welcome(const message::Welcome& welcome) {
    if (welcome.session == message::SessionKind::kResumed) {
      if (!alive_ || !acknowledge(welcome.received)) return false;
    } else {
      sent_.clear();
      received_ = told_ = acknowledged_ = 0;
      complete_ = true;
    }
    alive_ = true;
    fresh_ = false;
    ticket_ = welcome.ticket;
    hold_ = welcome.hold_ms;
    return true;
  }
  void socket_lost(TimeMs now) { lost_ = now; }

  // The others were told that we left. Where the endpoint never heard it, it still holds the
  // session: the next hello asks for the state all the same, since ours was given up.
  void left() { alive_ = complete_ = false; }

  // ---- from page to page ----
  // Even, so that they are none of a message's.
  [[nodiscard]] std::uint64_t new_request() { return last_request_ += 2; }
  // Below all numbers of messages of this page.
  [[nodiscard]] std::uint64_t numbers_above() const { return numbers_above_; }
  void on_numbers_used(std::uint64_t last) { last_number_ = std::max(last_number_, last); }
  // Empty where there is nothing to go on with.
  [[nodiscard]] std::string hand_over() const {
    if (ticket_.empty()) return ticket_;
    return std::to_string(std::max(last_request_, last_number_)) + ":" + ticket_;
  }

  // What came cannot be counted on: the next hello asks for the state, not for the frames.
  void lose_count() { complete_ = false; }
  void renew(std::string ticket) { ticket_ = std::move(ticket); }
  [[nodiscard]] DurationMs hold() const { return hold_; }

  // ---- frames ----
  // Returns its number.
  std::uint64_t keep(std::string text) { return sent_.push(std::move(text)); }
  [[nodiscard]] const ReplayBuffer<std::string>& unacknowledged() const { return sent_; }
  [[nodiscard]] bool acknowledge(std::uint64_t number) {
    if (!sent_.acknowledge(number)) return false;
    acknowledged_ = number;
    return true;
  }

  [[nodiscard]] Arrival arrive(std::uint64_t seq) {
    const Arrival arrival = judge_arrival(seq, received_);
    if (arrival == Arrival::kNext) ++received_;
    if (arrival == Arrival::kGap) complete_ = false;
    return arrival;
  }
  [[nodiscard]] std::uint64_t untold() const { return received_ - told_; }
  [[nodiscard]] message::Ack tell() {
    told_ = received_;
    return message::Ack{received_};
  }

 private:
  // A copy of the page that handed over may have gone on for a while.
  static constexpr std::uint64_t kRequestsBetweenPages = 1'000'000;
  static constexpr std::uint64_t kHandedRequestMax = 1ULL << 52U;

  void take_over(std::string_view text) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    std::uint64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + colon, number);
    const std::string_view ticket = text.substr(std::min(colon + 1, text.size()));
    if (read.ec != std::errc() || read.ptr != text.data() + colon || ticket.empty() ||
        number > kHandedRequestMax || ticket.size() > limits::kTicketBytesMax) {
      return;
    }
    last_request_ = numbers_above_ = number / 2 * 2 + kRequestsBetweenPages;
    ticket_ = ticket;
    fresh_ = true;
  }

  bool alive_ = false;
  bool fresh_ = false;  // the ticket is of the page before
  std::uint64_t last_request_ = 0;
  std::uint64_t numbers_above_ = 0;
  std::uint64_t last_number_ = 0;  // that a message has, or soon will have
  bool complete_ = true;
  std::string ticket_;
  DurationMs hold_;
  TimeMs lost_;
  ReplayBuffer<std::string> sent_;
  std::uint64_t acknowledged_ = 0;  // of ours, by the endpoint
  std::uint64_t received_ = 0;
  std::uint64_t told_ = 0;  // how many of them the endpoint knows that we have
};

}  // namespace partyline
