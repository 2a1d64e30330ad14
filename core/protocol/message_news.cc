#include "protocol/message_news.h"

#include <utility>

#include "protocol/error_names.h"
#include "protocol/frame.h"

namespace partyline {

using message::Delivered;
using message::MessageFrom;
using message::Refused;
using message::Sent;

ErrorCode read_code(FieldReader& fields) {
  const std::string code = fields.id("code", limits::kSoftwareBytesMax);
  return error_from_name(code).value_or(ErrorCode::internal);
}

Refused read_refused(FieldReader& fields) {
  Refused refused;
  refused.code = read_code(fields);
  refused.text = fields.optional_text("text", limits::kWordsBytesMax);
  refused.channel = ChannelName(fields.optional_id("channel", limits::kChannelNameBytesMax));
  refused.peer = PeerId(fields.optional_id("peer", limits::kPeerIdBytesMax));
  refused.request = fields.optional_number("request");
  return refused;
}

namespace {

MessageFrom read_message_from(FieldReader& fields) {
  MessageFrom message;
  message.channel = read_channel(fields);
  message.from = read_peer(fields, "from");
  message.request = fields.number("request");
  message.topic = fields.optional_id("topic", limits::kTopicBytesMax);
  message.format = fields.optional_id("format", limits::kFormatBytesMax);
  return message;
}

}  // namespace

std::optional<MessageNews> read_message_news(std::string_view type, FieldReader& fields) {
  if (type == "message") return read_message_from(fields);
  if (type == "sent") return Sent{read_channel(fields), fields.number("request")};
  if (type == "delivered") {
    return Delivered{read_channel(fields), read_peer(fields, "peer"), fields.number("request")};
  }
  if (type == "refused") return read_refused(fields);
  return std::nullopt;
}

Result<MessageNews> parse_message_news(std::string_view frame) {
  Result<RawFrame> raw = parse_raw_frame(frame, limits::kHubFrameBytesMax);
  if (!raw) return raw.error();
  FieldReader fields(raw.value().header, raw.value().type);
  std::optional<MessageNews> news = read_message_news(raw.value().type, fields);
  if (!fields.ok()) return fields.error();
  if (!news) return unknown_type();
  if (std::optional<Error> error = check_body(raw.value())) return *error;
  if (auto* of = std::get_if<MessageFrom>(&*news)) of->body = raw.value().body;
  return std::move(*news);
}

}  // namespace partyline
