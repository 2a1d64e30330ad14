// Which file of a folder a request means, and what is said about it. Nothing outside the folder is
// ever opened, whatever the path spells: `..`, its encodings, or a symbolic link.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

namespace partyline::endpoint {

struct FoundFile {
  int descriptor = -1;  // open for reading; the caller closes it
  std::uint64_t bytes = 0;
  std::string etag;
  std::string content_type;
};
struct Redirect {
  std::string location;
};
enum class NoFile : std::uint8_t { kNotFound, kBadPath };

using FileLookup = std::variant<FoundFile, Redirect, NoFile>;

class StaticFiles {
 public:
  // `folder` must exist; throws std::filesystem::filesystem_error otherwise.
  explicit StaticFiles(const std::string& folder);

  // `target` is the request's: path and query, percent-encoded. A folder stands for its
  // index.html, and is redirected to its name with a slash first, so that relative links work.
  [[nodiscard]] FileLookup find(std::string_view target) const;

 private:
  std::filesystem::path root_;
};

// Whether a request's If-None-Match names this entity tag (RFC 9110 §13.1.2).
[[nodiscard]] bool etag_matches(std::string_view if_none_match, std::string_view etag);

// By the file's extension; "application/octet-stream" for what is not known.
[[nodiscard]] std::string_view content_type_of(std::string_view file_name);

// Decodes %XX (RFC 3986 §2.1) into `out`; false when it is not well-formed.
[[nodiscard]] bool percent_decode(std::string_view text, std::string& out);

}  // namespace partyline::endpoint
