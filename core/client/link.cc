#include "client/link.h"

#include <utility>

#include "client/check.h"

namespace partyline {

Link::Link(Environment& env, Identity identity)
    : env_(env),
      identity_(std::move(identity)),
      rebuild_(env.options.rebuild_delay_ms, env.options.rebuild_delay_max_ms) {}

void Link::set_state(LinkState next) {
  PARTYLINE_CHECK(allows(kLinkTransitions, state_, next));
  state_ = next;
}

bool Link::has(ConnectionId connection) const { return connection_ == connection; }

bool Link::awaits(OperationId operation) const { return operation_ == operation; }

std::optional<ConnectionId> Link::connection() const { return connection_; }

std::optional<Error> Link::take_failure() { return std::exchange(failure_, std::nullopt); }

std::optional<TimeMs> Link::next_wakeup() const {
  return earlier(timers_.next(), batch_.deadline());
}

// ---- generations ----

void Link::start(std::vector<WantedTrack> wanted, std::uint64_t generation) {
  PARTYLINE_CHECK(state_ == LinkState::kNew);
  // Nothing is attached yet, so there is nothing to change on a connection.
  static_cast<void>(lines_.want(std::move(wanted)));
  if (generation == 1) {
    begin_generation(generation);
  } else {
    call_for_generation(generation);
  }
}

// One that the far end does not know of yet.
void Link::call_for_generation(std::uint64_t generation) {
  begin_generation(generation);
  if (!identity_.elder) call_for_offer();
}

void Link::begin_generation(std::uint64_t generation) {
  generation_ = generation;
  negotiations_ = 0;
  connection_ = env_.new_connection();
  env_.emit(output::CreateConnection{*connection_, identity_.channel, identity_.peer,
                                     env_.ice_servers, env_.options.ice_transport_policy});
  if (identity_.elder) {
    set_state(LinkState::kStable);
    negotiation_needed_ = true;
    negotiate();
  } else {
    set_state(LinkState::kAwaitingOffer);
    timers_.set(Timer::kNegotiation, env_.now + env_.options.negotiation_timeout_ms);
  }
}

void Link::end_generation() {
  if (connection_) env_.emit(output::CloseConnection{*connection_});
  connection_.reset();
  operation_.reset();
  pending_offer_.reset();
  applying_ = Description{};
  remote_media_.clear();
  unseen_media_.reset();
  connected_ = false;
  restart_wanted_ = false;
  restarted_ = false;
  restart_until_ = TimeMs{};
  repairs_ = 0;
  watch_ = MediaWatch{};
  late_ = 0;
  remote_ufrags_.clear();
  negotiation_needed_ = false;
  asking_ = false;
  asked_ = false;
  timers_.stop_all();
  lines_.reset();
  batch_.clear();
  candidates_.clear();
}

void Link::fail(const std::string& text) {
  env_.log(output::Log::Level::kWarning, "connection to " + identity_.peer.value + " (generation " +
                                             std::to_string(generation_) + "): " + text);
  if (!failure_told_) failure_ = Error{ErrorCode::negotiation_failed, text};
  failure_told_ = true;
  end_generation();
  set_state(LinkState::kWaiting);
  // At least half of the ceiling: the two sides fail together and one new generation is enough.
  const DurationMs ceiling = rebuild_.ceiling();
  const DurationMs half{ceiling.value / 2};
  static_cast<void>(rebuild_.next(env_.random));
  timers_.set(Timer::kRebuild, env_.now + half + env_.random.up_to(half));
}

void Link::close() {
  if (state_ == LinkState::kClosed) return;
  end_generation();
  set_state(LinkState::kClosed);
}

// ---- wishes ----

void Link::want(std::vector<WantedTrack> wanted) {
  if (state_ == LinkState::kClosed) return;
  const MediaLines::Changes changes = lines_.want(std::move(wanted));
  if (!connection_) return;
  for (const SlotId slot : changes.detach) env_.emit(output::DetachSlot{*connection_, slot});
  for (const WantedTrack& track : changes.replace) {
    env_.emit(output::SetTrack{*connection_, track.slot, track.track});
  }
  if (!changes.detach.empty() || changes.attach) negotiation_needed_ = true;
  negotiate();
}

void Link::negotiate() {
  if (state_ != LinkState::kStable) return;
  if (asked_) {
    // Their offer settles what we need as well, or we make ours after it.
    let_offer();
  } else if (negotiation_needed_ && !identity_.elder) {
    ask_to_offer();
  } else if (negotiation_needed_) {
    make_offer();
  }
}

void Link::ask_to_offer() {
  if (asking_) return;
  asking_ = true;
  timers_.set(Timer::kNegotiation, env_.now + env_.options.negotiation_timeout_ms);
  Signal ask;
  ask.wants_to_offer = true;
  send(std::move(ask));
}

void Link::let_offer() {
  asked_ = false;
  set_state(LinkState::kAwaitingOffer);
  timers_.set(Timer::kNegotiation, env_.now + env_.options.negotiation_timeout_ms);
  call_for_offer();
}

void Link::call_for_offer() {
  Signal call;
  call.please_offer = true;
  send(std::move(call));
}

void Link::make_offer() {
  negotiation_needed_ = false;
  operation_ = env_.new_operation();
  set_state(LinkState::kMakingOffer);
  timers_.set(Timer::kNegotiation, env_.now + env_.options.negotiation_timeout_ms);
  const bool restart = std::exchange(restart_wanted_, false);
  if (restart) batch_.gather_again();
  env_.emit(output::MakeOffer{*operation_, *connection_, lines_.attach_for_offer(), restart});
}

bool Link::restarts(const Description& offer) const {
  return !remote_ufrags_.empty() && ice_ufrags(offer.sdp) != remote_ufrags_;
}

// ---- the browser's answers ----

void Link::on_offer_made(const input::OfferMade& made) {
  if (operation_ != made.operation || state_ != LinkState::kMakingOffer) return;
  operation_.reset();
  lines_.bind(made.mids);
  set_state(LinkState::kAwaitingAnswer);
  timers_.set(Timer::kNegotiation, env_.now + env_.options.negotiation_timeout_ms);
  tell(Description{DescriptionType::kOffer, ++negotiations_, made.sdp, lines_.bindings()});
}

void Link::on_answer_made(const input::AnswerMade& made) {
  if (operation_ != made.operation || state_ != LinkState::kAcceptingOffer) return;
  operation_.reset();
  lines_.bind(made.mids);
  applied_remote();
  // The application makes elements for what it sees: the other side should not wait for that.
  unseen_media_ = applying_.media;
  tell(Description{DescriptionType::kAnswer, applying_.negotiation, made.sdp, lines_.bindings()});
  settle();
}

void Link::on_answer_accepted(const input::AnswerAccepted& accepted) {
  if (operation_ != accepted.operation || state_ != LinkState::kAcceptingAnswer) return;
  operation_.reset();
  lines_.learn(applying_.media);
  remote_media_ = applying_.media;
  applied_remote();
  settle();
}

void Link::on_operation_failed(const input::OperationFailed& failed) {
  if (operation_ != failed.operation) return;
  fail(failed.name + ": " + failed.text);
}

// The description in `applying_` is the remote description now.
void Link::applied_remote() {
  remote_ufrags_ = ice_ufrags(applying_.sdp);
  candidates_.applied(remote_ufrags_);
  std::vector<IceCandidate> ready = candidates_.take();
  if (!ready.empty()) env_.emit(output::AddCandidates{*connection_, std::move(ready)});
}

// A round of offer and answer is over.
void Link::settle() {
  set_state(LinkState::kStable);
  timers_.stop(Timer::kNegotiation);
  late_ = 0;
  // What we asked for still comes.
  if (asking_) {
    timers_.set(Timer::kNegotiation, env_.now + env_.options.negotiation_timeout_ms);
  }
  if (!connected_ && !timers_.running(Timer::kConnect)) {
    timers_.set(Timer::kConnect, env_.now + env_.options.connect_media_timeout_ms);
  }
  if (pending_offer_) {
    accept_offer(*std::exchange(pending_offer_, std::nullopt));
    return;
  }
  if (lines_.incomplete() || restart_wanted_) negotiation_needed_ = true;
  negotiate();
  watch_media();
}

// ---- the far end's words ----

// Each costs a connection. Those of an honest far end are far apart, but what it did while we had
// no socket comes all at once.
bool Link::may_be_replaced() {
  if (env_.now >= replacements_since_ + env_.options.rebuild_delay_ms) {
    replacements_since_ = env_.now;
    replacements_ = 0;
  }
  return ++replacements_ <= kReplacementsAtOnce;
}

void Link::on_signal(const Signal& signal) {
  if (state_ == LinkState::kClosed || signal.generation < generation_) return;
  if (signal.generation > generation_) {
    if (signal.generation - generation_ > kGenerationLeapMax || !may_be_replaced()) return;
    end_generation();
    // Without a connection there is nothing to wait for: begin_generation starts from kWaiting.
    if (state_ != LinkState::kWaiting) set_state(LinkState::kWaiting);
    begin_generation(signal.generation);
  }
  if (state_ == LinkState::kWaiting) return;

  candidates_.add(signal.candidates);
  if (!signal.missing.empty()) on_missing(signal.missing);
  if (state_ == LinkState::kWaiting) return;
  if (signal.wants_to_offer && identity_.elder) {
    asked_ = true;
    negotiate();
  }
  if (signal.please_offer && asking_ && state_ == LinkState::kStable) {
    asking_ = false;
    make_offer();
  }
  if (signal.description) {
    if (signal.description->type == DescriptionType::kOffer) {
      on_offer(*signal.description);
    } else {
      accept_answer(*signal.description);
    }
    return;
  }
  std::vector<IceCandidate> ready = candidates_.take();
  if (!ready.empty()) env_.emit(output::AddCandidates{*connection_, std::move(ready)});
}

void Link::on_offer(const Description& offer) {
  switch (state_) {
    case LinkState::kAwaitingOffer:
    case LinkState::kStable:
      accept_offer(offer);
      return;
    case LinkState::kMakingOffer:
    case LinkState::kAwaitingAnswer:
      if (!identity_.elder) give_way();
      return;
    case LinkState::kAcceptingOffer:
    case LinkState::kAcceptingAnswer:
      pending_offer_ = offer;
      return;
    case LinkState::kNew:
    case LinkState::kWaiting:
    case LinkState::kClosed:
      return;
  }
}

// Offers have met, so signals were lost, or the far end does as it likes. A rollback of ours might
// cost the video that we receive; another connection brings all of it back.
void Link::give_way() {
  end_generation();
  set_state(LinkState::kWaiting);
  timers_.set(Timer::kRebuild, env_.now + env_.random.up_to(env_.options.rebuild_delay_ms));
}

void Link::accept_offer(Description offer) {
  // The answer brings about all that is wanted now, but for what finds no m-line in it: settle()
  // sees to that.
  negotiation_needed_ = false;
  const bool restart = restarts(offer);
  if (restart) {
    restart_wanted_ = false;
    batch_.gather_again();
    await_path();
  }
  applying_ = std::move(offer);
  operation_ = env_.new_operation();
  set_state(LinkState::kAcceptingOffer);
  timers_.set(Timer::kNegotiation, env_.now + env_.options.negotiation_timeout_ms);
  env_.emit(output::AcceptOffer{*operation_, *connection_, applying_.sdp,
                                lines_.attach_for_answer(applying_.media)});
}

void Link::accept_answer(const Description& answer) {
  if (state_ != LinkState::kAwaitingAnswer || answer.negotiation != negotiations_) return;
  applying_ = answer;
  operation_ = env_.new_operation();
  set_state(LinkState::kAcceptingAnswer);
  timers_.set(Timer::kNegotiation, env_.now + env_.options.negotiation_timeout_ms);
  env_.emit(output::AcceptAnswer{*operation_, *connection_, applying_.sdp});
}

// ---- candidates ----

void Link::on_candidate(const input::CandidateGathered& gathered) {
  // Nobody connects to an active TCP candidate (RFC 6544 §4.5: its port is 9), and who is connected
  // to by it learns its address from that. It comes late, and would be a frame of its own.
  if (gathered.candidate.candidate.find(" tcptype active") != std::string::npos) return;
  batch_.put(env_.now, env_.options, gathered.candidate);
}

void Link::on_gathering_complete() {
  batch_.gathering_complete(env_.now);
  flush();
}

// ---- sending ----

void Link::tell(Description description) {
  batch_.put(env_.now, env_.options, std::move(description));
  flush();
}

void Link::send(Signal signal) {
  signal.generation = generation_;
  env_.send(message::SignalTo{identity_.channel_name, identity_.peer, identity_.incarnation,
                              write_signal(signal)});
}

void Link::flush() {
  while (connection_ && batch_.deadline() && *batch_.deadline() <= env_.now) {
    send(batch_.take(env_.now));
  }
  if (unseen_media_ && !batch_.describes()) {
    remote_media_ = *std::exchange(unseen_media_, std::nullopt);
    watch_media();
  }
}

// ---- watchdogs ----

void Link::on_negotiation_late() {
  const bool asking = asking_ && state_ == LinkState::kStable;
  const bool theirs =
      asking || state_ == LinkState::kAwaitingOffer || state_ == LinkState::kAwaitingAnswer;
  // Where the path works there is time: what is late on a slow socket still comes.
  if (theirs && connected_ && late_++ < kLateMax) {
    timers_.set(Timer::kNegotiation, env_.now + env_.options.negotiation_timeout_ms);
    return;
  }
  fail(theirs ? "the other peer did not answer in time"
              : "the browser did not finish negotiating in time");
}

void Link::on_time() {
  flush();
  if (timers_.take(Timer::kStatistics, env_.now)) {
    watch_media();
    env_.emit(output::ReadStatistics{*connection_});
  }
  if (!reachable()) {
    postpone();
    return;
  }
  if (timers_.take(Timer::kRebuild, env_.now)) call_for_generation(generation_ + 1);
  if (timers_.take(Timer::kRestart, env_.now)) restart();
  if (timers_.take(Timer::kNegotiation, env_.now)) {
    on_negotiation_late();
    return;
  }
  if (timers_.take(Timer::kConnect, env_.now))
    fail("no path between the two peers was found in time");
}

void Link::postpone() {
  for (const Timer timer :
       {Timer::kRebuild, Timer::kRestart, Timer::kNegotiation, Timer::kConnect}) {
    if (timers_.take(timer, env_.now)) timers_.set(timer, env_.now + patience(timer));
  }
}

DurationMs Link::patience(Timer timer) {
  switch (timer) {
    case Timer::kRebuild:
      return env_.options.rebuild_delay_max_ms;
    case Timer::kConnect:
      return restarted_ ? env_.options.restart_timeout_ms : env_.options.connect_media_timeout_ms;
    case Timer::kRestart:
    case Timer::kNegotiation:
    case Timer::kStatistics:
    case Timer::kCount:
      break;
  }
  return env_.options.negotiation_timeout_ms;
}

}  // namespace partyline
