#include "static_files.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace partyline::endpoint {
namespace {

namespace fs = std::filesystem;

struct ContentType {
  std::string_view extension;
  std::string_view type;
};

constexpr std::array<ContentType, 24> kContentTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".htm", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".gif", "image/gif"},
    {".webp", "image/webp"},
    {".avif", "image/avif"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".woff", "font/woff"},
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/plain; charset=utf-8"},
    {".mp3", "audio/mpeg"},
    {".mp4", "video/mp4"},
    {".webm", "video/webm"},
}};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// A decoded path as segments below the root. Refused rather than repaired: `..` in any spelling,
// backslashes, zero bytes, empty segments, and names that begin with a dot, which are not meant to
// be published (`.git`, `.env`), except the registered one.
bool relative_path(std::string_view decoded, fs::path& out) {
  if (!decoded.starts_with('/')) return false;
  if (decoded.find('\\') != std::string_view::npos) return false;
  if (decoded.find('\0') != std::string_view::npos) return false;
  decoded.remove_prefix(1);
  while (!decoded.empty()) {
    const std::string_view segment = decoded.substr(0, decoded.find('/'));
    if (segment.empty()) return false;
    if (segment.front() == '.' && segment != ".well-known") return false;
    out /= segment;
    decoded.remove_prefix(std::min(decoded.size(), segment.size() + 1));
  }
  return true;
}

bool is_below(const fs::path& path, const fs::path& root) {
  const auto [end_of_root, rest] =
      std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  return end_of_root == root.end();
}

std::string hexadecimal(std::uint64_t number) {
  std::array<char, 16> digits{};
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return {digits.data(), end};
}

// Names a version of the file by its time and size, as every file server does.
std::string etag_of(const struct stat& status) {
  const auto seconds = static_cast<std::uint64_t>(status.st_mtim.tv_sec);
  const auto nanoseconds = static_cast<std::uint64_t>(status.st_mtim.tv_nsec);
  return "\"" + hexadecimal(seconds) + "-" + hexadecimal(nanoseconds) + "-" +
         hexadecimal(static_cast<std::uint64_t>(status.st_size)) + "\"";
}

FileLookup open_file(const fs::path& path) {
  // O_NONBLOCK: opening a pipe that someone put there must not stop the endpoint. O_NOFOLLOW: the
  // path has no links left, so one that is there now was put there since.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  if (descriptor < 0) return NoFile::kNotFound;
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return NoFile::kNotFound;
  }
  FoundFile found;
  found.descriptor = descriptor;
  found.bytes = static_cast<std::uint64_t>(status.st_size);
  found.etag = etag_of(status);
  found.content_type = content_type_of(path.filename().native());
  return found;
}

}  // namespace

StaticFiles::StaticFiles(const std::string& folder) : root_(fs::canonical(folder)) {}

FileLookup StaticFiles::find(std::string_view target) const {
  const std::size_t query_at = std::min(target.find('?'), target.size());
  const std::string_view encoded = target.substr(0, query_at);
  std::string decoded;
  fs::path relative;
  if (!percent_decode(encoded, decoded)) return NoFile::kBadPath;
  if (!relative_path(decoded, relative)) return NoFile::kNotFound;

  std::error_code error;
  fs::path path = fs::canonical(root_ / relative, error);
  if (error || !is_below(path, root_)) return NoFile::kNotFound;
  const bool names_folder = decoded.ends_with('/');
  if (fs::is_directory(path, error)) {
    if (!names_folder) {
      return Redirect{std::string(encoded) + "/" + std::string(target.substr(query_at))};
    }
    path = fs::canonical(path / "index.html", error);
    if (error || !is_below(path, root_)) return NoFile::kNotFound;
  } else if (names_folder) {
    return NoFile::kNotFound;
  }
  return open_file(path);
}

bool percent_decode(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return false;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return false;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return true;
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    const std::size_t comma = std::min(if_none_match.find(','), if_none_match.size());
    std::string_view tag = if_none_match.substr(0, comma);
    if_none_match.remove_prefix(std::min(if_none_match.size(), comma + 1));
    const std::size_t first = tag.find_first_not_of(" \t");
    if (first == std::string_view::npos) continue;
    tag = tag.substr(first, tag.find_last_not_of(" \t") - first + 1);
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == "*" || tag == etag) return true;
  }
  return false;
}

std::string_view content_type_of(std::string_view file_name) {
  const std::size_t dot = file_name.rfind('.');
  if (dot == std::string_view::npos) return "application/octet-stream";
  std::string extension(file_name.substr(dot));
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto* found = std::find_if(kContentTypes.begin(), kContentTypes.end(),
                                   [&](const ContentType& t) { return t.extension == extension; });
  return found == kContentTypes.end() ? "application/octet-stream" : found->type;
}

}  // namespace partyline::endpoint
