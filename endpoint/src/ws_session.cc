#include "ws_session.h"

#include <chrono>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "log.h"
#include "partyline/limits.h"

namespace partyline::endpoint {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

// For the last frames and the close handshake: a slow network's few round trips.
constexpr std::chrono::seconds kCloseTimeout{5};
// A client sends none by itself, and answers one ping at a time.
constexpr int kControlFramesPerSecondMax = 50;
// From one message to the next: the largest in pieces of a byte each has seven times its size in
// frames around them. An endless one has empty pieces, which the library reads on by itself.
constexpr std::size_t kWireBytesMax = 8 * limits::kFrameBytesMax;
// What one message leaves allocated for the next.
constexpr std::size_t kKeptBytes = 4096;

}  // namespace

// Wraps a handler. The session lives until the handler has run. An exception ends this connection,
// not the endpoint.
template <class Work>
auto WsSession::guarded(Work work) {
  return [self = shared_from_this(), work = std::move(work)](const ErrorCode& error,
                                                             std::size_t = 0) mutable {
    try {
      work(error);
    } catch (const std::exception& exception) {
      log_event(LogLevel::kError, "socket_failed", {{"what", exception.what()}});
      self->drop();
      self->end(asio::error::operation_aborted);
    }
  };
}

WsSession::WsSession(Transport transport, EndpointContext& context, ConnectionSlot slot,
                     WsClient client)
    : ws_(std::move(transport)),
      context_(context),
      slot_(std::move(slot)),
      client_(std::move(client)),
      id_(context.hub->new_socket_id()),
      close_deadline_(ws_.get_executor()) {
  set_options();
}

void WsSession::set_options() {
  // From here on Beast's own timers watch the connection.
  ws_.next_layer().tcp().expires_never();
  websocket::stream_base::timeout timeout{};
  timeout.handshake_timeout = kCloseTimeout;
  timeout.idle_timeout = std::chrono::milliseconds(context_.config.transport_timeout_ms.value);
  timeout.keep_alive_pings = true;
  ws_.set_option(timeout);
  ws_.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
    response.set(beast::http::field::server, "partyline-endpoint");
    response.set(beast::http::field::sec_websocket_protocol, limits::kSubprotocol);
  }));
  // Our own bound is checked while reading: it closes with a code that says "never again", where
  // Beast's 1009 would have the client come back with the same frame.
  ws_.read_message_max(0);
  // A message goes out as one frame, without a copy.
  ws_.auto_fragment(false);
  ws_.text(true);
  ws_.control_callback(
      [this](websocket::frame_type, beast::string_view) { count_control_frame(); });
}

void WsSession::accept(const UpgradeRequest& request) {
  ws_.async_accept(request, guarded([this](const ErrorCode& error) {
                     if (error) return end(error);
                     on_accepted();
                   }));
}

void WsSession::on_accepted() {
  opened_ = true;
  ws_.next_layer().allow(kWireBytesMax);
  context_.hub->open(id_, shared_from_this(), client_.address, client_.origin);
  // Whom the hub turned away it does not count: until that socket has ended, its place is here.
  if (!closing_) slot_.release();
  read_more();
}

void WsSession::read_more() {
  if (reading_ || paused_ || closing_ || ended_) return;
  reading_ = true;
  // One byte more than allowed is enough to know.
  const std::size_t limit = limits::kFrameBytesMax + 1 - message_.size();
  ws_.async_read_some(
      message_, limit, guarded([this](const ErrorCode& error) {
        reading_ = false;
        if (error == asio::error::no_buffer_space) {
          log_event(LogLevel::kInfo, "endless_message", {{"address", client_.address}});
        }
        if (error) return end(error);
        on_read();
      }));
}

void WsSession::on_read() {
  if (closing_) return;
  if (message_.size() > limits::kFrameBytesMax) {
    log_event(LogLevel::kInfo, "frame_too_large", {{"address", client_.address}});
    close(close_code(partyline::ErrorCode::frame_too_large),
          "a frame may have at most " + std::to_string(limits::kFrameBytesMax) + " bytes");
    return;
  }
  if (ws_.is_message_done()) deliver();
  read_more();
}

