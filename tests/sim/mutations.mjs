// Faults put into the core on purpose, one at a time, to see that the simulator finds each: in `file`, the text `what`, which is
// there once, becomes `by`. `npm run mutations` applies them to a copy; tests/sim/mutations.test.mjs sees that they still fit.

export const mutations = [
  // ---- tokens ----
  {
    name: 'another token is not asked for before one ends, and the socket is not closed then either',
    file: 'core/hub/access.cc',
    what: '  if (!session.grant.token) return true;\n',
    by: '  return true;\n',
  },
  {
    name: 'a newer token is taken and not shown to the endpoint',
    file: 'core/client/signalling.cc',
    what: '    env_.send_unnumbered(message::Token{token_});\n',
    by: '',
  },
  {
    name: 'a provider that failed is asked again without a wait',
    file: 'core/client/token_refresh.h',
    what: 'due_ = env_.now + backoff_.next(env_.random) + env_.options.reconnect.min_delay_ms;',
    by: 'due_ = env_.now;',
  },
  {
    name: 'a peer whose token ended is not waited for',
    file: 'core/hub/sockets.cc',
    what: 'retire(connection, retry_policy(close_code(code)) != RetryPolicy::kNever);',
    by: 'retire(connection, retry_policy(close_code(code)) < RetryPolicy::kNewToken);',
  },
  // ---- pages ----
  {
    name: 'the next page of a tab counts its requests from one',
    file: 'core/client/session.h',
    what: 'last_request_ = numbers_above_ = number / 2 * 2 + kRequestsBetweenPages;',
    by: 'last_request_ = numbers_above_ = 0;',
  },
  {
    name: 'a page that is put aside during a call comes back as if it had not left',
    file: 'core/client/signalling.cc',
    what: '  env_.session.left();\n',
    by: '',
  },
  // ---- sessions ----
  {
    name: 'the client drops an ack',
    file: 'core/client/signalling.cc',
    what: 'if (env_.session.untold() != 0) env_.send_unnumbered(env_.session.tell());',
    by: 'if (env_.session.untold() != 0) env_.session.tell();',
  },
  {
    name: 'the hub drops an ack',
    file: 'core/hub/sessions.cc',
    what: '  outbox_.send(connection.socket, HubMessage(message::Ack{session.received}));\n',
    by: '',
  },
  {
    name: 'a replay begins one frame too late',
    file: 'core/hub/sessions.cc',
    what: 'static_cast<void>(session.sent.acknowledge(client_has));',
    by: 'static_cast<void>(session.sent.acknowledge(client_has + 1));',
  },
  {
    name: 'a replay begins one frame too early',
    file: 'core/hub/sessions.cc',
    what: 'static_cast<void>(session.sent.acknowledge(client_has));',
    by: 'static_cast<void>(session.sent.acknowledge(client_has == 0 ? 0 : client_has - 1));',
  },
  {
    name: 'what the endpoint missed is not sent again',
    file: 'core/client/signalling.cc',
    what: 'env_.emit(output::SendFrame{socket_, write_numbered(seq, text)});',
    by: 'static_cast<void>(seq), static_cast<void>(text);',
  },
  {
    name: 'the replay buffer has no bound in frames',
    file: 'core/session/replay_buffer.h',
    what: 'while (frames_.size() > frames_max_ || bytes_ > bytes_max_) drop(1);',
    by: "while (frames_.size() > frames_max_ + 100'000 || bytes_ > bytes_max_) drop(1);",
  },
  {
    name: 'a full replay buffer is taken for a whole one',
    file: 'core/session/replay_buffer.h',
    what: 'return number <= last_ && last_ - frames_.size() <= number;',
    by: 'return number <= last_;',
  },
  {
    name: 'a gap in the count is let pass',
    file: 'core/session/numbering.h',
    what: 'return seq == received + 1 ? Arrival::kNext : Arrival::kGap;',
    by: 'return Arrival::kNext;',
  },
  {
    name: "a ticket's epoch is not checked",
    file: 'core/hub/sessions.cc',
    what: 'session != nullptr && claims->epoch < session->epoch_used) {',
    by: 'session != nullptr && claims->epoch < session->epoch_used && now_.value < 0) {',
  },
  {
    name: 'a hello that comes late takes the session over',
    file: 'core/hub/sessions.cc',
    what: 'if (session == nullptr || session->order <= connection.order) return std::nullopt;',
    by: 'return std::nullopt;',
  },
  {
    name: 'a ticket from before the count began anew resumes',
    file: 'core/hub/sessions.cc',
    what: 'ticket->epoch >= session->counted_since && !identity.fresh &&',
    by: '!identity.fresh &&',
  },
  {
    name: 'a session without a socket is not held',
    file: 'core/hub/sessions.cc',
    what: 'if (!has_room ||',
    by: 'if (has_room ||',
  },
  {
    name: 'a session that nobody comes back to is held for ever',
    file: 'core/hub/sessions.cc',
    what: 'if (now_ >= session.lost + options_.hold_ms) {',
    by: 'if (now_ >= session.lost + options_.hold_ms + options_.ticket_lifetime_ms) {',
  },
  {
    name: 'after a restart everybody is another incarnation',
    file: 'core/hub/frames.cc',
    what: 'kind == SessionKind::kRestored ? join.incarnation : 0;',
    by: 'kind == SessionKind::kRestored ? 0 : 0;',
  },
  {
    name: 'nobody is told that a peer is back',
    file: 'core/hub/sessions.cc',
    what: 'if (!std::exchange(session.told_away, false)) return;',
    by: 'if (std::exchange(session.told_away, false)) return;',
  },
  {
    name: 'credentials for relays are not renewed',
    file: 'core/hub/watch.cc',
    what: '    renew_relays(*connection.session);\n',
    by: '    if (connection.session->relay_renewal < now_) connection.session->relay_renewal.reset();\n',
  },
  {
    name: 'a live connection keeps the former credentials for relays',
    file: 'core/client/client.cc',
    what: '    env_.emit(output::SetIceServers{env_.ice_servers});\n',
    by: '',
  },
  {
    name: 'a new connection has the first credentials for relays',
    file: 'core/client/client.cc',
    what: '    env_.ice_servers = std::move(all);\n    env_.emit(output::SetIceServers{env_.ice_servers});\n',
    by: '    if (env_.ice_servers.text.size() <= 2) env_.ice_servers = all;\n    env_.emit(output::SetIceServers{all});\n',
  },
  // ---- signalling ----
  {
    name: 'backoff without jitter',
    file: 'core/client/backoff.h',
    what: 'const DurationMs delay = random.up_to(ceiling());',
    by: 'const DurationMs delay = random.up_to(DurationMs{0}) + ceiling();',
  },
  {
    name: 'a return is not spread',
    file: 'core/client/signalling.cc',
    what: 'if (was_ready_ && delay < spread_) delay = env_.random.up_to(spread_);',
    by: 'if (was_ready_ && delay < spread_) delay = delay + DurationMs{0};',
  },
  {
    name: 'a ping without an answer is not noticed',
    file: 'core/client/signalling.cc',
    what: 'timers_.set(Timer::kPong, present && *present < deadline ? *present : deadline);',
    by: 'static_cast<void>(present);',
  },
  {
    name: 'a socket that never opens is waited for',
    file: 'core/client/signalling.cc',
    what: `  set_state(SignallingState::kOpening, "", "");
  timers_.set(Timer::kConnect, env_.now + env_.options.connect_timeout_ms);`,
    by: '  set_state(SignallingState::kOpening, "", "");',
  },
  {
    name: 'attempts are made while the host is offline',
    file: 'core/client/signalling.cc',
    what: 'return !online_ && !is_loopback_url(endpoint());',
    by: 'return !online_ && is_loopback_url(endpoint());',
  },
  {
    name: 'frames of a socket that was given up are taken',
    file: 'core/client/client.cc',
    what: `    if (!signalling_.is_current(fact.socket)) return;
    signalling_.on_frame(fact.socket);`,
    by: '    signalling_.on_frame(fact.socket);',
  },
  {
    name: 'another endpoint is never tried',
    file: 'core/client/signalling.cc',
    what: '    ++endpoint_index_;\n',
    by: '',
  },
  {
    name: 'a timer that comes late is taken for silence',
    file: 'core/client/signalling.cc',
    what: 'if (!asked_again_ && env_.now - *pong >= env_.options.probe_timeout_ms) {',
    by: 'if (env_.now.value < 0) {',
  },
  {
    name: 'waking up is not acted on',
    file: 'core/client/signalling.cc',
    what: 'void Signalling::on_resumed() {\n  if (state_ == SignallingState::kReady) {',
    by: 'void Signalling::on_resumed() {\n  if (state_ == SignallingState::kIdle) {',
  },
  {
    name: 'a token that was refused is used again',
    file: 'core/client/signalling.cc',
    what: 'refused_token_ = std::exchange(token_, {});',
    by: 'refused_token_.clear();',
  },
  {
    name: 'timers run without end while nothing happens',
    file: 'core/client/signalling.cc',
    what: 'timers_.set(Timer::kPing, env_.now + heartbeat_);',
    by: 'timers_.set(Timer::kPing, env_.now + DurationMs{50});',
  },
  // ---- rosters ----
  {
    name: 'who is gone from the roster stays',
    file: 'core/client/channel.cc',
    what: 'if (stayed(peer.member())) continue;',
    by: 'if (stayed(peer.member()) || env_.now.value >= 0) continue;',
  },
  {
    name: 'metadata are not told again',
    file: 'core/client/channel.cc',
    what: '  peer.set_metadata(member.metadata);\n',
    by: '',
  },
  {
    name: 'the hub does not compare incarnations',
    file: 'core/hub/frames.cc',
    what: 'if (addressee->incarnation != signal.incarnation) return;',
    by: '',
  },
  {
    name: 'leaving does not close the connections',
    file: 'core/client/channel.cc',
    what: `  for (auto& [end, link] : links_) link.close();
  links_.clear();`,
    by: '  links_.clear();',
  },
  // ---- negotiation and media ----
  {
    name: 'a lower generation of a signal is not dropped',
    file: 'core/client/link.cc',
    what: 'state_ == LinkState::kClosed || signal.generation < generation_',
    by: 'state_ == LinkState::kClosed',
  },
  {
    name: 'a higher generation does not replace the connection',
    file: 'core/client/link.cc',
    what: 'if (signal.generation > generation_) {',
    by: "if (signal.generation > generation_ + 1'000) {",
  },
  {
    name: 'a muted track is attached',
    file: 'core/client/publications.cc',
    what: 'track->muted ? std::nullopt : std::optional(track->track);',
    by: 'std::optional(track->track);',
  },
  {
    name: 'candidates are not matched by ufrag',
    file: 'core/client/candidate_buffer.cc',
    what: 'return candidate.ufrag.empty() || contains(ufrags_, candidate.ufrag);',
    by: 'return candidate.ufrag.empty() || !ufrags_.empty();',
  },
  {
    name: 'a newcomer offers without asking',
    file: 'core/client/link.cc',
    what: '} else if (negotiation_needed_ && !identity_.elder) {\n    ask_to_offer();',
    by: '} else if (negotiation_needed_ && !identity_.elder) {\n    make_offer();',
  },
  {
    name: 'an answer that never comes is waited for',
    file: 'core/client/link.cc',
    what: `  set_state(LinkState::kAwaitingAnswer);
  timers_.set(Timer::kNegotiation, env_.now + env_.options.negotiation_timeout_ms);`,
    by: `  set_state(LinkState::kAwaitingAnswer);
  timers_.stop(Timer::kNegotiation);`,
  },
  {
    name: 'a lost path is not looked for again',
    file: 'core/client/link_path.cc',
    what: 'timers_.set(Timer::kRestart, env_.now + env_.options.restart_delay_ms);\n      }',
    by: '}',
  },
  {
    name: 'a path that failed is not noticed',
    file: 'core/client/link_path.cc',
    what: 'fail("the path between the two peers failed");',
    by: '',
  },
  {
    name: 'missing packets are not told',
    file: 'core/client/link_path.cc',
    what: 'if (!complaint.missing.empty()) send(std::move(complaint));',
    by: '',
  },
  {
    name: 'a path on which packets are lost is not mended',
    file: 'core/client/link_path.cc',
    what: 'if (repairs_++ == 0) {',
    by: 'if (true) return;\n  if (repairs_++ == 0) {',
  },
];
