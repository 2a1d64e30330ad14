// The body of signals: what peers say to each other past the hub.
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "partyline/limits.h"
#include "partyline/signal.h"
#include "printers.h"
#include "protocol_samples.h"

namespace partyline {
namespace {

void check_refused(const std::string& body) {
  INFO(body.substr(0, 200));
  const Result<Signal> parsed = parse_signal(body);
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.error().code == ErrorCode::protocol_error);
}

std::string with_media(const std::string& media) {
  return R"({"generation":1,"type":"offer","negotiation":1,"media":)" + media + "}\nv=0\r\n";
}

std::string with_candidates(const std::string& candidates) {
  return R"({"generation":1,"candidates":)" + candidates + "}";
}

TEST_CASE("every signal survives the wire") {
  for (const Signal& signal : samples::signals()) {
    const std::string body = write_signal(signal);
    INFO(body);
    const Result<Signal> parsed = parse_signal(body);
    REQUIRE(parsed.ok());
    CHECK(parsed.value() == signal);
  }
}

TEST_CASE("an SDP is carried as it is, behind one line of JSON") {
  const Signal signal{
      1, false, Description{DescriptionType::kOffer, 2, "v=0\r\na=\"\\\r\n", {}}, {}};
  CHECK(write_signal(signal) ==
        "{\"generation\":1,\"type\":\"offer\",\"negotiation\":2}\nv=0\r\na=\"\\\r\n");
}

TEST_CASE("media come back in the order of their mids") {
  const Signal signal{1,
                      false,
                      Description{DescriptionType::kOffer,
                                  1,
                                  "v=0\r\n",
                                  {{Mid("1"), PublicationName("b"), MediaKind::kVideo},
                                   {Mid("0"), PublicationName("a"), MediaKind::kAudio}}},
                      {}};
  const Result<Signal> parsed = parse_signal(write_signal(signal));
  REQUIRE(parsed.ok());
  CHECK(parsed.value().description->media ==
        std::vector<MediaBinding>{{Mid("0"), PublicationName("a"), MediaKind::kAudio},
                                  {Mid("1"), PublicationName("b"), MediaKind::kVideo}});
}

TEST_CASE("a body cut short in its first line is an error") {
  for (const Signal& signal : samples::signals()) {
    const std::string body = write_signal(signal);
    for (std::size_t length = 0; length < body.find('\n') && length < body.size(); ++length) {
      check_refused(body.substr(0, length));
    }
  }
}

TEST_CASE("a signal's fields must have their types") {
  check_refused("[]");
  check_refused("{}");
  check_refused(R"({"generation":"1"})");
  check_refused(R"({"generation":-1})");
  check_refused(R"({"generation":1.0})");
  check_refused(R"({"generation":9007199254740993})");
  check_refused(R"({"generation":1,"please_offer":1})");
  check_refused(R"({"generation":1,"wants_to_offer":"yes"})");
  check_refused(R"({"generation":1,"missing":"0"})");
  check_refused(R"({"generation":1,"missing":[0]})");
  check_refused(R"({"generation":1,"missing":[""]})");
  check_refused("{\"generation\":1,\"type\":\"rollback\",\"negotiation\":1}\nv=0");
  check_refused("{\"generation\":1,\"type\":null,\"negotiation\":1}\nv=0");
  check_refused("{\"generation\":1,\"type\":\"offer\"}\nv=0");
  check_refused("{\"generation\":1,\"type\":\"offer\",\"negotiation\":\"1\"}\nv=0");
}

TEST_CASE("an SDP and its type come together") {
  check_refused(R"({"generation":1,"type":"offer","negotiation":1})");
  check_refused("{\"generation\":1}\nv=0\r\n");
}

TEST_CASE("media map mids to publications") {
  CHECK(parse_signal(with_media(R"({"0":"camera/audio"})")).ok());
  for (const char* media :
       {"[]", "1", R"({"0":1})", R"({"0":"camera"})", R"({"0":"camera/"})", R"({"0":"/audio"})",
        R"({"0":"camera/smell"})", R"({"":"camera/audio"})", R"({"0":"a/b/audio"})",
        R"({"0\n":"camera/audio"})"}) {
    check_refused(with_media(media));
  }
  std::string many = "{";
  for (std::size_t mid = 0; mid <= limits::kMediaPerSignalMax; ++mid) {
    many += (mid == 0 ? "\"" : ",\"") + std::to_string(mid) + "\":\"camera/audio\"";
  }
  check_refused(with_media(many + "}"));
}

TEST_CASE("candidates are bounded and cannot bring lines of their own") {
  CHECK(parse_signal(with_candidates(R"([["candidate:1","0","u"]])")).ok());
  for (const char* candidates :
       {"{}", "[1]", "[[]]", R"([["c","0"]])", R"([["c","0","u","x"]])", R"([["c",0,"u"]])",
        R"([["c\r\na=evil","0","u"]])", R"([["c","0\n","u"]])", R"([["c","0","u\u0000"]])"}) {
    check_refused(with_candidates(candidates));
  }
  const std::string longest(limits::kCandidateBytesMax, 'c');
  CHECK(parse_signal(with_candidates("[[\"" + longest + "\",\"0\",\"u\"]]")).ok());
  check_refused(with_candidates("[[\"" + longest + "c\",\"0\",\"u\"]]"));
  std::string many = R"(["c","0","u"])";
  for (std::size_t count = 1; count <= limits::kCandidatesPerSignalMax; ++count) {
    many += R"(,["c","0","u"])";
  }
  check_refused(with_candidates("[" + many + "]"));
}

TEST_CASE("size, depth and encoding of a signal are limited") {
  const std::string head = "{\"generation\":1,\"type\":\"offer\",\"negotiation\":1}\n";
  CHECK(parse_signal(head + std::string(limits::kSdpBytesMax, 's')).ok());
  check_refused(head + std::string(limits::kSdpBytesMax + 1, 's'));
  check_refused(head + "\xFF");
  check_refused(std::string(limits::kFrameBytesMax, '['));
  check_refused(std::string(limits::kFrameBytesMax + 1, ' '));
}

TEST_CASE("the ufrags of a description are found once each, whatever ends the lines") {
  CHECK(ice_ufrags("v=0\r\na=ice-ufrag:one\r\nm=audio\r\na=ice-ufrag:one\r\na=ice-ufrag:two") ==
        std::vector<std::string>{"one", "two"});
  CHECK(ice_ufrags("a=ice-ufrag:x\na=ice-ufrag:y\n") == std::vector<std::string>{"x", "y"});
  CHECK(ice_ufrags("a=ice-pwd:one\r\n b=a=ice-ufrag:two\r\n").empty());
  CHECK(ice_ufrags("").empty());
  // A peer's SDP may have thousands, and each is compared with all before it.
  std::string many;
  for (int i = 0; i < 1'000; ++i) many += "a=ice-ufrag:" + std::to_string(i) + "\n";
  CHECK(ice_ufrags(many).size() == limits::kMediaPerSignalMax);
}

}  // namespace
}  // namespace partyline
