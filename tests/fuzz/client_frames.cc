// The hub's door: a frame of a client is an error, or a message that its writer gives back as the
// same. Both readers agree: the one that copies a body and the one that does not.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "fuzz_check.h"
#include "partyline/limits.h"
#include "partyline/protocol.h"
#include "protocol/frame.h"

namespace partyline::fuzz {
namespace {

template <class Message>
constexpr bool kHasBody =
    std::is_same_v<Message, message::SignalTo> || std::is_same_v<Message, message::MessageTo>;

void check_written(const ClientMessage& message) {
  const std::string text = write_message(message);
  // Escapes may make it longer than it was, and then it is nobody's to send.
  if (text.size() > limits::kFrameBytesMax) return;
  const Result<ClientMessage> again = parse_client_message(text);
  FUZZ_CHECK(again.ok(), "what was written is not understood", text);
  FUZZ_CHECK(again.value() == message, "what was written says something else", text);
  FUZZ_CHECK(write_message(again.value()) == text, "it is written differently again", text);
  const Result<ClientFrame> numbered = parse_client_frame(write_numbered(7, text));
  if (text.size() + 8 > limits::kFrameBytesMax) return;
  FUZZ_CHECK(numbered.ok() && numbered.value().seq == 7, "a number makes it another frame", text);
}

void check_agreement(const ClientFrame& frame, const ClientMessage& message) {
  FUZZ_CHECK(frame.message.has_value(), "only one reader knows the type", write_message(message));
  ClientMessage whole = *frame.message;
  std::visit(
      [&](auto& one) {
        if constexpr (kHasBody<std::decay_t<decltype(one)>>) one.body = std::string(frame.body);
      },
      whole);
  FUZZ_CHECK(whole == message, "the two readers differ", write_message(message));
}

void check(std::string_view text) {
  const Result<ClientMessage> message = parse_client_message(text);
  const Result<ClientFrame> frame = parse_client_frame(text);
  if (message) {
    FUZZ_CHECK(frame.ok(), "only one reader understands it", text);
    check_agreement(frame.value(), message.value());
    check_written(message.value());
  } else if (frame) {
    FUZZ_CHECK(message.error().code == ErrorCode::unknown_type && !frame.value().message,
               "only one reader refuses it", text);
  } else {
    FUZZ_CHECK(!message.error().detail.empty(), "refused without words", text);
    FUZZ_CHECK(message.error() == frame.error(), "refused for two reasons", text);
  }
}

}  // namespace
}  // namespace partyline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  partyline::fuzz::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
