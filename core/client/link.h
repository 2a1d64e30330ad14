// The negotiation machine of one link: everything between us and one far end, over a succession of
// RTCPeerConnections (generations). In a mesh the far end is a peer. link.cc negotiates,
// link_path.cc looks after the path.
//
// Rules
//  - Fixed roles, as in perfect negotiation (W3C webrtc-pc §10.7), but without rollback: the elder,
//  who was in the channel
//    first, ignores an offer that meets its own; the newcomer gives the connection up then.
//  - The elder makes the first offer of each generation, so an ordinary join knows no glare. The
//    newcomer waits for it; a newcomer that needs another generation asks for it (`please_offer`).
//  - A newcomer asks (`wants_to_offer`) and waits to be let (`please_offer`) before it offers, so
//    that offers do not meet between honest ends. A rollback would cost it the video that it
//    receives: Chromium goes on decoding and never shows a frame of that track again. Each ask is
//    granted once, by an elder that is stable and then waits, so each grant finds the newcomer
//    stable and is used at once.
//  - One operation at a time is under way on a connection, and its id tells its end from a stale
//    one.
//  - Every signal carries its generation. A lower one than ours is stale and dropped; a higher one
//    replaces our connection.
//  - m-lines are used by both sides: whoever publishes takes a free one of the right kind before
//    adding another. An answer cannot add m-lines (JSEP, RFC 9429 §5.3), what found no place in it
//    is offered next.
//  - What is wanted (the tracks to send) may change at any time and is brought about when the
//    machine is stable again; the latest wish wins.
//  - A path that says that it works, while packets sent on it do not arrive (media_watch.h), is
//    mended in the same way by who sends them: a restart, then another generation.
//  - A path that was lost is looked for again by an ICE restart, once, which leaves the connection,
//    its tracks and what still arrives as they are. A restart of the other side's is as good as
//    ours.
//
// Theory: each generation has a watchdog in each state that waits for somebody, so a lost offer, a
// peer that never answers, an operation that fails or a path that does not come about, or not
// again, all end in the same way: the connection is closed and, after a growing delay, another
// generation begins, for as long as the peer is in the roster.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/backoff.h"
#include "client/candidate_buffer.h"
#include "client/environment.h"
#include "client/media_lines.h"
#include "client/media_watch.h"
#include "client/signal_batch.h"
#include "client/timers.h"
#include "client/transitions.h"

namespace partyline {

enum class LinkState : std::uint8_t {
  kNew,
  kAwaitingOffer,    // the newcomer at the start of a generation, the elder that lets it offer
  kStable,           // nothing under way
  kMakingOffer,      // MakeOffer was ordered
  kAwaitingAnswer,   // our offer was sent
  kAcceptingOffer,   // AcceptOffer was ordered
  kAcceptingAnswer,  // AcceptAnswer was ordered
  kWaiting,          // for the next generation; there is no connection
  kClosed
};

inline constexpr TransitionTable<LinkState, 26> kLinkTransitions{{
    {LinkState::kNew, LinkState::kAwaitingOffer},
    {LinkState::kNew, LinkState::kStable},
    {LinkState::kNew, LinkState::kClosed},
    {LinkState::kAwaitingOffer, LinkState::kAcceptingOffer},
    {LinkState::kAwaitingOffer, LinkState::kWaiting},
    {LinkState::kAwaitingOffer, LinkState::kClosed},
    {LinkState::kStable, LinkState::kAwaitingOffer},
    {LinkState::kStable, LinkState::kMakingOffer},
    {LinkState::kStable, LinkState::kAcceptingOffer},
    {LinkState::kStable, LinkState::kWaiting},
    {LinkState::kStable, LinkState::kClosed},
    {LinkState::kMakingOffer, LinkState::kAwaitingAnswer},
    {LinkState::kMakingOffer, LinkState::kWaiting},
    {LinkState::kMakingOffer, LinkState::kClosed},
    {LinkState::kAwaitingAnswer, LinkState::kAcceptingAnswer},
    {LinkState::kAwaitingAnswer, LinkState::kWaiting},
    {LinkState::kAwaitingAnswer, LinkState::kClosed},
    {LinkState::kAcceptingOffer, LinkState::kStable},
    {LinkState::kAcceptingOffer, LinkState::kWaiting},
    {LinkState::kAcceptingOffer, LinkState::kClosed},
    {LinkState::kAcceptingAnswer, LinkState::kStable},
    {LinkState::kAcceptingAnswer, LinkState::kWaiting},
    {LinkState::kAcceptingAnswer, LinkState::kClosed},
    {LinkState::kWaiting, LinkState::kAwaitingOffer},
    {LinkState::kWaiting, LinkState::kStable},
    {LinkState::kWaiting, LinkState::kClosed},
}};

class Link {
 public:
  struct Identity {
    ChannelId channel;
    ChannelName channel_name;
    PeerId peer;
    std::uint64_t incarnation = 0;  // the peer's
    bool elder = false;             // whether we were in the channel before the peer
  };

  Link(Environment& env, Identity identity);