void WsSession::deliver() {
  ws_.next_layer().allow(kWireBytesMax);
  if (ws_.got_binary()) {
    message_.clear();
    context_.hub->receive_binary(id_);
    return;
  }
  std::string text = beast::buffers_to_string(message_.data());
  message_.clear();
  if (message_.capacity() > kKeptBytes) message_.shrink_to_fit();
  context_.hub->receive_text(id_, std::move(text));
}

void WsSession::resume_reading() {
  paused_ = false;
  read_more();
}

void WsSession::send(std::shared_ptr<const std::string> text) {
  if (closing_ || ended_) return;
  const std::size_t limit = context_.config.send_queue_bytes_max;
  if (queued_bytes_ > 2 * limit) {
    log_event(LogLevel::kWarning, "slow_reader_dropped", {{"address", client_.address}});
    drop();
    return;
  }
  // What counts is what already waits, so that one large frame to a fast reader is no fault.
  const bool full = queued_bytes_ > limit;
  queued_bytes_ += text->size();
  queue_.push_back(std::move(text));
  write_more();
  if (full && !full_reported_) {
    full_reported_ = true;
    context_.hub->send_queue_full(id_);
  }
}

void WsSession::write_more() {
  if (writing_ || ended_) return;
  if (queue_.empty()) {
    if (closing_) finish_closing();
    return;
  }
  writing_ = true;
  ws_.async_write(asio::buffer(*queue_.front()), guarded([this](const ErrorCode& error) {
                    writing_ = false;
                    if (error) return end(error);
                    queued_bytes_ -= queue_.front()->size();
                    queue_.pop_front();
                    write_more();
                  }));
}

void WsSession::close(std::uint16_t code, const std::string& reason) {
  if (closing_ || ended_) return;
  closing_.emplace(websocket::close_code(code), reason);
  close_deadline_.expires_after(kCloseTimeout);
  close_deadline_.async_wait(guarded([this](const ErrorCode& error) {
    if (!error) drop();
  }));
  write_more();
}

void WsSession::finish_closing() {
  if (close_started_) return;
  close_started_ = true;
  ws_.async_close(*closing_, guarded([this](const ErrorCode& error) { end(error); }));
}

// Pings cost an answer each; a flood of them is no client of ours.
void WsSession::count_control_frame() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  const std::int64_t second = std::chrono::duration_cast<std::chrono::seconds>(since).count();
  if (second != control_frames_second_) control_frames_ = 0;
  control_frames_second_ = second;
  if (++control_frames_ != kControlFramesPerSecondMax + 1) return;
  log_event(LogLevel::kInfo, "control_frame_flood", {{"address", client_.address}});
  // Not from inside the read that calls this.
  asio::post(ws_.get_executor(), [self = shared_from_this()] { self->drop(); });
}

void WsSession::drop() {
  ws_.next_layer().drop();
  // Nothing that is under way will tell, while paused.
  asio::post(ws_.get_executor(),
             [self = shared_from_this()] { self->end(asio::error::operation_aborted); });
}

// Whom we sent away for good is not waited for.
std::uint16_t WsSession::end_code() const {
  const bool for_good = closing_ && retry_policy(closing_->code) == RetryPolicy::kNever;
  if (for_good) return websocket::close_code::normal;
  return ws_.reason().code;
}

void WsSession::end(const ErrorCode& error) {
  if (ended_) return;
  ended_ = true;
  close_deadline_.cancel();
  ws_.next_layer().drop();
  slot_.release();
  if (logs(LogLevel::kDebug)) {
    log_event(LogLevel::kDebug, "socket_ended",
              {{"address", client_.address}, {"why", error.message()}});
  }
  if (opened_) context_.hub->closed(id_, end_code());
}

}  // namespace partyline::endpoint
