// What an application or an operator may tune, with the defaults and why they are what they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "partyline/json_text.h"
#include "partyline/time.h"

namespace partyline {

// Waiting between attempts to reach the endpoint: full jitter, that is uniformly between zero and
// min * 2^attempt, at most max, on every attempt including those at the cap.
struct ReconnectOptions {
  DurationMs min_delay_ms{300};
  DurationMs max_delay_ms{20'000};
  // Measured from the moment the connection was lost. The largest value means: never.
  DurationMs give_up_after_ms{std::numeric_limits<std::int64_t>::max()};
  friend bool operator==(const ReconnectOptions&, const ReconnectOptions&) = default;
};

struct ClientOptions {
  // Tried in turn; at least one.
  std::vector<std::string> endpoints;
  // A publishable key, or empty where tokens are asked for by output::RequestToken.
  std::string key;
  // What output::HandOver gave to the page before, in the same tab; or empty. Others see the same
  // peer then. What cannot be read is as if it were not there.
  std::string handed_over;
  // Name and version of the software, for the endpoint's logs.
  std::string client = "partyline";
  ReconnectOptions reconnect;
  // RTCIceServer[] of the application, added to what the endpoint delivers.
  JsonText ice_servers{"[]"};
  // RTCIceTransportPolicy: "all" or "relay".
  std::string ice_transport_policy = "all";

