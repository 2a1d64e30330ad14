// What the hub says: welcome, joined, refused, peer-joined, peer-updated, peer-left, peer-away,
// peer-back, signal, message, sent, delivered, pong, goodbye, ack, ticket, ice-servers.
#include "partyline/limits.h"
#include "partyline/protocol.h"
#include "protocol/error_names.h"
#include "protocol/fields.h"
#include "protocol/frame.h"
#include "protocol/members.h"
#include "protocol/message_news.h"

namespace partyline {
namespace {

using message::Ack;
using message::Delivered;
using message::Goodbye;
using message::IceServers;
using message::Joined;
using message::LeaveReason;
using message::MessageFrom;
using message::PeerJoined;
using message::PeerLeft;
using message::PeerPresence;
using message::PeerUpdated;
using message::Ping;
using message::Pong;
using message::Refused;
using message::Removed;
using message::Sent;
using message::SessionKind;
using message::SignalFrom;
using message::Ticket;
using message::Welcome;

Joined read_joined(FieldReader& fields) {
  Joined joined;
  joined.channel = read_channel(fields);
  joined.request = fields.optional_number("request");
  joined.incarnation = fields.number("incarnation");
  joined.missed = fields.optional_flag("missed");
  if (const Json* members = fields.array("members")) {
    joined.members.reserve(members->size());
    for (const Json& item : *members) {
      FieldReader member(item, "A member");
      joined.members.push_back(read_member(member));
      if (!member.ok()) fields.fail(member.error());
    }
  }
  return joined;
}

SessionKind read_session_kind(FieldReader& fields) {
  const std::string name = fields.optional_text("session", limits::kSoftwareBytesMax);
  for (const SessionKind kind :
       {SessionKind::kResumed, SessionKind::kResynced, SessionKind::kRestored}) {
    if (name == session_kind_name(kind)) return kind;
  }
  return SessionKind::kNew;
}

JsonText read_ice_servers(FieldReader& fields) {
  return fields.array("ice_servers") == nullptr ? JsonText("[]") : fields.json("ice_servers");
}

Welcome read_welcome(FieldReader& fields) {
  Welcome welcome;
  welcome.peer = read_peer(fields, "peer");
  welcome.session = read_session_kind(fields);
  welcome.received = fields.optional_number("received");
  welcome.ticket = fields.optional_text("ticket", limits::kTicketBytesMax);
  if (fields.has("hold_ms")) welcome.hold_ms = fields.duration_ms("hold_ms", 0);
  if (fields.has("spread_ms")) welcome.spread_ms = fields.duration_ms("spread_ms", 0);
  welcome.heartbeat_ms = fields.duration_ms("heartbeat_ms", 1);
  welcome.ice_servers = read_ice_servers(fields);
  welcome.endpoint = fields.optional_id("endpoint", limits::kSoftwareBytesMax);
  if (const Json* array = fields.array("joined")) {
    for (const Json& item : *array) {
      FieldReader joined(item, "A joined channel");
      welcome.joined.push_back(read_joined(joined));
      if (!joined.ok()) fields.fail(joined.error());
    }
  }
  return welcome;
}

Removed read_removed(FieldReader& fields) {
  Removed removed;
  removed.channel = read_channel(fields);
  removed.code = read_code(fields);
  removed.text = fields.optional_text("text", limits::kWordsBytesMax);
  return removed;
}

PeerJoined read_peer_joined(FieldReader& fields) {
  PeerJoined joined;
  joined.channel = read_channel(fields);
  joined.member = read_member(fields);
  return joined;
}

PeerUpdated read_peer_updated(FieldReader& fields) {
  PeerUpdated updated;
  updated.channel = read_channel(fields);
  updated.peer = read_peer(fields, "peer");
  Changes changes = read_changes(fields);
  updated.metadata = std::move(changes.metadata);
  updated.publications = std::move(changes.publications);
  if (fields.has("receives")) updated.receives = fields.optional_flag("receives");
  if (fields.has("publishes")) updated.publishes = fields.optional_flag("publishes");
  return updated;
}

PeerLeft read_peer_left(FieldReader& fields) {
  PeerLeft left;
  left.channel = read_channel(fields);
  left.peer = read_peer(fields, "peer");
  // Whatever a newer hub says instead, the peer is gone.
  const std::string reason = fields.id("reason", limits::kSoftwareBytesMax);
  for (const LeaveReason known : {LeaveReason::kDisconnected, LeaveReason::kRemoved}) {
    if (reason == leave_reason_name(known)) left.reason = known;
  }
  return left;
}

PeerPresence read_presence(FieldReader& fields, bool away) {
  PeerPresence presence;
  presence.channel = read_channel(fields);
  presence.peer = read_peer(fields, "peer");
  presence.away = away;
  return presence;
}

SignalFrom read_signal_from(FieldReader& fields) {
  SignalFrom signal;
  signal.channel = read_channel(fields);
  signal.from = read_peer(fields, "from");
  signal.incarnation = fields.number("incarnation");
  return signal;
}

Pong read_pong(FieldReader& fields) {
  Pong pong;
  if (fields.has("spread_ms")) pong.spread_ms = fields.duration_ms("spread_ms", 0);
  return pong;
}

Goodbye read_goodbye(FieldReader& fields) {
  Goodbye goodbye;
  goodbye.retry_in_ms = fields.duration_ms("retry_in_ms", 0);
  goodbye.text = fields.optional_text("text", limits::kWordsBytesMax);
  return goodbye;
}

bool is_about_messages(std::string_view type) {
  return type == "message" || type == "sent" || type == "delivered";
}

template <class Message>
std::optional<Message> read_typed(std::string_view type, FieldReader& fields) {
  if (type == "signal") return read_signal_from(fields);
  if (type == "pong") return read_pong(fields);
  if (type == "peer-updated") return read_peer_updated(fields);
  if (type == "peer-joined") return read_peer_joined(fields);
  if (type == "peer-left") return read_peer_left(fields);
  if (type == "peer-away") return read_presence(fields, true);
  if (type == "peer-back") return read_presence(fields, false);
  if (type == "ack") return Ack{fields.number("received")};
  if (type == "ticket") return Ticket{fields.text("ticket", limits::kTicketBytesMax)};
  if (type == "ice-servers") return IceServers{read_ice_servers(fields)};
  if (type == "joined") return read_joined(fields);
  if (type == "refused") return read_refused(fields);
  if (type == "welcome") return read_welcome(fields);
  if (type == "goodbye") return read_goodbye(fields);
  if (type == "ping") return Ping{};
  if (type == "token-expiring") return message::TokenExpiring{};
  if (type == "removed") return read_removed(fields);
  return std::nullopt;
}

void write_joined(const Joined& joined, JsonWriter& into) {
  into.member("channel", joined.channel);
  into.member_if_set("request", joined.request);
  into.member("incarnation", joined.incarnation);
  into.member_if_set("missed", joined.missed);
  if (joined.members.empty()) return;
  into.key("members");
  into.open('[');
  for (const MemberInfo& member : joined.members) {
    into.open('{');
    write_member(member, into);
    into.close('}');
  }
  into.close(']');
}

void write_all_joined(const std::vector<Joined>& all, JsonWriter& into) {
  into.key("joined");
  into.open('[');
  for (const Joined& joined : all) {
    into.open('{');
    write_joined(joined, into);
    into.close('}');
  }
  into.close(']');
}

struct Writer {
  std::string operator()(const Welcome& welcome) const {
    JsonWriter json = header_of("welcome");
    json.member("peer", welcome.peer);
    json.member("heartbeat_ms", welcome.heartbeat_ms);
    if (welcome.session != SessionKind::kNew) {
      json.member("session", session_kind_name(welcome.session));
    }
    json.member_if_set("received", welcome.received);
    json.member_if_set("ticket", welcome.ticket);
    json.member_if_set("hold_ms", welcome.hold_ms);
    json.member_if_set("spread_ms", welcome.spread_ms);
    const Json servers = from_json_text(welcome.ice_servers);
    if (servers.is_array() && !servers.empty()) {
      json.key("ice_servers");
      json.write_tree(servers);
    }
    json.member_if_set("endpoint", welcome.endpoint);
    if (!welcome.joined.empty()) write_all_joined(welcome.joined, json);
    return end_frame(std::move(json));
  }
  std::string operator()(const Joined& joined) const {
    JsonWriter json = header_of("joined");
    write_joined(joined, json);
    return end_frame(std::move(json));
  }
  std::string operator()(const Refused& refused) const {
    Json json = {{"type", "refused"}, {"code", error_name(refused.code)}};
    if (!refused.text.empty()) json["text"] = refused.text;
    if (!refused.channel.empty()) json["channel"] = refused.channel.value;
    if (!refused.peer.empty()) json["peer"] = refused.peer.value;
    if (refused.request != 0) json["request"] = refused.request;
    return dump_json(json);
  }
  std::string operator()(const PeerJoined& joined) const {
    JsonWriter json = header_of("peer-joined");
    json.member("channel", joined.channel);
    write_member(joined.member, json);
    return end_frame(std::move(json));
  }
  std::string operator()(const PeerUpdated& updated) const {
    JsonWriter json = header_of("peer-updated");
    json.member("channel", updated.channel);
    json.member("peer", updated.peer);
    write_changes(updated.metadata, updated.publications, json);
    if (updated.receives) json.member("receives", *updated.receives);
    if (updated.publishes) json.member("publishes", *updated.publishes);
    return end_frame(std::move(json));
  }
  std::string operator()(const PeerLeft& left) const {
    return dump_json({{"type", "peer-left"},
                      {"channel", left.channel.value},
                      {"peer", left.peer.value},
                      {"reason", leave_reason_name(left.reason)}});
  }
  std::string operator()(const PeerPresence& presence) const {
    return dump_json({{"type", presence.away ? "peer-away" : "peer-back"},
                      {"channel", presence.channel.value},
                      {"peer", presence.peer.value}});
  }
  std::string operator()(const Ack& ack) const { return write_message(ack); }
  std::string operator()(const Ticket& ticket) const {
    return dump_json({{"type", "ticket"}, {"ticket", ticket.ticket}});
  }
  std::string operator()(const IceServers& fresh) const {
    return dump_json({{"type", "ice-servers"}, {"ice_servers", from_json_text(fresh.ice_servers)}});
  }
  std::string operator()(const SignalFrom& signal) const {
    return write_signal_from(signal, signal.body);
  }
  std::string operator()(const MessageFrom& message) const {
    return write_message_from(message, message.body);
  }
  std::string operator()(const Sent& sent) const {
    return dump_json(
        {{"type", "sent"}, {"channel", sent.channel.value}, {"request", sent.request}});
  }
  std::string operator()(const Delivered& delivered) const {
    return dump_json({{"type", "delivered"},
                      {"channel", delivered.channel.value},
                      {"peer", delivered.peer.value},
                      {"request", delivered.request}});
  }
  std::string operator()(const Pong& pong) const {
    Json json = {{"type", "pong"}};
    if (pong.spread_ms.value != 0) json["spread_ms"] = pong.spread_ms.value;
    return dump_json(json);
  }
  std::string operator()(const Ping&) const { return dump_json({{"type", "ping"}}); }
  std::string operator()(const message::TokenExpiring&) const {
    return dump_json({{"type", "token-expiring"}});
  }
  std::string operator()(const Removed& removed) const {
    return dump_json({{"type", "removed"},
                      {"channel", removed.channel.value},
                      {"code", error_name(removed.code)},
                      {"text", removed.text}});
  }
  std::string operator()(const Goodbye& goodbye) const {
    Json json = {{"type", "goodbye"}, {"retry_in_ms", goodbye.retry_in_ms.value}};
    if (!goodbye.text.empty()) json["text"] = goodbye.text;
    return dump_json(json);
  }
};

}  // namespace

namespace {

template <class Message>
Result<NumberedFrame<Message>> parse_frame(const RawFrame& raw, FieldReader& fields,
                                           std::optional<Message> message) {
  NumberedFrame<Message> read{fields.optional_number("seq"), std::move(message)};
  if (!fields.ok()) return fields.error();
  if (!read.message) return read;
  if (std::optional<Error> error = check_body(raw)) return *error;
  if (auto* signal = std::get_if<SignalFrom>(&*read.message)) signal->body = raw.body;
  return read;
}

}  // namespace

Result<LineFrame> parse_line_frame(std::string_view frame) {
  Result<RawFrame> raw = parse_raw_frame(frame, limits::kHubFrameBytesMax);
  if (!raw) return raw.error();
  const std::string& type = raw.value().type;
  FieldReader fields(raw.value().header, type);
  std::optional<LineMessage> message;
  if (is_about_messages(type)) {
    message = message::AboutMessages{read_channel(fields)};
  } else {
    message = read_typed<LineMessage>(type, fields);
  }
  return parse_frame(raw.value(), fields, std::move(message));
}

Result<HubFrame> parse_hub_frame(std::string_view frame) {
  Result<RawFrame> raw = parse_raw_frame(frame, limits::kHubFrameBytesMax);
  if (!raw) return raw.error();
  const std::string& type = raw.value().type;
  FieldReader fields(raw.value().header, type);
  std::optional<HubMessage> message;
  if (is_about_messages(type)) {
    std::visit([&](auto&& news) { message = std::move(news); }, *read_message_news(type, fields));
  } else {
    message = read_typed<HubMessage>(type, fields);
  }
  Result<HubFrame> read = parse_frame(raw.value(), fields, std::move(message));
  if (!read || !read.value().message) return read;
  if (auto* of = std::get_if<MessageFrom>(&*read.value().message)) of->body = raw.value().body;
  return read;
}

Result<HubMessage> parse_hub_message(std::string_view frame) {
  Result<HubFrame> read = parse_hub_frame(frame);
  if (!read) return read.error();
  if (!read.value().message) return unknown_type();
  return std::move(*read.value().message);
}

std::string write_signal_from(const SignalFrom& header, std::string_view body) {
  JsonWriter json = header_of("signal");
  json.member("channel", header.channel);
  json.member("from", header.from);
  json.member("incarnation", header.incarnation);
  return end_frame(std::move(json), body);
}

std::string write_message_from(const MessageFrom& header, std::string_view body) {
  JsonWriter json = header_of("message");
  json.member("channel", header.channel);
  json.member("from", header.from);
  json.member("request", header.request);
  json.member_if_set("topic", header.topic);
  json.member_if_set("format", header.format);
  return end_frame(std::move(json), body);
}

std::string write_message(const HubMessage& message) { return std::visit(Writer{}, message); }

}  // namespace partyline
