#include "http_session.h"

#include <chrono>
#include <memory>
#include <optional>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/file_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <unistd.h>

#include "http_responses.h"
#include "log.h"
#include "partyline/limits.h"
#include "transport.h"
#include "ws_session.h"

namespace partyline::endpoint {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ip = asio::ip;

// A request's line and headers. Cookies of other programs on localhost can be long.
constexpr std::uint32_t kHeaderBytesMax = 16 * 1024;
// A response may take this long, and a second more for each kSlowestBytesPerSecond.
constexpr std::chrono::seconds kWriteTimeout{30};
constexpr std::uint64_t kSlowestBytesPerSecond = 8 * 1024;
// After the last answer, for the client to read it before the connection is reset.
constexpr std::chrono::seconds kLingerTimeout{2};
constexpr std::size_t kLingerBytesMax = 256 * 1024;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

// Whether the client offers the protocol, in whichever of its header lines.
bool offers_subprotocol(const http::fields& headers) {
  const auto [begin, end] = headers.equal_range(http::field::sec_websocket_protocol);
  for (auto line = begin; line != end; ++line) {
    if (http::token_list(line->value()).exists(limits::kSubprotocol)) return true;
  }
  return false;
}

std::string joined_lines(const http::fields& headers, beast::string_view name) {
  std::string joined;
  const auto [begin, end] = headers.equal_range(name);
  for (auto line = begin; line != end; ++line) {
    if (!joined.empty()) joined += ",";
    joined.append(line->value().data(), line->value().size());
  }
  return joined;
}

class HttpSession : public HttpConnection, public std::enable_shared_from_this<HttpSession> {
 private:
  // Wraps a handler. The session lives until it has run, and dies when it starts nothing new: then
  // its connection is closed.
  template <class Work>
  auto guarded(Work work) {
    return [self = shared_from_this(), work = std::move(work)](const beast::error_code& error,
                                                               std::size_t = 0) mutable {
      try {
        work(error);
      } catch (const std::exception& exception) {
        log_event(LogLevel::kError, "request_failed", {{"what", exception.what()}});
        self->stream_.drop();
      }
    };
  }

 public:
  HttpSession(Transport transport, ip::address peer, EndpointContext& context, ConnectionSlot slot)
      : stream_(std::move(transport)),
        peer_(std::move(peer)),
        context_(context),
        slot_(std::move(slot)) {
    context_.http_connections.insert(this);
  }
  ~HttpSession() override {
    context_.http_connections.erase(this);
    if (context_.http_connections.empty() && context_.on_http_empty) context_.on_http_empty();
  }
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  void start() {
    if (!stream_.is_tls()) return read_request();
    limit_time();
    stream_.tls().async_handshake(asio::ssl::stream_base::server,
                                  guarded([this](const beast::error_code& error) {
                                    if (error) return log_failure("tls_handshake_failed", error);
                                    read_request();
                                  }));
  }

  void finish_up() override {
    if (!answering_) stream_.drop();
  }

 private:
  // One deadline for the whole of what comes next: dripping a byte now and then does not extend it.
  void limit_time() {
    stream_.tcp().expires_after(std::chrono::milliseconds(context_.config.http.timeout_ms.value));
  }

  void log_failure(std::string_view event, const beast::error_code& error) {
    if (!logs(LogLevel::kDebug)) return;
    log_event(LogLevel::kDebug, event, {{"address", peer_.to_string()}, {"why", error.message()}});
  }

  void read_request() {
    answering_ = false;
    is_head_ = false;
    if (context_.draining) return;
    parser_.emplace();
    parser_->header_limit(kHeaderBytesMax);
    limit_time();
    http::async_read_header(stream_, buffer_, *parser_,
                            guarded([this](const beast::error_code& error) { on_header(error); }));
  }

  void on_header(const beast::error_code& error) {
    answering_ = true;
    if (!error) return answer();
    keep_alive_ = false;
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      return respond(text_response(http::status::request_header_fields_too_large,
                                   "The request's headers are too large."));
    }
    const bool is_malformed =
        error.category() == http::make_error_code(http::error::bad_method).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message;
    if (is_malformed) {
      return respond(text_response(http::status::bad_request, "This is no HTTP request."));
    }
    log_failure("connection_ended", error);
  }

