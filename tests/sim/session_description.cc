#include "session_description.h"

#include <array>
#include <charconv>

namespace partyline::sim {

namespace {

constexpr std::array<std::string_view, 4> kDirections{"inactive", "sendonly", "recvonly",
                                                      "sendrecv"};
constexpr std::array<std::string_view, 3> kKinds{"audio 9 UDP/TLS/RTP/SAVPF 111",
                                                 "video 9 UDP/TLS/RTP/SAVPF 96",
                                                 "application 9 UDP/DTLS/SCTP webrtc-datachannel"};

std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.empty()) text.remove_prefix(1);
  return number;
}

// The rest of the line if it starts with `prefix`.
std::optional<std::string_view> after(std::string_view line, std::string_view prefix) {
  if (!line.starts_with(prefix)) return std::nullopt;
  return line.substr(prefix.size());
}

bool parse_section_line(SessionDescription& description, std::string_view line) {
  if (const auto rest = after(line, "m=")) {
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
      if (*rest != kKinds[i]) continue;
      description.sections.push_back({Mid{}, static_cast<SectionKind>(i), kInactive, ""});
      return true;
    }
    return false;
  }
  if (description.sections.empty()) return true;
  Section& section = description.sections.back();
  if (const auto rest = after(line, "a=mid:")) section.mid = Mid{std::string(*rest)};
  if (const auto rest = after(line, "a=ice-ufrag:")) description.ufrag = std::string(*rest);
  if (const auto rest = after(line, "a=msid:")) section.stream = std::string(*rest);
  for (std::size_t i = 0; i < kDirections.size(); ++i) {
    if (after(line, "a=") == kDirections[i]) section.direction = static_cast<Direction>(i);
  }
  return true;
}

bool parse_line(SessionDescription& description, std::string_view line) {
  if (auto rest = after(line, "o=- ")) {
    const auto origin = take_number(*rest);
    const auto version = take_number(*rest);
    if (!origin || !version) return false;
    description.origin = *origin;
    description.version = *version;
    return true;
  }
  if (auto rest = after(line, "a=x-answers:")) {
    const auto origin = take_number(*rest);
    const auto version = take_number(*rest);
    if (!origin || !version) return false;
    description.answers = {*origin, *version};
    return true;
  }
  return parse_section_line(description, line);
}

}  // namespace

std::string write_description(const SessionDescription& description) {
  const std::string origin = std::to_string(description.origin);
  std::string text = "v=0\r\no=- " + origin + " " + std::to_string(description.version) +
                     " IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE";
  for (const Section& section : description.sections) text += " " + section.mid.value;
  text += "\r\n";
  if (description.answers) {
    text += "a=x-answers:" + std::to_string(description.answers->first) + " " +
            std::to_string(description.answers->second) + "\r\n";
  }
  for (const Section& section : description.sections) {
    text += "m=";
    text += kKinds[static_cast<std::size_t>(section.kind)];
    text += "\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:" + description.ufrag + "\r\na=ice-pwd:pwd" +
            description.ufrag + "\r\na=fingerprint:sha-256 " + origin +
            "\r\na=mid:" + section.mid.value + "\r\n";
    if (section.kind == SectionKind::kApplication) continue;
    text += "a=";
    text += kDirections[section.direction];
    text += "\r\n";
    if (!section.stream.empty()) text += "a=msid:" + section.stream + "\r\n";
  }
  return text;
}

std::optional<SessionDescription> parse_description(std::string_view text) {
  if (!text.starts_with("v=0\r\n")) return std::nullopt;
  SessionDescription description;
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    if (!parse_line(description, text.substr(0, end))) return std::nullopt;
    text.remove_prefix(end + 2);
  }
  if (description.origin == 0 || description.ufrag.empty()) return std::nullopt;
  for (const Section& section : description.sections) {
    if (section.mid.empty()) return std::nullopt;
  }
  return description;
}

}  // namespace partyline::sim
