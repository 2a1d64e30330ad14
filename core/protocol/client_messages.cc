// What clients say: hello, join, leave, update, signal, message, ping, ack.
#include <algorithm>

#include "partyline/limits.h"
#include "partyline/protocol.h"
#include "protocol/fields.h"
#include "protocol/frame.h"
#include "protocol/members.h"
#include "protocol/text.h"

namespace partyline {
namespace {

using message::Ack;
using message::Hello;
using message::Join;
using message::Leave;
using message::MessageTo;
using message::Ping;
using message::Pong;
using message::Resume;
using message::SignalTo;
using message::Update;

// Whether the channel's name is one is judged by the hub, which refuses the join and does not
// close. Everywhere else a name that could not have been joined is a fault.
Join read_join(FieldReader& fields) {
  Join join;
  join.channel = ChannelName(fields.text("channel", limits::kFrameBytesMax));
  join.request = fields.optional_number("request");
  join.metadata = fields.json("metadata");
  join.publications = read_optional_publications(fields);
  join.incarnation = fields.optional_number("incarnation");
  return join;
}

std::optional<Resume> read_resume(FieldReader& hello) {
  const Json* object = hello.object("resume");
  if (object == nullptr) return std::nullopt;
  FieldReader fields(*object, "A resume");
  Resume resume;
  resume.ticket = fields.text("ticket", limits::kTicketBytesMax);
  if (fields.has("received")) resume.received = fields.number("received");
  resume.fresh = fields.optional_flag("fresh");
  if (!fields.ok()) hello.fail(fields.error());
  return resume;
}

ChannelName read_channel(FieldReader& fields) {
  return ChannelName(fields.id("channel", limits::kChannelNameBytesMax));
}

std::vector<Join> read_hello_joins(FieldReader& fields) {
  std::vector<Join> joins;
  const Json* array = fields.array("join");
  if (array == nullptr) return joins;
  if (array->size() > limits::kHelloJoinsMax) {
    fields.fail("join", "may list " + std::to_string(limits::kHelloJoinsMax) + " channels at most");
    return joins;
  }
  for (const Json& item : *array) {
    FieldReader join(item, "A join");
    joins.push_back(read_join(join));
    if (!join.ok()) fields.fail(join.error());
    const ChannelName& channel = joins.back().channel;
    // The answers to two would contradict each other.
    if (std::any_of(joins.begin(), joins.end() - 1,
                    [&](const Join& before) { return before.channel == channel; })) {
      fields.fail("join", "must not list a channel twice");
    }
  }
  return joins;
}

ClientMessage read_hello(FieldReader& fields) {
  Hello hello;
  // First of all: the rest of another version's hello may look like anything.
  const std::uint64_t version = fields.number("version");
  if (fields.ok() && version != limits::kProtocolVersion) {
    fields.fail(Error{ErrorCode::unsupported_version,
                      "This endpoint speaks version " + std::to_string(limits::kProtocolVersion) +
                          " of the protocol. Update the package or the endpoint."});
    return hello;
  }
  hello.version = limits::kProtocolVersion;
  hello.key = fields.optional_text("key", limits::kCredentialBytesMax);
  hello.token = fields.optional_text("token", limits::kCredentialBytesMax);
  hello.client = fields.optional_id("client", limits::kSoftwareBytesMax);
  hello.resume = read_resume(fields);
  hello.joins = read_hello_joins(fields);
  if (hello.key.empty() == hello.token.empty()) {
    fields.fail(
        Error{ErrorCode::protocol_error, "hello: give either \"key\" or \"token\", not both."});
  }
  return hello;
}

ClientMessage read_leave(FieldReader& fields) { return Leave{read_channel(fields)}; }

ClientMessage read_update(FieldReader& fields) {
  Update update;
  update.channel = read_channel(fields);
  Changes changes = read_changes(fields);
  update.metadata = std::move(changes.metadata);
  update.publications = std::move(changes.publications);
  return update;
}

ClientMessage read_signal_to(FieldReader& fields) {
  SignalTo signal;
  signal.channel = read_channel(fields);
  signal.to = PeerId(fields.id("to", limits::kPeerIdBytesMax));
  signal.incarnation = fields.number("incarnation");
  return signal;
}

std::vector<PeerId> read_addressees(FieldReader& fields) {
  std::vector<PeerId> to;
  const Json* array = fields.array("to");
  if (array == nullptr) return to;
  // An empty list is nobody, and not all.
  if (array->empty() || array->size() > limits::kAddresseesMax) {
    fields.fail("to", "must name 1 to " + std::to_string(limits::kAddresseesMax) + " peers");
    return to;
  }
  for (const Json& item : *array) {
    const auto* id = item.get_ptr<const std::string*>();
    if (id == nullptr || !is_id_text(*id, limits::kPeerIdBytesMax)) {
      fields.fail("to", "must be an array of peer ids");
      return to;
    }
    to.emplace_back(*id);
  }
  return to;
}

ClientMessage read_message_to(FieldReader& fields) {
  MessageTo message;
  message.channel = read_channel(fields);
  message.request = fields.number("request");
  message.to = read_addressees(fields);
  message.partly = fields.optional_flag("partly");
  message.topic = fields.optional_id("topic", limits::kTopicBytesMax);
  message.format = fields.optional_id("format", limits::kFormatBytesMax);
  return message;
}

std::optional<ClientMessage> read_typed(std::string_view type, FieldReader& fields) {
  if (type == "signal") return read_signal_to(fields);
  if (type == "message") return read_message_to(fields);
  if (type == "token") {
    return message::Token{fields.text("token", limits::kCredentialBytesMax)};
  }
  if (type == "ping") return Ping{};
  if (type == "pong") return Pong{};
  if (type == "ack") return Ack{fields.number("received")};
  if (type == "update") return read_update(fields);
  if (type == "join") return read_join(fields);
  if (type == "leave") return read_leave(fields);
  if (type == "hello") return read_hello(fields);
  return std::nullopt;
}

void write_join(const Join& join, JsonWriter& into) {
  into.member("channel", join.channel);
  into.member_if_set("request", join.request);
  into.member_if_set("incarnation", join.incarnation);
  write_if_set(join.metadata, join.publications, into);
}

void write_resume(const Resume& resume, JsonWriter& into) {
  into.key("resume");
  into.open('{');
  into.member("ticket", resume.ticket);
  if (resume.received) into.member("received", *resume.received);
  into.member_if_set("fresh", resume.fresh);
  into.close('}');
}

}  // namespace

Result<ClientFrame> parse_client_frame(std::string_view frame) {
  Result<RawFrame> raw = parse_raw_frame(frame, limits::kFrameBytesMax);
  if (!raw) return raw.error();
  FieldReader fields(raw.value().header, raw.value().type);
  ClientFrame read;
  read.seq = fields.optional_number("seq");
  read.message = read_typed(raw.value().type, fields);
  if (!fields.ok()) return fields.error();
  if (!read.message) return read;
  if (std::optional<Error> error = check_body(raw.value())) return *error;
  read.body = raw.value().body;
  return read;
}

Result<ClientMessage> parse_client_message(std::string_view frame) {
  Result<ClientFrame> parsed = parse_client_frame(frame);
  if (!parsed) return parsed.error();
  std::optional<ClientMessage>& message = parsed.value().message;
  if (!message) return unknown_type();
  if (auto* signal = std::get_if<SignalTo>(&*message)) signal->body = parsed.value().body;
  if (auto* sent = std::get_if<MessageTo>(&*message)) sent->body = parsed.value().body;
  return std::move(*message);
}

std::string write_message(const Hello& hello) {
  JsonWriter json = header_of("hello");
  json.member("version", std::int64_t{hello.version});
  json.member_if_set("key", hello.key);
  json.member_if_set("token", hello.token);
  json.member_if_set("client", hello.client);
  if (hello.resume) write_resume(*hello.resume, json);
  if (!hello.joins.empty()) {
    json.key("join");
    json.open('[');
    for (const Join& join : hello.joins) {
      json.open('{');
      write_join(join, json);
      json.close('}');
    }
    json.close(']');
  }
  return end_frame(std::move(json));
}

std::string write_message(const Join& join) {
  JsonWriter json = header_of("join");
  write_join(join, json);
  return end_frame(std::move(json));
}

std::string write_message(const Leave& leave) {
  JsonWriter json = header_of("leave");
  json.member("channel", leave.channel);
  return end_frame(std::move(json));
}

std::string write_message(const Update& update) {
  JsonWriter json = header_of("update");
  json.member("channel", update.channel);
  write_changes(update.metadata, update.publications, json);
  return end_frame(std::move(json));
}

std::string write_message(const SignalTo& signal) {
  JsonWriter json = header_of("signal");
  json.member("channel", signal.channel);
  json.member("to", signal.to);
  json.member("incarnation", signal.incarnation);
  return end_frame(std::move(json), signal.body);
}

std::string write_message_to(const MessageTo& message, std::string_view body) {
  JsonWriter json = header_of("message");
  json.member("channel", message.channel);
  json.member("request", message.request);
  if (!message.to.empty()) {
    json.key("to");
    json.open('[');
    for (const PeerId& peer : message.to) json.write(peer);
    json.close(']');
  }
  json.member_if_set("partly", message.partly);
  json.member_if_set("topic", message.topic);
  json.member_if_set("format", message.format);
  return end_frame(std::move(json), body);
}

std::string write_message(const MessageTo& message) {
  return write_message_to(message, message.body);
}

std::string write_message(const message::Token& token) {
  JsonWriter json = header_of("token");
  json.member("token", token.token);
  return end_frame(std::move(json));
}

std::string write_message(const Ping&) { return end_frame(header_of("ping")); }
std::string write_message(const Pong&) { return end_frame(header_of("pong")); }

std::string write_message(const Ack& ack) {
  JsonWriter json = header_of("ack");
  json.member("received", ack.received);
  return end_frame(std::move(json));
}

std::string write_message(const ClientMessage& message) {
  return std::visit([](const auto& one) { return write_message(one); }, message);
}

}  // namespace partyline
