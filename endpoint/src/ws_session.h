// One client's WebSocket (RFC 6455): frames in, frames out, with bounds on both.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "endpoint_context.h"
#include "transport.h"

namespace partyline::endpoint {

using UpgradeRequest = boost::beast::http::request<boost::beast::http::empty_body>;

// Who is connecting, as the HTTP request told.
struct WsClient {
  std::string address;  // as address_group() has it: nobody has more places by having a network
  std::string origin;
};

// Rules.
//   Reading: one read at a time; none while paused, none after a close was ordered.
//   Writing: one frame at a time from a queue. The queue is bounded: above the limit the hub is
//   told
//     (once), at twice the limit the connection is dropped.
//   Closing: what is queued is sent first, then the close handshake; both together within
//     kCloseTimeout, then the connection is dropped.
//   Ending: whatever ends it, the hub is told once, by end().
class WsSession : public ClientSocket, public std::enable_shared_from_this<WsSession> {
 public:
  // `slot` is held until the hub lets the connection in and counts it, or to the connection's end.
  WsSession(Transport transport, EndpointContext& context, ConnectionSlot slot, WsClient client);

  // Answers the upgrade request, and goes on from there.
  void accept(const UpgradeRequest& request);

  void send(std::shared_ptr<const std::string> text) override;
  void close(std::uint16_t code, const std::string& reason) override;
  void pause_reading() override { paused_ = true; }
  void resume_reading() override;
  void drop() override;

 private:
  using ErrorCode = boost::beast::error_code;

  void set_options();
  void on_accepted();
  void read_more();
  void on_read();
  void deliver();
  void write_more();
  void finish_closing();
  void count_control_frame();
  [[nodiscard]] std::uint16_t end_code() const;
  void end(const ErrorCode& error);
  template <class Work>
  auto guarded(Work work);

  boost::beast::websocket::stream<Transport> ws_;
  EndpointContext& context_;
  ConnectionSlot slot_;
  WsClient client_;
  const SocketId id_;
  boost::asio::steady_timer close_deadline_;
  boost::beast::flat_buffer message_;
  std::deque<std::shared_ptr<const std::string>> queue_;
  std::size_t queued_bytes_ = 0;
  std::optional<boost::beast::websocket::close_reason> closing_;
  std::int64_t control_frames_second_ = 0;
  int control_frames_ = 0;
  bool reading_ = false;
  bool writing_ = false;
  bool paused_ = false;
  bool full_reported_ = false;
  bool close_started_ = false;
  bool opened_ = false;
  bool ended_ = false;
};

}  // namespace partyline::endpoint
