// What a browser wrote down is played to a core, and what does not fit is told.
#include "replay.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace partyline::sim {

namespace {

struct Played {
  Replay replay;
  std::string said;
};

Played play(std::istream& transcript) {
  Played played;
  played.replay = replay(transcript, [&](const std::string& line) { played.said += line + "\n"; });
  return played;
}

Played play(const std::string& text) {
  std::istringstream transcript(text);
  return play(transcript);
}

const std::string kBegin =
    R"({"options":{"endpoints":["wss://party.example"],"key":"pk"},"seed":7})"
    "\n";
const std::string kJoin =
    R"({"at":5.5,"input":{"type":"Join","call":1,"channel":1,"name":"room","metadata":{}},"previous":[]})"
    "\n";

}  // namespace

TEST_CASE("transcripts that browsers wrote fit, and end in a call") {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(PARTYLINE_TRANSCRIPTS)) {
    if (entry.path().extension() != ".jsonl") continue;
    ++count;
    INFO(entry.path().string());
    std::ifstream file(entry.path());
    const Played played = play(file);
    CHECK(played.replay.problem.empty());
    CHECK(played.said.find("call-done") != std::string::npos);
    CHECK(played.said.find("to=connected") != std::string::npos);
    CHECK(played.said.find("stream-added") != std::string::npos);
  }
  CHECK(count > 0);
}

TEST_CASE("a recorded answer is compared with what the core answers now") {
  const std::string opened = R"({"at":9,"input":{"type":"SocketOpened","socket":1},"previous":)";
  CHECK(play(kBegin + kJoin + opened + R"(["LineStateChanged","OpenSocket","ChannelRoute"]})")
            .replay.ok());
  const Played differs = play(kBegin + kJoin + opened + R"(["OpenSocket"]})");
  CHECK(differs.replay.problem ==
        "line 3: the input before was answered with OpenSocket, and now with LineStateChanged "
        "OpenSocket ChannelRoute");
  CHECK(differs.replay.inputs == 1);
}

TEST_CASE("what a transcript tells of something that was never ordered does not fit") {
  const auto problem = [](const std::string& input) {
    return play(kBegin + kJoin + R"({"at":9,"input":)" + input + "}").replay.problem;
  };
  CHECK(problem(R"({"type":"AnswerAccepted","operation":77})") ==
        "line 3: AnswerAccepted of operation 77, which was never ordered");
  CHECK(problem(R"({"type":"SocketOpened","socket":2})") ==
        "line 3: SocketOpened of socket 2, which was never ordered");
  CHECK(problem(R"({"type":"GatheringComplete","connection":1})") ==
        "line 3: GatheringComplete of connection 1, which was never ordered");
  CHECK(problem(R"({"type":"NoSuchThing"})").find("none of the known names") != std::string::npos);
}

TEST_CASE("what is no transcript is told by its line") {
  CHECK(play("").replay.problem == "there is no input in it");
  CHECK(play("nonsense").replay.problem == "line 1: is no JSON");
  CHECK(play("[]").replay.problem == "line 1: is not an object of JSON");
  CHECK(play(kJoin).replay.problem == "line 1: must have the options and the seed");
  CHECK(play(kBegin + R"({"input":{"type":"Wakeup"}})").replay.problem ==
        "line 2: must have a time and an input");
  CHECK(play(kBegin + kJoin + R"({"at":1,"input":{"type":"Wakeup"}})").replay.problem ==
        "line 3: is of a time before that of the line before");
}

}  // namespace partyline::sim
