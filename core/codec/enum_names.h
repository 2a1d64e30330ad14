// How enums are spelled at the door, in the order of their values.
#pragma once

#include <span>
#include <string_view>

#include "partyline/client_output.h"

namespace partyline::codec {

template <class E>
struct EnumNames;

#define PARTYLINE_ENUM_NAMES(Type, ...)                         \
  template <>                                                   \
  struct EnumNames<Type> {                                      \
    static constexpr std::string_view kNames[] = {__VA_ARGS__}; \
  }

PARTYLINE_ENUM_NAMES(MediaKind, "audio", "video");
PARTYLINE_ENUM_NAMES(TrackStatus, "absent", "live", "muted");
PARTYLINE_ENUM_NAMES(ConnectionState, "new", "connecting", "connected", "disconnected", "failed",
                     "closed");
PARTYLINE_ENUM_NAMES(LineState, "idle", "connecting", "connected", "reconnecting", "closed");
PARTYLINE_ENUM_NAMES(ChannelState, "joining", "joined", "reconnecting", "left");
PARTYLINE_ENUM_NAMES(PeerState, "connecting", "connected", "reconnecting", "away", "left");
PARTYLINE_ENUM_NAMES(TokenReason, "first", "expiring", "refused");
PARTYLINE_ENUM_NAMES(output::Log::Level, "debug", "info", "warning", "error");

#undef PARTYLINE_ENUM_NAMES

#define PARTYLINE_NAME(name, close_code, retryable) #name,
template <>
struct EnumNames<ErrorCode> {
  static constexpr std::string_view kNames[] = {PARTYLINE_ERROR_CODES(PARTYLINE_NAME)};
};
#undef PARTYLINE_NAME

template <class E>
constexpr std::span<const std::string_view> enum_names() {
  return EnumNames<E>::kNames;
}

}  // namespace partyline::codec
