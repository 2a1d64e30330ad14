// What things may be called, and what enums are called on the wire.
#include "partyline/limits.h"
#include "partyline/protocol.h"
#include "partyline/signal.h"
#include "protocol/text.h"

namespace partyline {

bool is_channel_name(std::string_view name) {
  return is_id_text(name, limits::kChannelNameBytesMax) && name.front() != ' ' &&
         name.back() != ' ';
}

bool is_publication_name(std::string_view name) {
  return is_id_text(name, limits::kPublicationNameBytesMax) &&
         name.find('/') == std::string_view::npos;
}

std::string_view media_kind_name(MediaKind kind) {
  return kind == MediaKind::kAudio ? "audio" : "video";
}

std::string_view description_type_name(DescriptionType type) {
  return type == DescriptionType::kOffer ? "offer" : "answer";
}

namespace message {

std::string_view leave_reason_name(LeaveReason reason) {
  if (reason == LeaveReason::kRemoved) return "removed";
  return reason == LeaveReason::kLeft ? "left" : "disconnected";
}

std::string_view session_kind_name(SessionKind kind) {
  switch (kind) {
    case SessionKind::kNew:
      return "new";
    case SessionKind::kResumed:
      return "resumed";
    case SessionKind::kResynced:
      return "resynced";
    case SessionKind::kRestored:
      return "restored";
  }
  return "new";
}

}  // namespace message
}  // namespace partyline
