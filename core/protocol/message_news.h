// What the hub says about messages, apart from all else that it says: the client core has no use
// for it, and the companion for nothing else.
#pragma once

#include <optional>
#include <string_view>

#include "partyline/limits.h"
#include "partyline/protocol.h"
#include "protocol/fields.h"

namespace partyline {

// Nothing where the type is another one. What is wrong is in `fields`; no body is read.
[[nodiscard]] std::optional<MessageNews> read_message_news(std::string_view type,
                                                           FieldReader& fields);

// Also of refused joins and updates.
[[nodiscard]] message::Refused read_refused(FieldReader& fields);

// ---- fields of many frames ----

// A newer hub may know more codes than we do.
[[nodiscard]] ErrorCode read_code(FieldReader& fields);

[[nodiscard]] inline ChannelName read_channel(FieldReader& fields) {
  return ChannelName(fields.id("channel", limits::kChannelNameBytesMax));
}
[[nodiscard]] inline PeerId read_peer(FieldReader& fields, const char* key) {
  return PeerId(fields.id(key, limits::kPeerIdBytesMax));
}

}  // namespace partyline