  void answer() {
    const auto& request = parser_->get();
    version_ = request.version();
    is_head_ = request.method() == http::verb::head;
    // A request with a body is answered, and its body never read.
    keep_alive_ = request.keep_alive() && parser_->is_done();
    const std::string_view target = view(request.target());
    if (logs(LogLevel::kDebug)) {
      log_event(LogLevel::kDebug, "request",
                {{"address", peer_.to_string()},
                 {"method", std::string(request.method_string())},
                 {"path", std::string(path_of(target))}});
    }
    if (beast::websocket::is_upgrade(request)) return upgrade(request);
    if (request.method() != http::verb::get && !is_head_) {
      TextResponse response =
          text_response(http::status::method_not_allowed, "Only GET and HEAD are answered here.");
      response.set(http::field::allow, "GET, HEAD");
      return respond(std::move(response));
    }
    if (!parser_->is_done()) {
      return respond(text_response(http::status::payload_too_large, "A request here has no body."));
    }
    answer_get(target);
  }

  void answer_get(std::string_view target) {
    const std::string_view path = path_of(target);
    if (path == "/healthz") {
      return respond(health_response(context_.hub->counts(), context_.draining));
    }
    if (context_.files) return answer_file(target);
    if (path == "/") return respond(welcome_response());
    if (path == "/v1") {
      TextResponse response =
          text_response(http::status::upgrade_required, "Clients connect here by WebSocket.");
      response.set(http::field::upgrade, "websocket");
      return respond(std::move(response));
    }
    respond(text_response(http::status::not_found, "There is nothing here."));
  }

  void answer_file(std::string_view target) {
    const FileLookup found = context_.files->find(target);
    if (const auto* file = std::get_if<FoundFile>(&found)) return send_file(*file);
    if (const auto* redirect = std::get_if<Redirect>(&found)) {
      TextResponse response =
          text_response(http::status::moved_permanently, "It is at " + redirect->location);
      response.set(http::field::location, redirect->location);
      return respond(std::move(response));
    }
    if (std::get<NoFile>(found) == NoFile::kBadPath) {
      return respond(text_response(http::status::bad_request, "The path is badly encoded."));
    }
    respond(text_response(http::status::not_found, "There is no such file here."));
  }

  void send_file(const FoundFile& found) {
    http::response<http::file_body> response;
    beast::file_posix file;
    file.native_handle(found.descriptor);
    response.set(http::field::etag, found.etag);
    // A deployment is seen at once; what did not change costs an answer without a body.
    response.set(http::field::cache_control, "no-cache");
    const std::string condition =
        joined_lines(parser_->get(), http::to_string(http::field::if_none_match));
    if (etag_matches(condition, found.etag)) {
      response.result(http::status::not_modified);
      return send_headers(response.base(), std::nullopt);
    }
    response.set(http::field::content_type, found.content_type);
    if (is_head_) return send_headers(response.base(), found.bytes);
    beast::error_code error;
    response.body().reset(std::move(file), error);
    if (error) {
      return respond(
          text_response(http::status::internal_server_error, "The file cannot be read."));
    }
    respond(std::move(response));
  }

  // An answer that has no body by its nature, with the length that the body would have had.
  void send_headers(const http::response_header<>& header, std::optional<std::uint64_t> length) {
    http::response<http::empty_body> response{http::response_header<>(header)};
    if (length) response.content_length(*length);
    write(std::move(response), 0);
  }

  template <class Body>
  void respond(http::response<Body> response) {
    response.content_length(response.body().size());
    const std::uint64_t bytes = response.body().size();
    if (is_head_) return send_headers(response.base(), bytes);
    write(std::move(response), bytes);
  }

  template <class Body>
  void write(http::response<Body> response, std::uint64_t bytes) {
    if (context_.draining) keep_alive_ = false;
    response.version(version_);
    response.keep_alive(keep_alive_);
    set_common_headers(response, context_.config.content_security_policy);
    const auto seconds = static_cast<std::int64_t>(bytes / kSlowestBytesPerSecond);
    stream_.tcp().expires_after(kWriteTimeout + std::chrono::seconds(seconds));
    const auto message = std::make_shared<http::response<Body>>(std::move(response));
    // The serializer of a file moves on in it, so the message is not const.
    const auto serializer = std::make_shared<http::response_serializer<Body>>(*message);
    http::async_write(stream_, *serializer,
                      guarded([this, message, serializer](const beast::error_code& error) {
                        if (error) return log_failure("response_failed", error);
                        if (keep_alive_) return read_request();
                        hang_up();
                      }));
  }

