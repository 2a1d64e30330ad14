#include "hub/outbox.h"

namespace partyline::hub {
namespace {

// RFC 6455 §5.5: a close frame has 125 bytes, two of them for the code. Our words are ASCII.
constexpr std::size_t kCloseReasonBytesMax = 123;

}  // namespace

FrameText make_frame(const HubMessage& message) {
  return std::make_shared<const std::string>(write_message(message));
}

std::optional<HubOutput> Outbox::poll() {
  if (outputs_.empty()) return std::nullopt;
  HubOutput output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

void Outbox::send(SocketId socket, FrameText text) {
  if (socket != counted_for_) written_ += text->size();
  push(hub_output::SendFrame{socket, std::move(text)});
}

FrameText number(std::uint64_t seq, std::string_view frame) {
  return std::make_shared<const std::string>(write_numbered(seq, frame));
}

void Outbox::send(SocketId socket, const HubMessage& message) { send(socket, make_frame(message)); }

void Outbox::deliver(Session& session, FrameText text) {
  const std::uint64_t seq = session.sent.push(text);
  if (session.connection != nullptr) send(session.connection->socket, number(seq, *text));
}

void Outbox::deliver(Session& session, const HubMessage& message) {
  deliver(session, make_frame(message));
}

void Outbox::send_to_others(const Membership& sender, const HubMessage& message) {
  FrameText text;
  for (const Membership* member : sender.channel->members) {
    if (member == &sender) continue;
    if (!text) text = make_frame(message);
    deliver(*member->session, text);
  }
}

void Outbox::send_to_others(const Membership& sender, const HubMessage& message,
                            const std::optional<HubMessage>& without_media) {
  FrameText text;
  FrameText other;
  for (const Membership* member : sender.channel->members) {
    if (member == &sender) continue;
    if (member->session->grant.may().subscribe) {
      if (!text) text = make_frame(message);
      deliver(*member->session, text);
    } else if (without_media) {
      if (!other) other = make_frame(*without_media);
      deliver(*member->session, other);
    }
  }
}

void Outbox::close(SocketId socket, ErrorCode code, std::string_view reason) {
  push(hub_output::CloseSocket{socket, close_code(code),
                               std::string(reason.substr(0, kCloseReasonBytesMax))});
}

void Outbox::log(hub_output::Log::Level level, std::string event, LogFields fields) {
  push(hub_output::Log{level, std::move(event), std::move(fields)});
}

}  // namespace partyline::hub
