#include "protocol/members.h"

#include "partyline/limits.h"

namespace partyline {
namespace {

TrackStatus read_status(FieldReader& fields, const char* key) {
  if (!fields.has(key)) return TrackStatus::kAbsent;
  const std::string status = fields.text(key, 16);
  if (status == "live") return TrackStatus::kLive;
  if (status == "muted") return TrackStatus::kMuted;
  fields.fail(key, "must be \"live\" or \"muted\"");
  return TrackStatus::kAbsent;
}

void write_status(TrackStatus status, const char* key, JsonWriter& into) {
  if (status == TrackStatus::kAbsent) return;
  into.member(key, status == TrackStatus::kLive ? "live" : "muted");
}

PublicationInfo read_publication(FieldReader& fields) {
  PublicationInfo publication;
  publication.name = PublicationName(fields.id("name", limits::kPublicationNameBytesMax));
  if (fields.ok() && !is_publication_name(publication.name.value)) {
    fields.fail("name", "must not contain '/'");
  }
  publication.audio = read_status(fields, "audio");
  publication.video = read_status(fields, "video");
  publication.metadata = fields.json("metadata");
  return publication;
}

void write_publications(const std::vector<PublicationInfo>& publications, JsonWriter& into) {
  into.key("publications");
  into.open('[');
  for (const PublicationInfo& publication : publications) {
    into.open('{');
    into.member("name", publication.name);
    write_status(publication.audio, "audio", into);
    write_status(publication.video, "video", into);
    into.member_if_set("metadata", publication.metadata);
    into.close('}');
  }
  into.close(']');
}

}  // namespace

std::vector<PublicationInfo> read_publications(const Json& array, FieldReader& parent) {
  std::vector<PublicationInfo> publications;
  publications.reserve(array.size());
  for (const Json& item : array) {
    FieldReader fields(item, "A publication");
    publications.push_back(read_publication(fields));
    if (!fields.ok()) {
      parent.fail(fields.error());
      return {};
    }
  }
  return publications;
}

std::optional<Error> check_metadata(const JsonText& metadata) {
  // What nests deeper might make the frame of a whole roster too deep for the others.
  if (metadata.text.size() <= limits::kMetadataBytesMax &&
      json_depth(metadata.text) <= limits::kMetadataDepthMax) {
    return std::nullopt;
  }
  return Error{ErrorCode::metadata_too_large,
               "Metadata may have " + std::to_string(limits::kMetadataBytesMax) +
                   " bytes as JSON and nest " + std::to_string(limits::kMetadataDepthMax) +
                   " levels at most. Keep documents elsewhere and refer to them."};
}

MemberInfo read_member(FieldReader& fields) {
  MemberInfo member;
  member.peer = PeerId(fields.id("peer", limits::kPeerIdBytesMax));
  member.incarnation = fields.number("incarnation");
  member.metadata = fields.json("metadata");
  member.publications = read_optional_publications(fields);
  member.away = fields.optional_flag("away");
  if (fields.has("receives")) member.receives = fields.optional_flag("receives");
  return member;
}

void write_member(const MemberInfo& member, JsonWriter& into) {
  into.member("peer", member.peer);
  into.member("incarnation", member.incarnation);
  into.member_if_set("away", member.away);
  if (!member.receives) into.member("receives", false);
  write_if_set(member.metadata, member.publications, into);
}

std::vector<PublicationInfo> read_optional_publications(FieldReader& fields) {
  const Json* array = fields.array("publications");
  return array == nullptr ? std::vector<PublicationInfo>() : read_publications(*array, fields);
}

void write_if_set(const JsonText& metadata, const std::vector<PublicationInfo>& publications,
                  JsonWriter& into) {
  into.member_if_set("metadata", metadata);
  if (!publications.empty()) write_publications(publications, into);
}

Changes read_changes(FieldReader& fields) {
  Changes changes;
  if (fields.has("metadata")) changes.metadata = fields.json("metadata");
  if (fields.has("publications")) changes.publications = read_optional_publications(fields);
  return changes;
}

void write_changes(const std::optional<JsonText>& metadata,
                   const std::optional<std::vector<PublicationInfo>>& publications,
                   JsonWriter& into) {
  if (metadata) into.member("metadata", *metadata);
  if (publications) write_publications(*publications, into);
}

}  // namespace partyline