  // ---- wishes ----
  // Begins the first generation, which is a later one where there was a link with this incarnation
  // before: the far end may still have it. Legal once.
  void start(std::vector<WantedTrack> wanted, std::uint64_t generation = 1);
  // What is to be sent from now on, whole.
  void want(std::vector<WantedTrack> wanted);
  // Ends the link for good.
  void close();

  // ---- facts ----
  void on_signal(const Signal& signal);
  void on_offer_made(const input::OfferMade& made);
  void on_answer_made(const input::AnswerMade& made);
  void on_answer_accepted(const input::AnswerAccepted& accepted);
  void on_operation_failed(const input::OperationFailed& failed);
  void on_candidate(const input::CandidateGathered& gathered);
  void on_gathering_complete();
  void on_connection_state(ConnectionState state);
  // `expected`: the m-lines on which the far end has something to send.
  void on_statistics(const input::StatisticsRead& read, const std::vector<Mid>& expected);
  void on_time();
  // Whether the far end hears signals.
  void set_away(bool away);
  // There is a socket to the endpoint again, here or there.
  void on_reachable();
  // We have a network again, which may be another one.
  void on_network_change();

  // ---- observed ----
  [[nodiscard]] bool has(ConnectionId connection) const;
  [[nodiscard]] bool awaits(OperationId operation) const;
  // The present connection, or nothing between two generations.
  [[nodiscard]] std::optional<ConnectionId> connection() const;
  [[nodiscard]] std::uint64_t incarnation() const { return identity_.incarnation; }
  [[nodiscard]] std::uint64_t generation() const { return generation_; }
  [[nodiscard]] bool connected() const { return connected_; }
  // What the far end sends, as far as its description has been applied here and was answered.
  [[nodiscard]] const std::vector<MediaBinding>& remote_media() const { return remote_media_; }
  // The first failure since it last worked; nothing when it was taken already.
  [[nodiscard]] std::optional<Error> take_failure();
  [[nodiscard]] std::optional<TimeMs> next_wakeup() const;

 private:
  // Each is another negotiation_timeout_ms.
  static constexpr int kLateMax = 2;

  enum class Timer : std::uint8_t {
    kNegotiation,
    kConnect,
    kRestart,
    kRebuild,
    kStatistics,
    kCount
  };

  static constexpr int kReplacementsAtOnce = 4;
  // Generations follow each other. Who leaps would come to the end of the numbers.
  static constexpr std::uint64_t kGenerationLeapMax = 1'000'000;

  void set_state(LinkState next);
  void begin_generation(std::uint64_t generation);
  void call_for_generation(std::uint64_t generation);
  void end_generation();
  void fail(const std::string& text);
  void negotiate();
  void on_negotiation_late();
  void restart();
  void await_path();
  void watch_media();
  void on_missing(const std::vector<Mid>& missing);
  void ask_to_offer();
  void let_offer();
  void call_for_offer();
  void make_offer();
  void give_way();
  void accept_offer(Description offer);
  void accept_answer(const Description& answer);
  void on_offer(const Description& offer);
  void applied_remote();
  [[nodiscard]] bool may_be_replaced();
  // Where it is not, nobody is to blame that signals have no answer, and the path may be working.
  [[nodiscard]] bool reachable() const { return env_.ready && !away_; }
  void postpone();
  [[nodiscard]] DurationMs patience(Timer timer);
  [[nodiscard]] bool restarts(const Description& offer) const;
  void settle();
  // Of the present generation.
  void send(Signal signal);
  void tell(Description description);
  void flush();

  Environment& env_;
  Identity identity_;
  Backoff rebuild_;
  Timers<Timer> timers_;
  LinkState state_ = LinkState::kNew;
  std::uint64_t generation_ = 0;
  // Generations of the far end's that were taken since then.
  TimeMs replacements_since_;
  int replacements_ = 0;
  bool away_ = false;  // the far end has no socket to the endpoint
  std::optional<ConnectionId> connection_;
  std::optional<OperationId> operation_;
  std::uint64_t negotiations_ = 0;  // offers of ours in this generation
  bool negotiation_needed_ = false;
  bool asking_ = false;  // to be let make an offer
  bool asked_ = false;   // by the other side, the same
  bool connected_ = false;
  bool restart_wanted_ = false;  // by the next offer of ours
  bool restarted_ = false;       // since the path was there last
  TimeMs restart_until_;         // of the latest, of either side: how long it may take
  // Of the latest attempt to mend a path that says that it works, and how many this generation saw.
  std::optional<TimeMs> repaired_at_;
  int repairs_ = 0;
  int late_ = 0;  // how often the far end's part was waited for once more
  bool failure_told_ = false;
  std::optional<Error> failure_;

  MediaLines lines_;
  SignalBatch batch_;
  CandidateBuffer candidates_;
  MediaWatch watch_;
  // The remote description that the operation under way applies.
  Description applying_;
  std::vector<std::string> remote_ufrags_;  // of the remote description
  // An offer that came while an operation was under way; only the latest matters.
  std::optional<Description> pending_offer_;
  std::vector<MediaBinding> remote_media_;
  // The same of an offer whose answer still waits for its candidates.
  std::optional<std::vector<MediaBinding>> unseen_media_;
};

}  // namespace partyline
