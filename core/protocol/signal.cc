// The body of signals, and what must be known of an SDP.
#include "partyline/signal.h"

#include <algorithm>

#include "partyline/limits.h"
#include "protocol/fields.h"
#include "protocol/frame.h"
#include "protocol/text.h"

namespace partyline {
namespace {

// "camera/audio".
std::optional<MediaBinding> read_binding(const std::string& mid, const Json& value) {
  const auto* text = value.get_ptr<const std::string*>();
  if (text == nullptr || !is_id_text(mid, limits::kMidBytesMax)) return std::nullopt;
  const std::size_t slash = text->rfind('/');
  if (slash == std::string::npos) return std::nullopt;
  const std::string_view kind = std::string_view(*text).substr(slash + 1);
  MediaBinding binding{Mid(mid), PublicationName(text->substr(0, slash)), MediaKind::kAudio};
  if (kind == media_kind_name(MediaKind::kVideo)) {
    binding.kind = MediaKind::kVideo;
  } else if (kind != media_kind_name(MediaKind::kAudio)) {
    return std::nullopt;
  }
  if (!is_publication_name(binding.publication.value)) return std::nullopt;
  return binding;
}

std::vector<MediaBinding> read_media(FieldReader& fields) {
  std::vector<MediaBinding> media;
  const Json* object = fields.object("media");
  if (object == nullptr) return media;
  if (object->size() > limits::kMediaPerSignalMax) {
    fields.fail("media", "lists too many m-lines");
    return media;
  }
  for (const auto& [mid, value] : object->items()) {
    std::optional<MediaBinding> binding = read_binding(mid, value);
    if (!binding) {
      fields.fail("media", "must map mids to \"name/audio\" or \"name/video\"");
      return {};
    }
    media.push_back(std::move(*binding));
  }
  return media;
}

std::optional<IceCandidate> read_candidate(const Json& item) {
  if (!item.is_array() || item.size() != 3) return std::nullopt;
  const auto* candidate = item[0].get_ptr<const std::string*>();
  const auto* mid = item[1].get_ptr<const std::string*>();
  const auto* ufrag = item[2].get_ptr<const std::string*>();
  if (candidate == nullptr || mid == nullptr || ufrag == nullptr) return std::nullopt;
  // A line's end in a candidate would add lines of the sender's choice to our description.
  if (!is_line_text(*candidate, limits::kCandidateBytesMax)) return std::nullopt;
  if (!is_line_text(*mid, limits::kMidBytesMax)) return std::nullopt;
  if (!is_line_text(*ufrag, limits::kUfragBytesMax)) return std::nullopt;
  return IceCandidate{*candidate, Mid(*mid), *ufrag};
}

std::vector<IceCandidate> read_candidates(FieldReader& fields) {
  std::vector<IceCandidate> candidates;
  const Json* array = fields.array("candidates");
  if (array == nullptr) return candidates;
  if (array->size() > limits::kCandidatesPerSignalMax) {
    fields.fail("candidates", "lists more than " + std::to_string(limits::kCandidatesPerSignalMax) +
                                  " candidates");
    return candidates;
  }
  for (const Json& item : *array) {
    std::optional<IceCandidate> candidate = read_candidate(item);
    if (!candidate) {
      fields.fail("candidates", "must be arrays of candidate, mid and ufrag");
      return {};
    }
    candidates.push_back(std::move(*candidate));
  }
  return candidates;
}

std::vector<Mid> read_missing(FieldReader& fields) {
  std::vector<Mid> missing;
  const Json* array = fields.array("missing");
  if (array == nullptr) return missing;
  for (const Json& item : *array) {
    const auto* mid = item.get_ptr<const std::string*>();
    if (mid == nullptr || !is_id_text(*mid, limits::kMidBytesMax) ||
        missing.size() == limits::kMediaPerSignalMax) {
      fields.fail("missing", "must be a list of mids");
      return {};
    }
    missing.emplace_back(*mid);
  }
  return missing;
}

std::optional<DescriptionType> read_type(FieldReader& fields) {
  if (!fields.has("type")) return std::nullopt;
  const std::string type = fields.text("type", 16);
  if (type == "offer") return DescriptionType::kOffer;
  if (type == "answer") return DescriptionType::kAnswer;
  fields.fail("type", "must be \"offer\" or \"answer\"");
  return std::nullopt;
}

std::optional<Error> check_sdp(std::string_view sdp) {
  if (sdp.size() > limits::kSdpBytesMax) {
    return Error{ErrorCode::protocol_error, "signal: the SDP is larger than " +
                                                std::to_string(limits::kSdpBytesMax) + " bytes."};
  }
  if (!is_utf8(sdp)) return Error{ErrorCode::protocol_error, "signal: the SDP is not UTF-8."};
  return std::nullopt;
}

void write_candidates(const std::vector<IceCandidate>& candidates, JsonWriter& into) {
  into.key("candidates");
  into.open('[');
  for (const IceCandidate& candidate : candidates) {
    into.open('[');
    into.write(candidate.candidate);
    into.write(candidate.mid);
    into.write(candidate.ufrag);
    into.close(']');
  }
  into.close(']');
}

void write_media(const std::vector<MediaBinding>& media, JsonWriter& into) {
  into.key("media");
  into.open('{');
  for (const MediaBinding& binding : media) {
    into.member(binding.mid.value,
                binding.publication.value + "/" + std::string(media_kind_name(binding.kind)));
  }
  into.close('}');
}

}  // namespace

Result<Signal> parse_signal(std::string_view body) {
  if (body.size() > limits::kFrameBytesMax) {
    return Error{ErrorCode::protocol_error, "signal: the body is too large."};
  }
  const std::size_t line_end = body.find('\n');
  Result<Json> header = parse_json(body.substr(0, line_end));
  if (!header) return header.error();
  FieldReader fields(header.value(), "The signal");
  Signal signal;
  signal.generation = fields.number("generation");
  signal.please_offer = fields.optional_flag("please_offer");
  signal.wants_to_offer = fields.optional_flag("wants_to_offer");
  signal.missing = read_missing(fields);
  signal.candidates = read_candidates(fields);
  const std::optional<DescriptionType> type = read_type(fields);
  if (type) {
    Description description;
    description.type = *type;
    description.negotiation = fields.number("negotiation");
    description.media = read_media(fields);
    signal.description = std::move(description);
  }
  if (!fields.ok()) return fields.error();
  const bool has_sdp = line_end != std::string_view::npos;
  if (has_sdp != type.has_value()) {
    return Error{ErrorCode::protocol_error, "signal: an SDP and its type must come together."};
  }
  if (has_sdp) {
    const std::string_view sdp = body.substr(line_end + 1);
    if (std::optional<Error> error = check_sdp(sdp)) return *error;
    signal.description->sdp = sdp;
  }
  return signal;
}

std::string write_signal(const Signal& signal) {
  JsonWriter json;
  json.open('{');
  json.member("generation", signal.generation);
  json.member_if_set("please_offer", signal.please_offer);
  json.member_if_set("wants_to_offer", signal.wants_to_offer);
  if (!signal.missing.empty()) {
    json.key("missing");
    json.open('[');
    for (const Mid& mid : signal.missing) json.write(mid);
    json.close(']');
  }
  if (!signal.candidates.empty()) write_candidates(signal.candidates, json);
  if (!signal.description) return end_frame(std::move(json));
  const Description& description = *signal.description;
  json.member("type", description_type_name(description.type));
  json.member("negotiation", description.negotiation);
  if (!description.media.empty()) write_media(description.media, json);
  return end_frame(std::move(json), description.sdp);
}

std::vector<std::string> ice_ufrags(std::string_view sdp) {
  constexpr std::string_view kAttribute = "a=ice-ufrag:";
  std::vector<std::string> ufrags;
  while (!sdp.empty()) {
    const std::size_t line_end = sdp.find('\n');
    std::string_view line = sdp.substr(0, line_end);
    sdp.remove_prefix(line_end == std::string_view::npos ? sdp.size() : line_end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!line.starts_with(kAttribute)) continue;
    line.remove_prefix(kAttribute.size());
    if (std::find(ufrags.begin(), ufrags.end(), line) == ufrags.end()) ufrags.emplace_back(line);
    // Browsers bundle, so there is one; what has more than m-lines is none of theirs.
    if (ufrags.size() == limits::kMediaPerSignalMax) break;
  }
  return ufrags;
}

}  // namespace partyline
