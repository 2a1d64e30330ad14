// A JSON value of the application's (metadata) or of another layer's, carried as text. The core
// checks that it is well-formed where it enters and never looks inside, so no JSON type is needed
// beyond the codecs. Frames carry it as it stands, so it is compact: whoever makes one of other
// text writes it anew.
#pragma once

#include <string>
#include <utility>

namespace partyline {

struct JsonText {
  std::string text = "null";
  JsonText() = default;
  explicit JsonText(std::string json) : text(std::move(json)) {}
  friend bool operator==(const JsonText&, const JsonText&) = default;
};

}  // namespace partyline