  // Ends the connection so that the answer arrives: closing while unread bytes wait would reset
  // it, and the client's side throws away what it had not read yet.
  void hang_up() {
    answering_ = false;  // a shutdown need not wait for this
    stream_.tcp().expires_after(kLingerTimeout);
    if (stream_.is_tls()) {
      stream_.tls().async_shutdown(guarded([](const beast::error_code&) {}));
      return;
    }
    beast::error_code ignored;
    stream_.tcp().socket().shutdown(ip::tcp::socket::shutdown_send, ignored);
    buffer_.clear();
    read_to_end(0);
  }

  void read_to_end(std::size_t so_far) {
    buffer_.clear();
    stream_.async_read_some(
        buffer_.prepare(4096),
        [self = shared_from_this(), so_far](const beast::error_code& error, std::size_t bytes) {
          if (!error && so_far + bytes < kLingerBytesMax) self->read_to_end(so_far + bytes);
        });
  }

  // ---- WebSocket ----

  void refuse_upgrade(http::status status, std::string words) {
    keep_alive_ = false;
    respond(text_response(status, std::move(words)));
  }

  void upgrade(const UpgradeRequest& request) {
    const std::string_view path = path_of(view(request.target()));
    if (path != "/" && path != "/v1") {
      return refuse_upgrade(http::status::not_found,
                            "There is no WebSocket here; connect to / or /v1.");
    }
    if (!offers_subprotocol(request)) {
      return refuse_upgrade(http::status::bad_request,
                            "The WebSocket must offer the subprotocol partyline.v1 "
                            "(Sec-WebSocket-Protocol).");
    }
    if (request.count(http::field::origin) > 1) {
      return refuse_upgrade(http::status::bad_request, "The request has several origins.");
    }
    if (buffer_.size() > 0 || !parser_->is_done()) {
      return refuse_upgrade(http::status::bad_request,
                            "Nothing may be sent before the upgrade is answered.");
    }
    if (context_.draining) {
      return refuse_upgrade(http::status::service_unavailable,
                            "The endpoint is restarting; come back in a moment.");
    }
    hand_over(request);
  }

  void hand_over(const UpgradeRequest& request) {
    WsClient client{client_address(request), std::string(request[http::field::origin])};
    // From here on the connection is the WebSocket's; what is left of this session has none.
    std::make_shared<WsSession>(std::move(stream_), context_, std::move(slot_), std::move(client))
        ->accept(request);
  }

  std::string client_address(const UpgradeRequest& request) {
    const std::string forwarded = joined_lines(request, "X-Forwarded-For");
    if (!forwarded.empty() && !context_.proxies.contains(peer_) && !context_.warned_about_proxy) {
      context_.warned_about_proxy = true;
      log_event(LogLevel::kWarning, "untrusted_forwarded_for",
                {{"address", peer_.to_string()},
                 {"text",
                  "X-Forwarded-For is ignored: the sender is not in proxy.addresses. All "
                  "clients of that proxy count as one address"}});
    }
    return address_group(context_.proxies.client(peer_, forwarded));
  }

  Transport stream_;
  ip::address peer_;
  EndpointContext& context_;
  ConnectionSlot slot_;
  beast::flat_buffer buffer_{kHeaderBytesMax + 4096};
  std::optional<http::request_parser<http::empty_body>> parser_;
  unsigned version_ = 11;
  bool keep_alive_ = false;
  bool is_head_ = false;
  bool answering_ = false;
};

}  // namespace

void serve_connection(ip::tcp::socket socket, const TlsContext& tls, EndpointContext& context,
                      ConnectionSlot slot) {
  beast::error_code error;
  const ip::address peer = plain_address(socket.remote_endpoint(error).address());
  if (error) return;  // it is gone already
  Transport transport = tls ? Transport(std::move(socket), tls) : Transport(std::move(socket));
  std::make_shared<HttpSession>(std::move(transport), peer, context, std::move(slot))->start();
}

}  // namespace partyline::endpoint
