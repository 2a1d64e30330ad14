// Which names may be given.
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "partyline/limits.h"
#include "partyline/protocol.h"
#include "protocol/text.h"

namespace partyline {
namespace {

TEST_CASE("a channel may be called what people call it") {
  for (const char* name : {"room-42", "tenant/project/room", "Küche", "会議", "a b", "*", "🎉"}) {
    INFO(name);
    CHECK(is_channel_name(name));
  }
  CHECK(is_channel_name(std::string(limits::kChannelNameBytesMax, 'x')));
}

TEST_CASE("a channel may not be called what logs and people would stumble over") {
  for (const char* name :
       {"", " ", " a", "a ", "a\nb", "\t", "a\x7F", "\xC2\x85", "\xFF", "\xC3"}) {
    INFO(name);
    CHECK_FALSE(is_channel_name(name));
  }
  CHECK_FALSE(is_channel_name(std::string(1, '\0')));
  CHECK_FALSE(is_channel_name(std::string(limits::kChannelNameBytesMax + 1, 'x')));
}

TEST_CASE("a publication's name has no slash") {
  CHECK(is_publication_name("camera"));
  CHECK(is_publication_name(std::string(limits::kPublicationNameBytesMax, 'x')));
  CHECK_FALSE(is_publication_name("camera/audio"));
  CHECK_FALSE(is_publication_name(""));
  CHECK_FALSE(is_publication_name("a\n"));
  CHECK_FALSE(is_publication_name(std::string(limits::kPublicationNameBytesMax + 1, 'x')));
}

// The edges of each range of RFC 3629 §4.
TEST_CASE("UTF-8 is what the RFC says") {
  for (const char* text :
       {"", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    CHECK(is_utf8(text));
  }
  for (const char* text : {"\x80", "\xBF", "\xC1\xBF", "\xC2", "\xC2\x7F", "\xC2\xC0",
                           "\xE0\x9F\xBF", "\xED\xA0\x80", "\xEF\xBF", "\xF0\x8F\xBF\xBF",
                           "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xF0\x90\x80"}) {
    CHECK_FALSE(is_utf8(text));
  }
}

}  // namespace
}  // namespace partyline