  // From ordering a socket to its welcome. Three round trips on a very slow network.
  DurationMs connect_timeout_ms{15'000};
  // From a Ping to any frame. The endpoint says how often to ping.
  DurationMs pong_timeout_ms{10'000};
  // The same when there is reason to doubt the socket (the network changed, the clock jumped).
  DurationMs probe_timeout_ms{2'000};
  // The same where packets of media have stopped, which is more than a suspicion.
  DurationMs suspicion_timeout_ms{1'000};
  // A connection that held this long starts the backoff afresh when it is lost.
  DurationMs stable_after_ms{5'000};
  // From an order to a peer connection, or an offer, to what must follow. Covers a peer whose tab
  // is busy; a lost one costs this much once.
  DurationMs negotiation_timeout_ms{10'000};
  // From `disconnected` to an ICE restart. Both sides see it within two seconds of each other.
  DurationMs restart_delay_ms{200};
  // From another network to an ICE restart. Chromium does not gather on an interface in its first
  // second.
  DurationMs network_settle_ms{1'000};
  // From an ICE restart to `connected`; then the connection is made anew.
  DurationMs restart_timeout_ms{10'000};
  // How often the packets of a connection are looked at, and after how long without any the far
  // end is told; then after the double, at most this much later each time.
  DurationMs statistics_interval_ms{1'000};
  DurationMs silence_ms{2'000};
  DurationMs silence_max_ms{30'000};
  // Between two attempts to mend a path on which packets are lost though it is connected.
  DurationMs repair_interval_ms{4'000};
  // From both descriptions to `connected`. Chromium gives up by itself after 15 s.
  DurationMs connect_media_timeout_ms{16'000};
  // A numbered frame is acknowledged after this long at the latest.
  DurationMs ack_delay_ms{5'000};
  // What is kept for an endpoint that may have missed it.
  std::size_t replay_frames_max = 256;
  std::size_t replay_bytes_max = 1024 * 1024;
  // Before asking again for a channel that was refused for a passing reason while reconnecting.
  DurationMs rejoin_delay_ms{2'000};
  // Between generations of a connection that did not come about: doubled each time, to the cap.
  DurationMs rebuild_delay_ms{500};
  DurationMs rebuild_delay_max_ms{15'000};
  // An answer waits this long for its first candidate.
  DurationMs answer_hold_ms{20};
  // And this long for the next of those that come together.
  DurationMs candidate_gap_ms{3};
  // Other candidates are collected this long: the other side is still busy with the offer.
  DurationMs candidate_batch_ms{50};
};

struct CompanionOptions {
  // Messages that are waiting to be sent, or not yet with all whom they are for, in all channels of
  // a line: half a minute of a busy chat, or of an outage.
  std::size_t messages_max = 1'000;
  std::size_t message_bytes_max = 4 * 1024 * 1024;
  // Of one channel, on their way to the endpoint. Well below what is kept for a replay.
  std::size_t messages_in_flight_max = 32;
  std::size_t message_bytes_in_flight_max = 256 * 1024;
};

// A relay (TURN, RFC 8656) that shares a secret with the endpoint, so that it takes credentials
// which the endpoint makes: "TURN REST", draft-uberti-behave-turn-rest-00.
struct RelayOptions {
  JsonText urls;  // RTCIceServer.urls
  // Of a credential. Another one is given when half of it has passed; a relay asks for them only
  // when a path is looked for, so it bounds how long a stolen one is of use.
  DurationMs lifetime_ms{3'600'000};
  friend bool operator==(const RelayOptions&, const RelayOptions&) = default;
};

struct HubOptions {
  // A page whose identity another one asks for must answer within this time.
  DurationMs identity_answer_ms{2'000};
  // What is told to clients: a Ping when nothing was heard for this long.
  DurationMs heartbeat_ms{15'000};
  // A socket must say hello within this time. Not longer, since it holds memory.
  DurationMs hello_timeout_ms{10'000};
  // A socket from which nothing is heard for this long is closed. Timers in hidden tabs fire once a
  // minute, so it must be well above that.
  DurationMs silence_timeout_ms{150'000};
  // How long a session without a socket is held: its peer is away and has not left. Covers a
  // restart of this process, a handover, a short sleep.
  DurationMs hold_ms{30'000};
  // Others are told that a peer is away when it did not come back at once.
  DurationMs away_after_ms{1'000};
  // A numbered frame is acknowledged after this long at the latest.
  DurationMs ack_delay_ms{5'000};
  // A resume ticket is good for this long, and renewed when half of it has passed.
  DurationMs ticket_lifetime_ms{3'600'000};
  // What is kept for a client that may have missed it. Beyond that it gets the whole state anew.
  std::size_t replay_frames_max = 256;
  std::size_t replay_bytes_max = 512 * 1024;
  // How many come back in a second after all were lost at once: clients spread their first attempt
  // accordingly.
  std::uint32_t returns_per_second = 2'000;
  // RTCIceServer[] that every peer is given.
  JsonText ice_servers{"[]"};
  // How far clocks of those who sign tokens may be off.
  DurationMs token_skew_ms{10'000};
  // Given to every peer whose key allows it, each with a credential of its own.
  std::vector<RelayOptions> relays{};
  std::string software = "partyline-endpoint";

  std::size_t connections_max = 10'000;
  // Of one address: an office behind one NAT fits, a flood does not.
  std::size_t connections_per_address_max = 256;
  std::size_t channels_max = 10'000;
  std::size_t channels_per_connection_max = 32;
  // A mesh beyond this does not work in any browser.
  std::size_t members_per_channel_max = 32;
  // Token buckets per socket: sustained rate and burst. Over it the socket is read more slowly, it
  // is not closed. A joiner of a full channel sends about 4 frames to each of 31 others at once.
  std::uint32_t frames_per_second = 50;
  std::uint32_t frames_burst = 400;
  std::uint32_t bytes_per_second = 128 * 1024;
  // Less than an endpoint keeps for a reader that is slow (EndpointOptions of its host).
  std::uint32_t bytes_burst = 768 * 1024;
  // What its frames make the hub write to others: one to a full channel is written 31 times.
  std::uint32_t fanout_bytes_per_second = 1024 * 1024;
  std::uint32_t fanout_bytes_burst = 8 * 1024 * 1024;
  // How long reading may stop for one frame to many. In a channel of hundreds it would be minutes,
  // in which a client that is not read would seem dead.
  DurationMs fanout_pause_max_ms{4'000};
  // A drain spreads clients over this time when it tells them to come back.
  DurationMs drain_retry_ms{1'000};
};

// What happens to the page that has an identity when another one comes with it: a copy of a tab, or
// a reload whose old page the endpoint still believes to be there.
enum class SameIdentity : std::uint8_t {
  kReplace,  // the newcomer goes on with it, and the other one is closed
  kReject,   // the newcomer is refused, unless the other one does not answer
  kAllow     // the newcomer becomes another peer
};

// What one who was let in may do.
struct Permissions {
  bool join = true;       // channels
  bool publish = true;    // media
  bool subscribe = true;  // to media of others; without it nobody sends any
  bool send = true;       // messages
  friend bool operator==(const Permissions&, const Permissions&) = default;
};

// Bounds below those of the endpoint; 0 is none.
struct AccessLimits {
  std::uint32_t members_per_channel_max = 0;  // whoever would be one more is refused
  std::uint32_t channels_max = 0;             // of one peer, at once
  std::uint32_t frames_per_second = 0;        // of one peer; over it, it is read more slowly
  std::uint32_t peers_max = 0;                // with this key, at once
  friend bool operator==(const AccessLimits&, const AccessLimits&) = default;
};

// A publishable key: safe in a web page, so its power is in these limits. Or the application whose
// tokens are taken: then these are the limits of all of them.
struct KeyOptions {
  std::string id;  // "pk_…"
  // Patterns of channel names: `*` stands for anything within a '/'-separated segment, `**` for
  // anything. Empty means every channel.
  std::vector<std::string> channels;
  // Origins as browsers send them ("https://example.com"); empty means every origin. The built-in
  // development key sets loopback_origins_only instead.
  std::vector<std::string> origins;
  bool loopback_origins_only = false;
  Permissions may;
  AccessLimits limits;
  bool may_relay = true;  // over HubOptions::relays
  SameIdentity same_identity = SameIdentity::kReplace;
  // Nobody is let in by the id alone: it takes a token that HubRun::verify_token finds signed for
  // this key, and whose "aud" is this, where it is not empty.
  bool needs_token = false;
  std::string audience;
  // Names of the keys that sign; empty: whatever HubRun::verify_token says.
  std::vector<std::string> kids;
  friend bool operator==(const KeyOptions&, const KeyOptions&) = default;
};

}  // namespace partyline
