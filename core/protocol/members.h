// What appears in messages of both directions: publications and joins, and the roster.
#pragma once

#include <optional>
#include <vector>

#include "partyline/protocol.h"
#include "protocol/fields.h"
#include "protocol/json_guard.h"
#include "protocol/json_writer.h"

namespace partyline {

// How many publications there may be is judged by the hub, which refuses and does not close.
[[nodiscard]] std::vector<PublicationInfo> read_publications(const Json& array,
                                                             FieldReader& parent);

[[nodiscard]] MemberInfo read_member(FieldReader& fields);
void write_member(const MemberInfo& member, JsonWriter& into);

// Absent fields stand for null metadata and for no publications.
[[nodiscard]] std::vector<PublicationInfo> read_optional_publications(FieldReader& fields);
void write_if_set(const JsonText& metadata, const std::vector<PublicationInfo>& publications,
                  JsonWriter& into);

// Whether metadata of a peer or of a publication may be sent.
[[nodiscard]] std::optional<Error> check_metadata(const JsonText& metadata);

// In an update, absent stands for unchanged.
struct Changes {
  std::optional<JsonText> metadata;
  std::optional<std::vector<PublicationInfo>> publications;
};
[[nodiscard]] Changes read_changes(FieldReader& fields);
void write_changes(const std::optional<JsonText>& metadata,
                   const std::optional<std::vector<PublicationInfo>>& publications,
                   JsonWriter& into);

}  // namespace partyline
