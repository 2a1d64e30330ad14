// The client's door: a frame of the hub is an error, or a message that its writer gives back as the
// same; and so is the body of a signal, which comes from another peer.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "fuzz_check.h"
#include "partyline/limits.h"
#include "partyline/protocol.h"
#include "partyline/signal.h"

namespace partyline::fuzz {
namespace {

void check_signal(std::string_view body) {
  const Result<Signal> signal = parse_signal(body);
  if (!signal) {
    FUZZ_CHECK(!signal.error().detail.empty(), "a signal is refused without words", body);
    return;
  }
  const std::string text = write_signal(signal.value());
  const Result<Signal> again = parse_signal(text);
  FUZZ_CHECK(again.ok(), "a signal that was written is not understood", text);
  FUZZ_CHECK(again.value() == signal.value(), "a signal that was written says another thing", text);
  if (!signal.value().description) return;
  for (const std::string& ufrag : ice_ufrags(signal.value().description->sdp)) {
    FUZZ_CHECK(!ufrag.empty(), "a ufrag without characters", text);
  }
}

void check_written(const HubMessage& message) {
  const std::string text = write_message(message);
  if (text.size() > limits::kHubFrameBytesMax) return;
  const Result<HubMessage> again = parse_hub_message(text);
  FUZZ_CHECK(again.ok(), "what was written is not understood", text);
  FUZZ_CHECK(again.value() == message, "what was written says something else", text);
  const Result<HubFrame> numbered = parse_hub_frame(write_numbered(7, text));
  FUZZ_CHECK(numbered.ok() && numbered.value().seq == 7, "a number makes it another frame", text);
}

void check(std::string_view text) {
  const Result<HubMessage> message = parse_hub_message(text);
  const Result<HubFrame> frame = parse_hub_frame(text);
  if (message) {
    FUZZ_CHECK(frame.ok() && frame.value().message == message.value(), "the two readers differ",
               text);
    check_written(message.value());
    if (const auto* signal = std::get_if<message::SignalFrom>(&message.value())) {
      check_signal(signal->body);
    }
  } else if (frame) {
    FUZZ_CHECK(message.error().code == ErrorCode::unknown_type && !frame.value().message,
               "only one reader refuses it", text);
  } else {
    FUZZ_CHECK(!message.error().detail.empty(), "refused without words", text);
  }
  check_signal(text);
}

}  // namespace
}  // namespace partyline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  partyline::fuzz::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
