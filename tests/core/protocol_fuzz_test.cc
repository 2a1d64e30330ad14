// Whatever comes in: an error, or a message that the writer gives back as the same.
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "dice.h"
#include "mutate.h"
#include "partyline/protocol.h"
#include "partyline/signal.h"
#include "printers.h"
#include "protocol_samples.h"

namespace partyline {
namespace {

// How many of the inputs were understood.
struct Tally {
  int understood = 0;
  int refused = 0;
};

template <class Parsed, class Parse, class Write>
void check_one(const std::string& text, Parse parse, Write write, Tally& tally) {
  const Result<Parsed> parsed = parse(text);
  if (!parsed) {
    ++tally.refused;
    return;
  }
  ++tally.understood;
  const Result<Parsed> again = parse(write(parsed.value()));
  const bool same = again.ok() && again.value() == parsed.value();
  if (!same) FAIL("not given back as the same: " << text);
}

void check_all(const std::string& text, Tally& tally) {
  check_one<ClientMessage>(
      text, parse_client_message, [](const ClientMessage& one) { return write_message(one); },
      tally);
  check_one<HubMessage>(
      text, parse_hub_message, [](const HubMessage& one) { return write_message(one); }, tally);
  check_one<Signal>(text, parse_signal, write_signal, tally);
}

TEST_CASE("random bytes are refused and harm nothing") {
  Dice dice(1);
  Tally tally;
  for (int round = 0; round < 20'000; ++round) {
    check_all(random_bytes(dice, dice.below(80)), tally);
  }
  CHECK(tally.understood == 0);
}

TEST_CASE("mutated frames are refused, or understood consistently") {
  std::vector<std::string> texts;
  for (const auto& message : samples::client_messages()) texts.push_back(write_message(message));
  for (const auto& message : samples::hub_messages()) texts.push_back(write_message(message));
  for (const auto& signal : samples::signals()) texts.push_back(write_signal(signal));
  Dice dice(2);
  Tally tally;
  for (int round = 0; round < 30'000; ++round) {
    check_all(mutate(dice, texts[dice.below(texts.size())]), tally);
  }
  // Both ways are taken, or the mutations are too gentle or too wild.
  CHECK(tally.understood > 1'000);
  CHECK(tally.refused > 10'000);
}

}  // namespace
}  // namespace partyline
