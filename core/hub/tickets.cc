#include "hub/tickets.h"

#include <utility>

#include "hub/constant_time.h"
#include "partyline/limits.h"
#include "protocol/fields.h"

namespace partyline::hub {

Tickets::Tickets(HubRun run, DurationMs lifetime) : run_(std::move(run)), lifetime_(lifetime) {}

std::string Tickets::issue(std::int64_t unix_now, const PeerId& peer, const std::string& key,
                           std::uint64_t epoch) const {
  if (!enabled()) return {};
  const std::string claims = dump_json({{"peer", peer.value},
                                        {"key", key},
                                        {"epoch", epoch},
                                        {"run", run_.epoch},
                                        {"until", unix_now + lifetime_.value}});
  const std::string ticket = run_.sign(claims) + '.' + claims;
  return ticket.size() <= limits::kTicketBytesMax ? ticket : std::string();
}

std::optional<TicketClaims> Tickets::open(std::int64_t unix_now, std::string_view ticket) const {
  const std::size_t dot = ticket.find('.');
  if (!enabled() || dot == std::string_view::npos) return std::nullopt;
  const std::string_view text = ticket.substr(dot + 1);
  if (!equals_in_constant_time(ticket.substr(0, dot), run_.sign(text))) return std::nullopt;

  const Result<Json> json = parse_json(text);
  if (!json) return std::nullopt;
  FieldReader fields(json.value(), "A ticket");
  TicketClaims claims;
  claims.peer = PeerId(fields.id("peer", limits::kPeerIdBytesMax));
  claims.key = fields.text("key", limits::kTicketBytesMax);
  claims.epoch = fields.number("epoch");
  claims.run = static_cast<std::uint32_t>(fields.number("run"));
  claims.until = static_cast<std::int64_t>(fields.number("until"));
  if (!fields.ok() || claims.until < unix_now) return std::nullopt;
  return claims;
}

}  // namespace partyline::hub
